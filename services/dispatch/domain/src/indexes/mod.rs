//! Look-ups of dispatch.

mod assistance;
mod hand_overs;
mod link_candidates;
mod open_incidents;
#[cfg(test)]
mod tests;

pub use assistance::AssistanceWaiting;
pub use hand_overs::{Gap, HandOver, HandOvers, gaps};
pub use open_incidents::{Concluded, Entry, OpenIncidents};
