//! What can be asked of a report.

use chrono::{DateTime, Utc};
use kinward_contracts::reporting::v1::{ReportSubmitted, report_event::Event};

/// A command.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Somebody reports a child in danger or need.
    Submit(Box<ReportSubmitted>),
    /// An incident substantiated the report.
    ProposeCommendation {
        /// The incident.
        incident_id: String,
    },
    /// A step of its commendation; carries the fact it asks to record.
    Record {
        /// A claim, a grant or a refusal.
        event: Event,
        /// When it happened; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
}
