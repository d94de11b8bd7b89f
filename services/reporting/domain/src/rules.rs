//! The rules this context applies.

use kinward_eventsourcing::Rule;

const POLICY: &str = "益赫政发〔2017〕13号 三（一）";

/// Mandated reporters are identified, others may stay anonymous.
pub const RPT_1: Rule = Rule::new("RPT-1", POLICY);
/// The situations that are reported.
pub const RPT_2: Rule = Rule::new("RPT-2", POLICY);
/// At any time, from any place, to the police at once.
pub const RPT_3: Rule = Rule::new("RPT-3", POLICY);
/// Who receives a report tells the reporter the result.
pub const LAW_1: Rule = Rule::new("LAW-1", "未成年人保护法 11");
