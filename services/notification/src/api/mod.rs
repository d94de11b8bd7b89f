//! From requests to commands and back. No rules, no storage.

mod deliveries;
mod endpoints;
mod notices;

pub(crate) use deliveries::Deliveries;
pub(crate) use endpoints::Endpoints;
pub(crate) use notices::Notices;
