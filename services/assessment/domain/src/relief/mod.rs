//! A referral to social relief and welfare (ASM-3, DEP-1).
//!
//! ```text
//! referred ─┬─► enrolled    (relief-decision met)
//!           ├─► refused     (relief-decision met, with the reason)
//!           └─► withdrawn   (relief-decision void)
//! ```

mod decide;
mod state;
#[cfg(test)]
mod tests;

pub use decide::{Command, Relief};
pub use state::{State, duties, may_read};
