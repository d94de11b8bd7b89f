//! The tables that every department has.

use chrono::{DateTime, Utc};
use kinward_projection::table;
use serde::{Deserialize, Serialize};

/// A duty with a clock that runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Work {
    /// Subject of the aggregate and id of the clock.
    pub work_id: String,
    /// Subject of the aggregate.
    pub subject: String,
    /// Id of the clock in it.
    pub clock_id: String,
    /// Name in the clock catalogue.
    pub clock: String,
    /// Variant in the clock catalogue.
    pub variant: String,
    /// Rule that asks for it.
    pub rule: String,
    /// Article behind it.
    pub article: String,
    /// Law, policy or local target, as a number.
    pub basis: i32,
    /// Place; empty: not known.
    pub area: String,
    /// Departments that bear it, as numbers.
    pub departments: Vec<i32>,
    /// When it began to run.
    pub started_at: DateTime<Utc>,
    /// When its bearer is warned.
    pub warn_at: Option<DateTime<Utc>>,
    /// When it runs out.
    pub due_at: DateTime<Utc>,
    /// Whether the warning was given.
    pub warned: bool,
    /// Whether it ran out, and the duty is not made up yet.
    pub missed: bool,
    /// Unit whose it is, where that is narrower than the place: the school of a pupil.
    pub unit_id: String,
    /// Position of its last change.
    pub changed: i64,
}

table!(Work, "work", work_id);

/// A clock that ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The event that ended it.
    pub event_id: String,
    /// Subject of the aggregate.
    pub subject: String,
    /// Name in the clock catalogue.
    pub clock: String,
    /// Rule that asks for it.
    pub rule: String,
    /// Place; empty: not known.
    pub area: String,
    /// Departments that bore it, as numbers.
    pub departments: Vec<i32>,
    /// Unit whose it was, where that is narrower than the place.
    pub unit_id: String,
    /// How it ended, as a number.
    pub outcome: i32,
    /// When it was due.
    pub due_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
    /// Position of that event.
    pub changed: i64,
}

table!(Outcome, "outcomes", event_id);

/// The clocks of an aggregate that ran out and are not made up yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Missed {
    /// Subject of the aggregate.
    pub subject: String,
    /// Name and id of each clock.
    pub clocks: Vec<(String, String)>,
}

table!(Missed, "missed", subject);
