//! The rules this context applies.

use kinward_eventsourcing::Rule;

const POLICY: &str = "益赫政发〔2017〕13号 三（二）";

/// Police accept at once and go to the scene at once.
pub const DSP_1: Rule = Rule::new("DSP-1", POLICY);
/// Living alone: order the parents to return or to name a trustee, and admonish them.
pub const DSP_2A: Rule = Rule::new("DSP-2a", POLICY);
/// Guardian lost capacity or performs badly: contact the parents to return or to entrust another relative.
pub const DSP_2B: Rule = Rule::new("DSP-2b", POLICY);
/// Parents out of reach: escort to temporary care, help to notify the parents.
pub const DSP_2C: Rule = Rule::new("DSP-2c", POLICY);
/// Missing: rapid search.
pub const DSP_2D: Rule = Rule::new("DSP-2d", POLICY);
/// Domestic violence: stop it; where necessary ask civil affairs.
pub const DSP_2E: Rule = Rule::new("DSP-2e", POLICY);
/// Other infringement, accident, coerced begging: stop it and protect.
pub const DSP_2F: Rule = Rule::new("DSP-2f", POLICY);
/// Evidence, medical care, injury appraisal.
pub const DSP_3: Rule = Rule::new("DSP-3", POLICY);
/// Mandated reporters assist police.
pub const DSP_5: Rule = Rule::new("DSP-5", POLICY);
/// Reports of one event are one case.
pub const RPT_4: Rule = Rule::new("RPT-4", "益赫政发〔2017〕13号 三（一）");
/// Whoever reported is told the result.
pub const LAW_1: Rule = Rule::new("LAW-1", "未成年人保护法 11");
/// Warning letter in light domestic violence.
pub const LAW_2: Rule = Rule::new("LAW-2", "反家庭暴力法 16、17");
/// How a minor is asked.
pub const LAW_5: Rule = Rule::new("LAW-5", "未成年人保护法 110、112");
/// Who is alleged to have infringed approves and is told nothing.
pub const BEY_4: Rule = Rule::new("BEY-4", "益赫政发〔2017〕13号 三（四）");
/// Every hand-over has giver, taker, place and time; placements never overlap and never gap.
pub const BEY_3: Rule = Rule::new("BEY-3", POLICY);
/// When things happen.
pub const BEY_1: Rule = Rule::new("BEY-1", "民法典 200–204");
