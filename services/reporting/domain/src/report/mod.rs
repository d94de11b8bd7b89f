//! A report of a child in danger or need.

mod command;
mod commendation;
mod decide;
mod receipt;
mod reporter;
mod state;
#[cfg(test)]
mod tests;

pub use command::Command;
pub use decide::Report;
pub(crate) use decide::checked;
pub use receipt::receipt_code;
pub use reporter::{is_mandated, mandates};
pub use state::{Commendation, State};
