//! Look-ups across notices.

mod open_notices;
#[cfg(test)]
mod tests;

pub use open_notices::{Entry, OpenNotices};
