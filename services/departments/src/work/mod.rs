//! What every department has alike: what is due, what became of it, figures. Each department's read model keeps its own part.

mod api;
mod figures;
mod projection;
mod rows;
mod watch;

pub(crate) use api::{Api, OfOne, Works};
pub(crate) use figures::{counts, digits};
pub(crate) use projection::{Whose, apply, apply_of_units, tables};
pub use rows::{Missed, Outcome, Work};

/// Statements that make the tables.
macro_rules! schema {
    ($own:literal) => {
        concat!(include_str!("../work/work.sql"), include_str!($own))
    };
}
pub(crate) use schema;

/// What a caller may see: `$1` its area, `$2` its units where work is a unit's (else empty), `$3` whether what has no place is
/// its own, `$4` its department (0: every one).
macro_rules! mine {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "(case when $2 <> '' then unit_id in (select jsonb_array_elements_text(nullif($2, '')::jsonb)) \
             when area = '' then $3 = 'true' else starts_with(area, $1) end) \
             and ($4 = '0' or departments @> to_jsonb($4::integer))",
            $after
        )
    };
}
use mine;
