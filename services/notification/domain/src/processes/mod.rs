//! Reactions of notification to other contexts.

mod escalation;
mod notify_parties;
mod telling;
#[cfg(test)]
mod tests;

pub use escalation::escalated_to;
pub use notify_parties::NotifyParties;
