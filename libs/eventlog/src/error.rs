//! Failures of the log, as its callers must tell them apart. A refusal by the rules is among them,
//! because a command ends in one or the other.

use kinward_eventsourcing::{CommitError, FoldError, Position, Rejection};

/// Why a command, load or read did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules refuse; nothing was written.
    #[error(transparent)]
    Rejected(#[from] Box<Rejection>),
    /// The request id was used before with other content; nothing was written.
    #[error("the request id was used before with other content")]
    RequestIdReused,
    /// The aggregate is at another revision than the caller insists on; nothing was written.
    #[error("the aggregate is at revision {actual}, not {expected}")]
    RevisionMismatch {
        /// What the caller expected.
        expected: u64,
        /// What it is.
        actual: u64,
    },
    /// Other writers came first, several times over; nothing was written.
    #[error("other writers came first {0} times")]
    Conflict(u32),
    /// The deadline passed before the outcome was known: the command may or may not have been written.
    #[error("the deadline passed before the log answered; the outcome is unknown")]
    Unknown,
    /// The log is out of reach, or refuses: nothing is known to be written.
    #[error("the log is out of reach: {0}")]
    Unavailable(String),
    /// The log's configuration is not what Kinward needs; nothing is written.
    #[error("the log is not configured as it must be: {0}")]
    Misconfigured(String),
    /// An id that cannot be a subject.
    #[error(transparent)]
    Subject(#[from] kinward_eventsourcing::SubjectError),
    /// Stored commits do not fold: the log is damaged or newer than this program.
    #[error(transparent)]
    Fold(#[from] FoldError),
    /// The commit cannot be built.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// Stored bytes are no commit.
    #[error("position {0}: not a commit")]
    NotACommit(Position),
    /// Positions are not dense: the log was tampered with.
    #[error("position {found} follows {last}")]
    Gap {
        /// Last position read.
        last: Position,
        /// Position that came.
        found: Position,
    },
}

impl Error {
    /// The log is out of reach, for this cause.
    pub(crate) fn unavailable(cause: impl std::fmt::Display) -> Self {
        Self::Unavailable(cause.to_string())
    }

    /// Whether it may pass by itself: the same command is worth another try.
    pub fn passes(&self) -> bool {
        matches!(
            self,
            Self::Unknown | Self::Unavailable(_) | Self::Conflict(_) | Self::Commit(CommitError::Seal(_))
        )
    }
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(Box::new(rejection))
    }
}
