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
    /// The read model did not become fresh in time.
    #[error("the read model is at position {at}, not yet at {wanted}")]
    NotFresh {
        /// Where it stands.
        at: u64,
        /// What was asked for.
        wanted: u64,
    },
}
