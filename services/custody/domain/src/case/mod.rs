//! The custody case.

mod command;
mod decide;
mod duties;
mod facts;
mod follow_up;
pub mod grounds;
mod interview;
mod ladder;
mod learn;
mod petition;
mod record;
mod restoration;
mod state;
#[cfg(test)]
mod tests;

pub use command::Command;
pub use decide::Case;
pub use duties::duties;
pub use ladder::{Education, Intervention, Ladder};
pub use petition::may_petition;
pub use record::{Convicted, Happened, Harmed, Record};
pub use restoration::Restoration;
pub use state::{Petition, Progress, State};
