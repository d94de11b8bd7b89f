//! What can be asked of a notice.

use chrono::{DateTime, Utc};
use kinward_contracts::notification::v1::NoticeSent;

/// A command.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Something calls for telling a department.
    Send(Box<NoticeSent>),
    /// The caller's department knows.
    Acknowledge {
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// An alarm fired: look at the clocks.
    ObserveClocks,
}
