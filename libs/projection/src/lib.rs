//! Read models in PostgreSQL, folded from the log.
//!
//! A projection is pure: `apply(rows, event)`. Two backends run the same code: [`Live`] writes to PostgreSQL,
//! one transaction a micro-batch with its checkpoint; [`Memory`] holds every row, as the oracle of tests
//! and, later, the engine of rebuilds.
//!
//! A read model is a schema `<name>_g<generation>` with the tables of `Projection::SCHEMA` and two of our own:
//! `_checkpoint` (where it stands, who may write) and `_parked` (events set aside with their aggregate).

mod ciphertext;
mod error;
mod hold;
mod live;
mod memory;
mod model;
mod rows;
mod table;
mod writing;

pub use ciphertext::Ciphertext;
pub use error::Error;
pub use live::Live;
pub use memory::Memory;
pub use model::{ReadModel, provision};
pub use rows::{Apply, Rows};
pub use table::{Table, TableSpec};

use kinward_eventsourcing::Recorded;

/// How events become rows.
pub trait Projection: Send + Sync + 'static {
    /// Name of the read model, such as `public_security`.
    const NAME: &'static str;
    /// A change of shape is a new generation, not a migration.
    const GENERATION: u32;
    /// `create table` statements, without schema names.
    const SCHEMA: &'static str;

    /// Every table that `apply` touches.
    fn tables() -> Vec<TableSpec>;

    /// What one event changes. Pure; it may run twice for one event, the second time with rows that were missing.
    fn apply(rows: &mut Rows, event: &Recorded) -> Result<(), Apply>;

    /// Name of the PostgreSQL schema.
    fn schema_name() -> String {
        format!("{}_g{}", Self::NAME, Self::GENERATION)
    }
}
