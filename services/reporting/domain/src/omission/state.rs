//! What the events of a case amount to.

use chrono::{DateTime, Utc};
use kinward_contracts::CarriesClocks as _;
use kinward_contracts::reporting::v1::{OmissionEvent, Superior, omission_event::Event};
use kinward_eventsourcing::Occurrence;
use kinward_statute::Clocks;
use serde::{Deserialize, Serialize};

/// A case of failure to report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// When it was opened; absent: it does not exist.
    pub opened_at: Option<DateTime<Utc>>,
    /// The unit that did not report.
    pub unit_id: String,
    /// Person whose key seals what is written of the case.
    pub subject_person_id: String,
    /// Units that hold it to account: its superior, then those above.
    pub superiors: Vec<String>,
    /// What came of it, as a number; 0: open.
    pub outcome: i32,
    /// Its clocks, one for each superior.
    pub clocks: Clocks,
}

impl State {
    pub(super) fn evolve(&mut self, event: &OmissionEvent, at: &Occurrence<'_>) {
        if let Some(clock) = event.clock() {
            self.clocks.fold(&clock);
            return;
        }
        match &event.event {
            Some(Event::OmissionCaseOpened(opened)) => {
                self.opened_at = Some(at.occurred_at);
                self.unit_id.clone_from(&opened.unit_id);
                self.subject_person_id =
                    opened.findings.as_ref().map(|sealed| sealed.person_id.clone()).unwrap_or_default();
                self.charge(opened.superior.as_ref());
            }
            Some(Event::OmissionCaseEscalated(escalated)) => self.charge(escalated.superior.as_ref()),
            Some(Event::OmissionCaseDecided(decided)) => self.outcome = decided.outcome,
            _ => {}
        }
    }

    fn charge(&mut self, superior: Option<&Superior>) {
        self.superiors.extend(superior.map(|superior| superior.unit_id.clone()));
    }
}
