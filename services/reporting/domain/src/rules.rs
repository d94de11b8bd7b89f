//! The rules this context applies.

use kinward_eventsourcing::Rule;

const POLICY: &str = "益赫政发〔2017〕13号 三（一）";

/// Mandated reporters are identified, others may stay anonymous.
pub const RPT_1: Rule =
    Rule::new("RPT-1", "益赫政发〔2017〕13号 三（一）；未成年人保护法 11、130；反家庭暴力法 14");
/// The situations that are reported.
pub const RPT_2: Rule = Rule::new("RPT-2", POLICY);
/// At any time, from any place, to the police at once.
pub const RPT_3: Rule = Rule::new("RPT-3", POLICY);
/// A mandated reporter who does not report is held to account by its superior.
pub const RPT_5: Rule =
    Rule::new("RPT-5", "益赫政发〔2017〕13号 三（一）；未成年人保护法 117；反家庭暴力法 35");
/// Who reports without having to is commended.
pub const RPT_6: Rule = Rule::new("RPT-6", POLICY);
/// The hotline.
pub const INF_3: Rule = Rule::new("INF-3", "益赫政发〔2017〕13号 三（六）；未成年人保护法 97");
/// Who receives a report tells the reporter the result.
pub const LAW_1: Rule = Rule::new("LAW-1", "未成年人保护法 11");
/// When things happen.
pub const BEY_1: Rule = Rule::new("BEY-1", "民法典 200–204");
