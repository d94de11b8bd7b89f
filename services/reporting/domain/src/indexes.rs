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
#[cfg(test)]
mod told;

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
    /// What police answered, as a number, and when; `None`: nothing yet.
    pub feedback: Option<(i32, DateTime<Utc>)>,
}

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipts {
    /// Report and moment, by receipt code.
    reports: BTreeMap<String, (String, DateTime<Utc>)>,
    /// Incident of each report.
    incidents: BTreeMap<String, String>,
    /// How far each incident is.
    stages: BTreeMap<String, Stage>,
    /// Incident that another follows (RPT-4).
    follows: BTreeMap<String, String>,
}

/// How far an incident is: what happened in it, whatever it follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stage {
    state: i32,
    since: DateTime<Utc>,
    /// What reporters were told, by report: also by reports of incidents that follow this one.
    told: BTreeMap<String, (i32, DateTime<Utc>)>,
}

impl Receipts {
    /// How far the report with this hash of its receipt code is. A report of the same event as another shares in what is done
    /// about that one, and its reporter does not learn that there is another.
    pub fn get(&self, receipt_code_hash: &str) -> Option<Progress> {
        let (report_id, received_at) = self.reports.get(receipt_code_hash)?;
        let received_at = *received_at;
        let incident = self.incidents.get(report_id);
        let main = incident.map(|own| self.follows.get(own).unwrap_or(own));
        let Some(stage) = main.and_then(|incident| self.stages.get(incident)) else {
            let state = ReceiptState::Received.into();
            return Some(Progress { state, received_at, state_since: received_at, feedback: None });
        };
        Some(Progress {
            state: stage.state,
            received_at,
            // police may have been on the way before this reporter called
            state_since: stage.since.max(received_at),
            feedback: stage.told.get(report_id).copied(),
        })
    }
}

impl Index for Receipts {
    const NAME: &'static str = "reporting-receipts";
    const SCHEMA: u32 = 3;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        let (id, at) = (event.subject.id(), event.recorded_at());
        if let Some(ReportEvent { event: Some(Event::ReportSubmitted(report)) }) = event.decode()? {
            self.reports.insert(report.receipt_code_hash, (id.to_owned(), at));
            return Ok(());
        }
        let Some(IncidentEvent { event: Some(incident) }) = event.decode()? else { return Ok(()) };
        match incident {
            Incident::IncidentOpened(opened) => {
                self.incidents.insert(opened.report_id, id.to_owned());
            }
            Incident::IncidentLinked(linked) => {
                self.follows.insert(id.to_owned(), linked.main_incident_id);
            }
            Incident::IncidentUnlinked(_) => {
                self.follows.remove(id);
            }
            Incident::IncidentAccepted(_) => self.reach(id, ReceiptState::AcceptedByPolice, at),
            Incident::UnitDispatched(_) => self.reach(id, ReceiptState::PoliceOnTheWay, at),
            Incident::UnitArrived(_) => self.reach(id, ReceiptState::InHand, at),
            Incident::IncidentConcluded(_) => self.reach(id, ReceiptState::Concluded, at),
            Incident::ReporterFeedbackGiven(given) => {
                if let Some(stage) = self.stages.get_mut(id) {
                    stage.told.insert(given.report_id, (given.result, at));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl Receipts {
    fn reach(&mut self, incident_id: &str, state: ReceiptState, at: DateTime<Utc>) {
        let reached = || Stage { state: state.into(), since: at, told: BTreeMap::new() };
        let stage = self.stages.entry(incident_id.to_owned()).or_insert_with(reached);
        (stage.state, stage.since) = (state.into(), at);
    }
}
