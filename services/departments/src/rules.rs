//! The rules that queries name.

use kinward_eventsourcing::Rule;

/// One ledger that every department reads its part of.
pub(crate) const INF_1: Rule = Rule::new("INF-1", "益赫政发〔2017〕13号 三（六）");
/// Why and why not.
pub(crate) const BEY_2: Rule = Rule::new("BEY-2", "益赫政发〔2017〕13号 三（六）");
