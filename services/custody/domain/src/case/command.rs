//! What can be asked of a custody case.

use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::{CaseOpened, Words, case_event::Event};

/// A command. A step carries the fact it asks to record, so that no message is written twice.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// An assessment found grounds, or a department opens it by hand.
    Open(CaseOpened),
    /// Somebody did or found something.
    Record {
        /// What; neither the opening, nor a ground, nor a clock.
        event: Event,
        /// When it happened, which may be long ago; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// A guardian of the child was admonished, stopped or urged outside of the case (FAM-4).
    Count(Words),
    /// An alarm fired: look at the clocks, and at what time alone has completed.
    ObserveClocks,
}
