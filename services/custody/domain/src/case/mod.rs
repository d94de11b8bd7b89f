//! The custody case.

mod command;
mod decide;
mod facts;
mod follow_up;
pub mod grounds;
mod petition;
mod record;
mod state;
#[cfg(test)]
mod tests;

pub use command::Command;
pub use decide::Case;
pub use record::{Happened, Record};
pub use state::{Petition, Progress, State};
