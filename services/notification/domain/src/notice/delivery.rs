//! One delivery of a notice to an endpoint, folded from the notice's events. Kept by the notice, which decides on it,
//! and by the index that the sender and `ListDeliveries` read.

use chrono::{DateTime, Utc};
use kinward_contracts::instant;
use kinward_contracts::notification::v1::notice_event::Event;
use kinward_eventsourcing::derived_uuid;
use serde::{Deserialize, Serialize};

/// How far a delivery is.
///
/// ```text
/// Due ─► Attempting ─► Delivered ◄─┐ requested again: Due
///  ▲ │        │  │  └► DeadLettered ┘
///  │ │        │  └ failed, or outcome unknown: Waiting until the retry
///  │ ├► Deferred over quiet hours    └ time comes ─┐
///  │ └► Withheld (BEY-4)                           │
///  └───────────────────────────────────────────────┘
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// To be attempted now.
    #[default]
    Due,
    /// An attempt is recorded, its outcome is not: nobody knows.
    Attempting {
        /// The attempt.
        attempt_id: String,
    },
    /// To be attempted again at a moment.
    Waiting {
        /// Then.
        until: DateTime<Utc>,
    },
    /// To be attempted after the quiet hours.
    Deferred {
        /// Then.
        until: DateTime<Utc>,
    },
    /// The receiving server took it.
    Delivered,
    /// Given up, to be seen.
    DeadLettered,
    /// Not to be sent: its reader is an alleged infringer (BEY-4).
    Withheld,
}

/// A delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// How far it is.
    pub phase: Phase,
    /// Attempts in all.
    pub attempts: u32,
    /// Attempts since somebody last asked for it.
    pub tried: u32,
    /// Whether the last attempt may have arrived all the same: nobody saw its outcome.
    pub unknown: bool,
    /// What was said last.
    pub code: String,
    /// When it was last attempted.
    pub attempted_at: Option<DateTime<Utc>>,
}

/// What a receiver tells repetitions by: the same in every attempt.
pub fn message_id(notice_id: &str, endpoint_id: &str) -> String {
    derived_uuid(&["message", notice_id, endpoint_id])
}

impl Delivery {
    /// The endpoint that an event of a notice is about, if it is about one.
    pub fn endpoint_of(event: &Event) -> Option<&str> {
        Some(match event {
            Event::DeliveryAttempted(event) => &event.endpoint_id,
            Event::DeliverySucceeded(event) => &event.endpoint_id,
            Event::DeliveryFailed(event) => &event.endpoint_id,
            Event::DeliveryOutcomeUnknown(event) => &event.endpoint_id,
            Event::DeliveryDeadLettered(event) => &event.endpoint_id,
            Event::DeliveryResendRequested(event) => &event.endpoint_id,
            Event::DeliveryDeferred(event) => &event.endpoint_id,
            Event::DeliveryFellDue(event) => &event.endpoint_id,
            Event::DeliveryWithheld(event) => &event.endpoint_id,
            _ => return None,
        })
    }

    /// When an event wants its notice asked again.
    pub fn wakes(event: &Event) -> Option<(&str, DateTime<Utc>)> {
        let (endpoint_id, at) = match event {
            Event::DeliveryFailed(event) => (&event.endpoint_id, event.retry_at.as_ref()),
            Event::DeliveryOutcomeUnknown(event) => (&event.endpoint_id, event.retry_at.as_ref()),
            Event::DeliveryDeferred(event) => (&event.endpoint_id, event.until.as_ref()),
            _ => return None,
        };
        Some((endpoint_id, at.and_then(instant)?))
    }

    /// The moment it waits for.
    pub fn until(&self) -> Option<DateTime<Utc>> {
        match self.phase {
            Phase::Waiting { until } | Phase::Deferred { until } => Some(until),
            _ => None,
        }
    }

    /// Folds an event about it.
    pub fn evolve(&mut self, event: &Event, recorded_at: DateTime<Utc>) {
        let later = |until: Option<DateTime<Utc>>| until.map_or(Phase::Due, |until| Phase::Waiting { until });
        let until = Self::wakes(event).map(|(_, at)| at);
        match event {
            Event::DeliveryAttempted(attempted) => {
                self.phase = Phase::Attempting { attempt_id: attempted.attempt_id.clone() };
                self.attempts = attempted.number;
                self.tried += 1;
                self.unknown = true;
                self.attempted_at = Some(recorded_at);
                self.code.clear();
            }
            Event::DeliverySucceeded(succeeded) => {
                self.phase = Phase::Delivered;
                self.unknown = false;
                self.code.clone_from(&succeeded.code);
            }
            Event::DeliveryFailed(failed) => {
                self.phase = later(until);
                self.unknown = false;
                self.code.clone_from(&failed.code);
            }
            Event::DeliveryOutcomeUnknown(unknown) => {
                self.phase = later(until);
                self.code.clone_from(&unknown.code);
            }
            Event::DeliveryDeadLettered(dead) => {
                self.phase = Phase::DeadLettered;
                self.code.clone_from(&dead.code);
            }
            Event::DeliveryResendRequested(_) => {
                self.phase = Phase::Due;
                self.tried = 0;
            }
            Event::DeliveryDeferred(_) => {
                self.phase = until.map_or(Phase::Due, |until| Phase::Deferred { until });
            }
            Event::DeliveryFellDue(_) => self.phase = Phase::Due,
            Event::DeliveryWithheld(_) => self.phase = Phase::Withheld,
            _ => {}
        }
    }
}
