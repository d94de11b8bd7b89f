//! Temporary guardianship by civil affairs (LAW-3): one aggregate for each child, so that no child is under two of them at
//! once.
//!
//! ```text
//!                        ┌──────── form changed: every hand-over has giver, taker, place and time (BEY-3)
//!                        ▼    │
//! seven cases ─► stay begins ─┴─► guardian assessed fit again ─► returned
//!                  │  │ └───────► the court designated a guardian ─► given to that one
//!                  │  └─────────► long-term guardianship
//!                  └ temporary-guardianship runs for a year (guidance), then civil affairs must decide
//! ```

mod command;
mod decide;
mod duties;
mod hand_over;
mod state;
#[cfg(test)]
mod tests;

pub use command::Command;
pub use decide::Temporary;
pub use duties::duties;
pub use state::{Ended, Fitness, Placement, State, Stay};
