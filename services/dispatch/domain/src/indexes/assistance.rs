//! Requests for help that wait for a unit (DSP-5).

use kinward_contracts::dispatch::v1::{IncidentEvent, incident_event::Event};
use kinward_eventsourcing::{DecodeError, Index, Recorded};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The index: incident and request, by the unit asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssistanceWaiting(BTreeMap<String, BTreeSet<(String, String)>>);

impl AssistanceWaiting {
    /// Incident and request of everything that waits for a unit.
    pub fn of_unit(&self, unit_id: &str) -> Vec<(String, String)> {
        self.0.get(unit_id).map(|waiting| waiting.iter().cloned().collect()).unwrap_or_default()
    }

    fn done(&mut self, incident_id: &str, assistance_id: String) {
        let both = (incident_id.to_owned(), assistance_id);
        self.0.retain(|_, waiting| {
            waiting.remove(&both);
            !waiting.is_empty()
        });
    }
}

impl Index for AssistanceWaiting {
    const NAME: &'static str = "dispatch-assistance-waiting";
    const SCHEMA: u32 = 1;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        let Some(IncidentEvent { event: Some(incident) }) = event.decode()? else { return Ok(()) };
        let id = event.subject.id();
        match incident {
            Event::AssistanceRequested(requested) => {
                let waiting = self.0.entry(requested.unit_id).or_default();
                waiting.insert((id.to_owned(), requested.assistance_id));
            }
            Event::AssistanceAnswered(answered) => self.done(id, answered.assistance_id),
            Event::AssistanceDeclined(declined) => self.done(id, declined.assistance_id),
            _ => {}
        }
        Ok(())
    }
}
