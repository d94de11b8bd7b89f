//! Protection orders against domestic violence (LAW-4, L34).
//!
//! ```text
//! applied ─► accepted ─ 72 h, 24 h urgent ─┬► granted: in force from now, at most six months ─┬─► expired
//!                          ▲               │     │ served on four; extended, varied before    ├─► revoked
//!                          │               │     └ breached ─► sanctioned                     │
//!                          │               └► refused ─┐                                      │
//!                          └── set aside ──── one review, within five days; it stays in force ┘
//! ```

mod breach;
mod command;
mod court;
mod decide;
mod duties;
mod review;
mod state;
#[cfg(test)]
mod tests;

pub use command::Command;
pub use decide::Order;
pub use duties::duties;
pub use state::{Breach, Review, State};
