//! From requests to commands and back. No rules, no storage.

mod calls;
mod commendations;
mod input;
mod omissions;
mod reports;

pub(crate) use calls::Calls;
pub(crate) use commendations::Commendations;
pub(crate) use omissions::Omissions;
pub(crate) use reports::Reports;
