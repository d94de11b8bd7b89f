//! The warning letter (告诫书) in light domestic violence (LAW-2): issued by police, served on infringer, victim and
//! village committee, followed up by village and police. An aggregate of its own: it outlives the incident by months,
//! and the village follows it up without a look into the incident.

mod decide;
mod state;
#[cfg(test)]
mod tests;

pub use decide::{Command, Warning};
pub use state::{PARTIES, State, Visit};
