//! Look-ups across notices.

mod deliveries;
#[cfg(test)]
mod delivery_tests;
mod infringers;
mod open_notices;
#[cfg(test)]
mod tests;

pub use deliveries::{Deliveries, Entry as DeliveryEntry, Known};
pub use infringers::Infringers;
pub use open_notices::{Entry, OpenNotices};
