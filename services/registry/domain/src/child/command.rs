//! What is asked of a child's file. Birth dates are personal and sealed in the log: the shell opens them for the
//! decisions that need an age.

use chrono::{DateTime, NaiveDate, Utc};
use kinward_contracts::registry::v1::{
    ChildRegistered, DelegationMade, Disqualification, Guardian, GuardianRestored, ParentFacts,
    UnknownChildRegistered, child_event::Event,
};

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
    /// Puts a child on file of whom nobody knows who it is (BEY-7).
    RegisterUnknown {
        /// What is known.
        registered: Box<UnknownChildRegistered>,
        /// When the child was found; `None`: now.
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
    /// A parent entrusts the child to somebody (FAM-1).
    Entrust(Box<Entrusting>),
    /// Somebody did or found something. A step carries the fact it asks to record.
    Record {
        /// What; none of the facts that have a command of their own, and no clock.
        event: Event,
        /// The child's birth date, for the facts that bear on who looks after the child; `None`: the age last seen.
        birth_date: Option<NaiveDate>,
        /// When it happened; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// A court revoked a guardian and designated another (CUS-4).
    FollowRuling(Box<Ruling>),
    /// A court restored a guardian (CUS-4, L40).
    FollowRestoration(Box<Restoration>),
    /// An alarm fired: look at the clocks.
    ObserveClocks {
        /// The child's birth date, where [`super::State::needs_birth_date`]; `None`: not needed, or erased.
        birth_date: Option<NaiveDate>,
    },
}

/// A delegation as it is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Entrusting {
    /// The fact to record.
    pub made: DelegationMade,
    /// What the check found that excludes the trustee.
    pub disqualifications: Vec<Disqualification>,
    /// The trustee's birth date.
    pub trustee_birth_date: NaiveDate,
    /// The child's birth date.
    pub birth_date: NaiveDate,
    /// When it was agreed; `None`: now.
    pub occurred_at: Option<DateTime<Utc>>,
}

/// A court restored a guardian whom it had revoked.
#[derive(Clone, Debug, PartialEq)]
pub struct Restoration {
    /// When the court ruled.
    pub ruled_at: DateTime<Utc>,
    /// The fact to record.
    pub restored: GuardianRestored,
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
