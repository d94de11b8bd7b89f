//! What police ask of an incident. A step carries the fact it asks to record.

use chrono::{DateTime, Utc};
use kinward_contracts::dispatch::v1::{IncidentOpened, Substantiation, incident_event::Event};
use kinward_contracts::r#type::v1::Sealed;

/// A command.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A report calls for police.
    Open(Box<IncidentOpened>),
    /// Police did or found something.
    Record {
        /// What; neither the opening, nor the conclusion, nor a clock.
        event: Event,
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// Police are done.
    Conclude {
        /// Summary for those who go on.
        summary: Sealed,
        /// Whether what was reported turned out to be so.
        substantiation: Substantiation,
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// The township was told (DSP-4).
    MeetNoticeClock {
        /// When; it counts, not when dispatch heard of it.
        at: DateTime<Utc>,
    },
    /// Civil affairs took temporary guardianship of the child (LAW-3): whoever had the child by the incident has it no more.
    HandOverToCivilAffairs {
        /// When.
        at: DateTime<Utc>,
    },
    /// An alarm fired: look at the clocks.
    ObserveClocks,
}
