//! A case of a mandated reporter that knew and did not report (RPT-5).

mod command;
mod decide;
mod state;
mod superior;
#[cfg(test)]
mod tests;

pub use command::Command;
pub use decide::Omission;
pub use state::State;
pub use superior::superior_of;
