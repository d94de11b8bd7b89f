//! A notice to a department.

mod command;
mod decide;
mod state;
mod superior;
#[cfg(test)]
mod tests;

pub use command::Command;
pub use decide::Notice;
pub use state::State;
pub use superior::superior;
