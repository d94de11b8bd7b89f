//! Read models in PostgreSQL, folded from the log.
//!
//! A projection is pure: `apply(rows, event)`. Two backends run the same code: [`Live`] writes to PostgreSQL,
//! one transaction a micro-batch with its checkpoint; [`Memory`] holds every row, as the oracle of tests
//! and the engine of rebuilds.
//!
//! A read model is a schema `<name>_g<generation>` with the tables of `Projection::SCHEMA` and three of our own:
//! `_checkpoint` (where it stands, who may write), `_parked` (events set aside with their aggregate) and `_dropped` (those
//! that were given up, and why). Beside it may stand `…_next`, which [`Rebuild`] makes, and `…_previous`, to go back to.

mod ciphertext;
mod error;
mod generations;
mod hold;
mod live;
mod memory;
mod model;
mod parked;
mod past;
mod rebuild;
mod rows;
mod table;
mod writing;

pub use ciphertext::Ciphertext;
pub use error::Error;
pub use generations::{Compared, Generation, Status, Switched, pause, rollback, status, switch};
pub use live::Live;
pub use memory::Memory;
pub use model::{ReadModel, provision};
pub use parked::{Parked, drop_event, parked, retry};
pub use past::{Found, Past};
pub use rebuild::{AnyRebuild, Rebuild, catch_up, live_position};
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

    /// Name of the database role that owns the read model and reads no other's.
    fn role() -> String {
        format!("kinward_{}", Self::NAME)
    }

    /// Name of the PostgreSQL schema.
    fn schema_name() -> String {
        format!("{}_g{}", Self::NAME, Self::GENERATION)
    }
}
