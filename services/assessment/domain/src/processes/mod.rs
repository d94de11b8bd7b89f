//! Reactions of assessment to other contexts, and of its aggregates to each other.

mod follow_earlier;
mod keep_history;
mod open_assessment;
mod open_reassessment;
mod refer_education_relief;
mod refer_poor_family;
#[cfg(test)]
mod tests;

pub use follow_earlier::FollowEarlier;
pub use keep_history::KeepHistory;
pub use open_assessment::OpenAssessment;
pub use open_reassessment::OpenReassessment;
pub use refer_education_relief::ReferEducationRelief;
pub use refer_poor_family::ReferPoorFamily;
