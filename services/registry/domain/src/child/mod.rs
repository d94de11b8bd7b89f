//! The child's file.

mod carer;
mod command;
mod decide;
mod derive;
mod facts;
mod state;
mod status;
#[cfg(test)]
mod tests;

pub use carer::Carer;
pub use command::{Command, Ruling};
pub use decide::Child;
pub use state::{Gap, State};
pub use status::{Age, gap, reason, status};
