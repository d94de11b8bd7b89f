//! Reactions of assessment to other contexts.

mod open_assessment;
#[cfg(test)]
mod tests;

pub use open_assessment::OpenAssessment;
