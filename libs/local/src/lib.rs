//! Starts real servers on this machine: NATS and PostgreSQL, on loopback, with durable settings, in a folder.
//! `kinward dev` and the tests stand on it.

mod nats;
mod postgres;
mod process;
mod tools;

pub use nats::{Nats, NatsCluster, NatsOptions};
pub use postgres::Postgres;
pub use tools::Tools;

/// Why a server does not run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program is not on this machine.
    #[error("{0} is not on this machine: run `make setup`")]
    Missing(&'static str),
    /// It started, and is not ready in time.
    #[error("{name} is not ready; the end of {log}:\n{tail}")]
    NotReady {
        /// The server.
        name: &'static str,
        /// Its log file.
        log: String,
        /// The last lines of it.
        tail: String,
    },
    /// A helper program failed.
    #[error("{what} failed: {output}")]
    Failed {
        /// What was run.
        what: String,
        /// What it printed.
        output: String,
    },
    /// A file or process could not be handled.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
}

impl Error {
    /// Whether a server ended because somebody else had its port; its last words say so.
    fn is_port_taken(&self) -> bool {
        self.ended_saying("address already in use")
    }

    /// Whether PostgreSQL ended because processes of an earlier postmaster have not.
    fn is_memory_in_use(&self) -> bool {
        self.ended_saying("pre-existing shared memory block")
    }

    fn ended_saying(&self, words: &str) -> bool {
        let Self::NotReady { tail, .. } = self else { return false };
        tail.lines().rev().take(5).any(|line| line.to_lowercase().contains(words))
    }
}

/// Adds what was being done to an I/O error.
fn io(what: impl std::fmt::Display) -> impl FnOnce(std::io::Error) -> Error {
    move |error| Error::Io(what.to_string(), error)
}
