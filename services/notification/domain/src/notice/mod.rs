//! A notice to a department, and its deliveries.

mod command;
mod decide;
mod deliver;
mod delivery;
mod state;
mod superior;
#[cfg(test)]
mod tests;

pub use command::{Attempt, Command};
pub use decide::Notice;
pub use deliver::Came;
pub use delivery::{Delivery, Phase, message_id};
pub use state::State;
pub use superior::superior;
