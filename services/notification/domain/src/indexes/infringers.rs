//! Who is an alleged infringer in which file (BEY-4): asked before anybody is told, each time, since police may find
//! it out after the notice.

use kinward_contracts::dispatch::v1::{IncidentEvent, incident_event::Event};
use kinward_contracts::notification::v1::About;
use kinward_contracts::r#type::v1::ChildReference;
use kinward_eventsourcing::{DecodeError, Index, Recorded};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Infringers {
    /// Persons, by incident.
    persons: BTreeMap<String, BTreeSet<String>>,
    /// Incidents of a child, by the ids it goes by.
    incidents: BTreeMap<String, BTreeSet<String>>,
}

impl Infringers {
    /// Alleged infringers in what a notice is about: in its incident, and in every incident of its child.
    pub fn of(&self, about: &About) -> BTreeSet<String> {
        let ids = about.child.iter().flat_map(ids);
        let of_child = ids.filter_map(|id| self.incidents.get(id)).flatten();
        let incidents = about.incident_id.iter().chain(of_child);
        incidents.filter_map(|incident| self.persons.get(incident)).flatten().cloned().collect()
    }

    fn about(&mut self, incident_id: &str, child: Option<&ChildReference>) {
        for id in child.into_iter().flat_map(ids) {
            self.incidents.entry(id.to_owned()).or_default().insert(incident_id.to_owned());
        }
    }
}

fn ids(child: &ChildReference) -> impl Iterator<Item = &str> {
    let ids = child.child_id.iter().map(String::as_str).chain([child.person_id.as_str()]);
    ids.filter(|id| !id.is_empty())
}

impl Index for Infringers {
    const NAME: &'static str = "infringers";
    const SCHEMA: u32 = 1;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        let Some(incident) = event.decode::<IncidentEvent>()? else { return Ok(()) };
        let id = event.subject.id();
        let (infringer, child) = match &incident.event {
            Some(Event::ViolenceStopped(stopped)) => (stopped.infringer_person_id.as_ref(), None),
            Some(Event::InfringementStopped(stopped)) => (stopped.infringer_person_id.as_ref(), None),
            Some(Event::IncidentOpened(opened)) => (None, opened.child.as_ref()),
            Some(Event::IncidentConcluded(concluded)) => (None, concluded.child.as_ref()),
            _ => (None, None),
        };
        self.about(id, child);
        if let Some(person) = infringer {
            self.persons.entry(id.to_owned()).or_default().insert(person.clone());
        }
        Ok(())
    }
}
