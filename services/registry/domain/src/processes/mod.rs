//! Reactions of the registry to other contexts.

mod guardianship_follows_ruling;
#[cfg(test)]
mod tests;

pub use guardianship_follows_ruling::GuardianshipFollowsRuling;
