//! What can be asked of a call.

use chrono::{DateTime, Utc};
use kinward_contracts::reporting::v1::{CallRang, call_event::Event};

/// A command. A step carries the fact it asks to record.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// The hotline rings.
    Ring {
        /// The call.
        rang: CallRang,
        /// Since when; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// Somebody did something about the call.
    Record {
        /// What; neither the ring nor a clock.
        event: Box<Event>,
        /// When it happened; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// An alarm fired: look at the clocks.
    ObserveClocks,
}
