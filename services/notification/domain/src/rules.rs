//! The rules this context applies.

use kinward_eventsourcing::Rule;

/// Police tell the township and civil affairs.
pub const DSP_4: Rule = Rule::new("DSP-4", "益赫政发〔2017〕13号 三（二）、二（三）");
/// When things happen.
pub const BEY_1: Rule = Rule::new("BEY-1", "民法典 200–204");
/// An alleged infringer sees nothing, is told nothing and approves nothing.
pub const BEY_4: Rule = Rule::new("BEY-4", "益赫政发〔2017〕13号 三（四）");
