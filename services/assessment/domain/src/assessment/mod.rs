//! The assessment and the plan that follows it.

mod command;
mod decide;
mod missing;
mod plan;
mod state;
#[cfg(test)]
mod tests;

pub use command::Command;
pub use decide::Assessment;
pub use missing::missing;
pub use plan::open_items;
pub use state::{Item, Stage, State};
