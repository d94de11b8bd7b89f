//! The assessment and the plan that follows it.

mod command;
mod conclude;
mod decide;
mod duties;
mod evolve;
mod missing;
mod open;
mod participants;
mod parties;
mod plan;
mod reassess;
mod state;
#[cfg(test)]
mod tests;

pub use command::Command;
pub use decide::Assessment;
pub use duties::duties;
pub use missing::missing;
pub use parties::{assesses, handles};
pub use plan::open_items;
pub use state::{Item, Need, Participant, State};
