//! Receipts: what a reporter may know of its report, by the code it was given (LAW-1).

use chrono::{DateTime, Utc};
use kinward_contracts::dispatch::v1::{IncidentEvent, incident_event::Event as Incident};
use kinward_contracts::reporting::v1::{ReceiptState, ReportEvent, report_event::Event};
use kinward_eventsourcing::{DecodeError, Index, Recorded};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

mod calls;
mod commendations;
mod omissions;
#[cfg(test)]
mod tests;

pub use calls::{CallEntry, Calls, Whose};
pub use commendations::{CommendationEntry, Commendations};
pub use omissions::{OmissionEntry, Omissions};

/// How far a report is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// State, as a number.
    pub state: i32,
    /// When the report was taken.
    pub received_at: DateTime<Utc>,
    /// When the state was reached.
    pub state_since: DateTime<Utc>,
}

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipts {
    by_code: BTreeMap<String, Progress>,
    codes: BTreeMap<String, String>,
    reports: BTreeMap<String, String>,
}

impl Receipts {
    /// How far the report with this receipt code is.
    pub fn get(&self, receipt_code: &str) -> Option<&Progress> {
        self.by_code.get(receipt_code)
    }
}

impl Index for Receipts {
    const NAME: &'static str = "receipts";
    const SCHEMA: u32 = 1;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        if let Some(ReportEvent { event: Some(Event::ReportSubmitted(report)) }) = event.decode()? {
            let at = event.recorded_at();
            let progress =
                Progress { state: ReceiptState::Received.into(), received_at: at, state_since: at };
            self.by_code.insert(report.receipt_code.clone(), progress);
            self.codes.insert(event.subject.id().to_owned(), report.receipt_code);
            return Ok(());
        }
        let Some(IncidentEvent { event: Some(incident) }) = event.decode()? else { return Ok(()) };
        let state = match incident {
            Incident::IncidentOpened(opened) => {
                self.reports.insert(event.subject.id().to_owned(), opened.report_id);
                return Ok(());
            }
            Incident::IncidentAccepted(_) => ReceiptState::AcceptedByPolice,
            Incident::UnitDispatched(_) => ReceiptState::PoliceOnTheWay,
            Incident::UnitArrived(_) => ReceiptState::InHand,
            Incident::IncidentConcluded(_) => ReceiptState::Concluded,
            _ => return Ok(()),
        };
        let code = self.reports.get(event.subject.id()).and_then(|report| self.codes.get(report));
        if let Some(progress) = code.and_then(|code| self.by_code.get_mut(code)) {
            progress.state = state.into();
            progress.state_since = event.recorded_at();
        }
        Ok(())
    }
}
