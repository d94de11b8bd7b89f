//! What can be asked of temporary guardianship.

use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::temporary_guardianship_event::Event;
use kinward_contracts::custody::v1::{ChildHandedOver, TemporaryGuardianshipBegan};

/// A command. A step carries the fact it asks to record.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Civil affairs takes temporary guardianship, and somebody takes the child in.
    Begin {
        /// Why.
        began: TemporaryGuardianshipBegan,
        /// Who took the child.
        handed: ChildHandedOver,
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// Something happened while it runs.
    Record {
        /// What; neither the beginning nor a clock.
        event: Event,
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// An alarm fired: look at the clocks.
    ObserveClocks,
}
