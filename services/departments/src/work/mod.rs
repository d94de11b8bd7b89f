//! What every department has alike: what is due, what became of it, figures. Each department's read model keeps its own part.

mod api;
mod projection;
mod rows;

pub(crate) use api::{Api, OfOne, Works, counts, digits};
pub(crate) use projection::{Whose, apply, apply_of_units, tables};
pub use rows::{Missed, Outcome, Work};

/// Statements that make the tables.
macro_rules! schema {
    ($own:literal) => {
        concat!(include_str!("../work/work.sql"), include_str!($own))
    };
}
pub(crate) use schema;
