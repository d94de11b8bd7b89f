//! What can be asked of a notice.

use super::Came;
use chrono::{DateTime, Utc};
use kinward_contracts::notification::v1::{Endpoint, NoticeSent};
use std::collections::BTreeSet;

/// A command.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Something calls for telling a department.
    Send(Box<NoticeSent>),
    /// The caller's department knows.
    Acknowledge {
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
        /// Persons who are alleged infringers in this file.
        infringers: BTreeSet<String>,
        /// Opaque id of the caller.
        person_id: String,
    },
    /// The sender is about to attempt a delivery.
    Attempt(Box<Attempt>),
    /// The sender knows what came of an attempt.
    Settle {
        /// Where it went.
        endpoint_id: String,
        /// The attempt.
        attempt_id: String,
        /// What came of it.
        came: Came,
    },
    /// A delivery cannot be attempted at all.
    GiveUp {
        /// Where to.
        endpoint_id: String,
        /// Why.
        code: String,
    },
    /// Somebody wants a delivery again.
    Resend {
        /// Where to.
        endpoint_id: String,
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// An alarm fired: look at the clocks, and at what waits.
    ObserveClocks,
}

/// An attempt about to be made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attempt {
    /// Where to.
    pub endpoint_id: String,
    /// What is there.
    pub endpoint: Endpoint,
    /// 1 for the first, and so on: two senders cannot make the same one.
    pub number: u32,
    /// Persons who are alleged infringers in this file.
    pub infringers: BTreeSet<String>,
    /// Whether the child's name is opened for it.
    pub child_named: bool,
}
