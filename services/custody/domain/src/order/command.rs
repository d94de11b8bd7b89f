//! What can be asked of a protection order.

use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::{ProtectionOrderAppliedFor, order_event::Event};

/// A command. A step carries the fact it asks to record.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Somebody applies.
    Apply {
        /// For what.
        applied: ProtectionOrderAppliedFor,
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// A step of the court, a service, a breach, a review.
    Record {
        /// What; neither the application, nor an expiry, nor a clock.
        event: Event,
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// An alarm fired: look at the clocks, and at whether the order has expired.
    ObserveClocks,
}
