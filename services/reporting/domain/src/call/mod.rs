//! A hotline call (INF-3).

mod at_end;
mod command;
mod decide;
mod evolve;
mod handling;
mod line;
mod state;
mod step;
#[cfg(test)]
mod tests;

pub use command::Command;
pub use decide::Call;
pub use state::State;
