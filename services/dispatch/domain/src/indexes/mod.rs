//! Look-ups of dispatch.

mod open_incidents;

pub use open_incidents::{Entry, OpenIncidents};
