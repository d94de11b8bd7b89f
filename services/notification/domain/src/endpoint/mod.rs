//! Where a unit is told beside the worklist: mailbox, phone, or its own system. Configured by the unit or by civil
//! affairs, which leads; the address is sealed with a key of its own, so that it can be erased.

mod address;
mod decide;
#[cfg(test)]
mod tests;

pub use decide::{Command, Endpoint, State};
