//! Commendations: what civil affairs decides on, and which report the hash of a receipt code is of. Nothing of who reported (RPT-6).

use chrono::{DateTime, Utc};
use kinward_contracts::reporting::v1::{CommendationState, ReportEvent, report_event::Event};
use kinward_eventsourcing::{DecodeError, Index, Recorded};
use kinward_statute::lies_in;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// A commendation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommendationEntry {
    /// Incident that substantiated the report.
    pub incident_id: String,
    /// Class of the reporter, as a number.
    pub class: i32,
    /// How far it is, as a number.
    pub state: i32,
    /// Village; absent: unclear.
    pub village_code: Option<String>,
    /// When it was proposed.
    pub proposed_at: DateTime<Utc>,
    /// Position of its last change.
    pub position: u64,
}

impl CommendationEntry {
    /// Whether civil affairs has granted or refused it.
    pub fn is_decided(&self) -> bool {
        let decided = [CommendationState::Granted, CommendationState::Refused].map(i32::from);
        decided.contains(&self.state)
    }
}

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commendations {
    reports: BTreeMap<String, CommendationEntry>,
    codes: BTreeMap<String, String>,
}

impl Commendations {
    /// Commendations of reports inside an area, the oldest first. One without a place is the district's.
    pub fn of(&self, area: &str) -> Vec<(&str, &CommendationEntry)> {
        let inside = |entry: &CommendationEntry| lies_in(entry.village_code.as_deref(), area);
        let mut all: Vec<(&str, &CommendationEntry)> = self
            .reports
            .iter()
            .filter(|(_, entry)| inside(entry))
            .map(|(report, entry)| (report.as_str(), entry))
            .collect();
        all.sort_by_key(|(_, entry)| entry.proposed_at);
        all
    }

    /// The report with this hash of its receipt code.
    pub fn report_of(&self, receipt_code_hash: &str) -> Option<&str> {
        self.codes.get(receipt_code_hash).map(String::as_str)
    }

    /// How far the commendation of the report with this hash of its receipt code is.
    pub fn state_of(&self, receipt_code_hash: &str) -> CommendationState {
        let entry = self.report_of(receipt_code_hash).and_then(|report| self.reports.get(report));
        entry.and_then(|entry| CommendationState::try_from(entry.state).ok()).unwrap_or_default()
    }
}

impl Index for Commendations {
    const NAME: &'static str = "reporting-commendations";
    const SCHEMA: u32 = 2;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        let Some(ReportEvent { event: Some(report) }) = event.decode()? else { return Ok(()) };
        let id = event.subject.id();
        let state = match report {
            Event::ReportSubmitted(submitted) => {
                self.codes.insert(submitted.receipt_code_hash, id.to_owned());
                return Ok(());
            }
            Event::CommendationProposed(proposed) => {
                let state = if proposed.anonymous {
                    CommendationState::AwaitingReceipt
                } else {
                    CommendationState::Proposed
                };
                let entry = CommendationEntry {
                    incident_id: proposed.incident_id,
                    class: proposed.reporter_class,
                    state: state.into(),
                    village_code: proposed.village_code,
                    proposed_at: event.occurred_at(),
                    position: event.position.0,
                };
                self.reports.insert(id.to_owned(), entry);
                return Ok(());
            }
            Event::CommendationClaimed(_) => CommendationState::Proposed,
            Event::CommendationGranted(_) => CommendationState::Granted,
            Event::CommendationRefused(_) => CommendationState::Refused,
            _ => return Ok(()),
        };
        if let Some(entry) = self.reports.get_mut(id) {
            entry.state = state.into();
            entry.position = event.position.0;
        }
        Ok(())
    }
}
