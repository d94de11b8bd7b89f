//! Look-ups across aggregates of the registry: advisory, folded from the log without keys.

mod likely_duplicates;
mod village_rules;

pub use likely_duplicates::{Candidate, LikelyDuplicates};
pub use village_rules::VillageRules;
