//! Look-ups of dispatch.

mod open_incidents;
#[cfg(test)]
mod tests;

pub use open_incidents::{Entry, OpenIncidents};
