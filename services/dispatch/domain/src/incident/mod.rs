//! The incident: one emergency and everything police do about it.

mod assistance;
pub mod checklist;
mod command;
mod decide;
mod duties;
mod evidence;
mod evolve;
mod feedback;
mod found;
mod interview;
mod linking;
mod parents;
mod parts;
mod placement;
mod referral;
mod search;
mod severity;
mod state;
mod step;
#[cfg(test)]
mod tests;

pub use command::Command;
pub use decide::Incident;
pub use duties::duties;
pub use parts::{Assistance, Evidence, Holding, Joined, Link, Parent, Placement, Referral, Signs};
pub use severity::severity;
pub use state::State;
