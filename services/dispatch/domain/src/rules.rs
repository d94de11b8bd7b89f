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
/// Every hand-over has giver, taker, place and time; placements never overlap and never gap.
pub const BEY_3: Rule = Rule::new("BEY-3", POLICY);
/// When things happen.
pub const BEY_1: Rule = Rule::new("BEY-1", "民法典 200–204");
