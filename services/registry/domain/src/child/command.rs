//! What is asked of a child's file. The birth date is personal and sealed in the log: the shell opens it for the
//! decisions that need an age.

use chrono::{DateTime, NaiveDate, Utc};
use kinward_contracts::registry::v1::{ChildRegistered, Guardian, ParentFacts};

/// A command.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Puts the child on file.
    Register {
        /// The facts, personal ones plain or sealed.
        registered: Box<ChildRegistered>,
        /// The birth date.
        birth_date: NaiveDate,
        /// When the facts held; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// A parent's whereabouts or capacity became known.
    RecordParent {
        /// The parent.
        person_id: String,
        /// What holds since `since_on`, or else since `occurred_at`.
        facts: ParentFacts,
        /// The child's birth date.
        birth_date: NaiveDate,
        /// When it became so; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// A court revoked a guardian and designated another (CUS-4).
    FollowRuling(Box<Ruling>),
    /// An alarm fired: look at the clocks.
    ObserveClocks,
}

/// What a court decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    /// The custody case.
    pub case_id: String,
    /// When the court ruled.
    pub ruled_at: DateTime<Utc>,
    /// Day of the ruling, YYYY-MM-DD.
    pub ruled_on: String,
    /// Guardian who was revoked.
    pub revoked_person_id: String,
    /// Guardian who was designated.
    pub designated: Guardian,
}
