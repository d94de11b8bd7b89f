//! Failures of a read model.

/// Why a read model cannot go on, or answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another projector has taken over: stop.
    #[error("another projector has taken over this read model")]
    Fenced,
    /// PostgreSQL is out of reach or refuses.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] kinward_eventlog::Error),
    /// A row does not read as its table's type, or does not serialise.
    #[error("a row of {table}: {cause}")]
    Row {
        /// The table.
        table: &'static str,
        /// What is wrong.
        cause: String,
    },
    /// No generation is built whole, or none is kept, that could become the live one.
    #[error("there is no generation to switch to: rebuild first")]
    NothingToSwitchTo,
    /// The next generation is not what the live one is.
    #[error("table {table} differs: {live} rows live, {next} rows rebuilt; nothing was switched")]
    Differs {
        /// The first table that differs.
        table: &'static str,
        /// Rows of the live one.
        live: u64,
        /// Rows of the next one.
        next: u64,
    },
    /// Nothing of that aggregate, or no such event, is parked.
    #[error("nothing like that is parked")]
    NotParked,
    /// The read model did not become fresh in time.
    #[error("the read model is at position {at}, not yet at {wanted}")]
    NotFresh {
        /// Where it stands.
        at: u64,
        /// What was asked for.
        wanted: u64,
    },
}
