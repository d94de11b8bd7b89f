//! The incident: one emergency and everything police do about it.

pub mod checklist;
mod command;
mod decide;
mod evidence;
mod fold;
mod parents;
mod placement;
mod search;
mod severity;
mod state;
mod step;
#[cfg(test)]
mod tests;

pub use command::Command;
pub use decide::Incident;
pub use severity::severity;
pub use state::{Holding, Parent, Placement, State};
