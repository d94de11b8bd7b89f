//! What a warning letter's events amount to.

use chrono::{DateTime, Utc};
use kinward_contracts::dispatch::v1::{ServedParty, WarningEvent, warning_event::Event};
use kinward_eventsourcing::Occurrence;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who gets the letter (反家庭暴力法 17).
pub const PARTIES: [ServedParty; 3] =
    [ServedParty::Infringer, ServedParty::Victim, ServedParty::VillageCommittee];

/// A warning letter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Incident it came of; empty: there is no letter.
    pub incident_id: String,
    /// Village; `None`: unclear.
    pub village_code: Option<String>,
    /// Person whose key seals the child's data.
    pub child_person_id: String,
    /// Opaque id of the infringer.
    pub infringer_person_id: String,
    /// What is forbidden, as numbers.
    pub prohibitions: Vec<i32>,
    /// When it was issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// Whom it reached when, by the number of the party.
    pub served: BTreeMap<i32, DateTime<Utc>>,
    /// Visits, in the order of recording.
    pub visits: Vec<Visit>,
}

/// A look at whether violence has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Who looked, as the number of the department.
    pub department: i32,
    /// What was found, as a number.
    pub finding: i32,
    /// When.
    pub at: DateTime<Utc>,
}

impl State {
    /// Whether the letter was issued.
    pub fn exists(&self) -> bool {
        !self.incident_id.is_empty()
    }

    /// Whom it must still reach.
    pub fn missing(&self) -> Vec<ServedParty> {
        PARTIES.into_iter().filter(|party| !self.served.contains_key(&i32::from(*party))).collect()
    }

    pub(super) fn evolve(&mut self, event: &WarningEvent, at: &Occurrence<'_>) {
        match &event.event {
            Some(Event::WarningIssued(issued)) => {
                self.incident_id.clone_from(&issued.incident_id);
                self.village_code.clone_from(&issued.village_code);
                self.child_person_id = issued.child.clone().unwrap_or_default().person_id;
                self.infringer_person_id.clone_from(&issued.infringer_person_id);
                self.prohibitions.clone_from(&issued.prohibitions);
                self.issued_at = Some(at.occurred_at);
            }
            Some(Event::WarningServed(served)) => {
                self.served.insert(served.party, at.occurred_at);
            }
            Some(Event::WarningFollowedUp(visit)) => self.visits.push(Visit {
                department: visit.department,
                finding: visit.finding,
                at: at.occurred_at,
            }),
            None => {}
        }
    }
}
