//! The rules this context applies.

use kinward_eventsourcing::Rule;

/// Who is a left-behind child.
pub const DEF_1: Rule = Rule::new("DEF-1", "益赫政发〔2017〕13号 一");
/// One file per person.
pub const TWN_1: Rule = Rule::new("TWN-1", "益赫政发〔2017〕13号 二（二）");
/// Precise to the village and household.
pub const INF_4: Rule = Rule::new("INF-4", "益赫政发〔2017〕13号 三（六）");
/// When things happen; holidays and terms are published events.
pub const BEY_1: Rule = Rule::new("BEY-1", "民法典 200–204");
