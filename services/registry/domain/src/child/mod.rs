//! The child's file.

mod ahead;
mod birthday;
mod care;
mod carer;
mod command;
mod days;
mod decide;
mod delegation;
mod derive;
mod duplicates;
mod duties;
mod evolve;
mod facts;
mod residence;
mod routine;
mod schooling;
mod sections;
mod state;
mod status;
#[cfg(test)]
mod tests;

pub use care::{Care, Difficulty, KeyCase, Pairing};
pub use carer::Carer;
pub use command::{Command, Entrusting, Restoration, Ruling};
pub use decide::Child;
pub use delegation::Delegation;
pub use duties::open_duties;
pub use residence::{Home, OpenMove, Residence};
pub use schooling::{Absence, Dropout, Schooling};
pub use sections::{Sections, sections};
pub use state::{Gap, State};
pub use status::{Age, gap, reason, status};
