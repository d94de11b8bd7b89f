//! What the events of a report amount to.

use kinward_contracts::reporting::v1::{ReportEvent, report_event::Event};
use serde::{Deserialize, Serialize};

/// Whether the report exists, and its receipt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What the reporter asks with; empty: no report.
    pub receipt_code: String,
}

impl State {
    /// Whether it was submitted.
    pub fn exists(&self) -> bool {
        !self.receipt_code.is_empty()
    }

    pub(super) fn fold(&mut self, event: &ReportEvent) {
        if let Some(Event::ReportSubmitted(submitted)) = &event.event {
            self.receipt_code.clone_from(&submitted.receipt_code);
        }
    }
}
