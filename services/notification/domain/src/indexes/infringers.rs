//! Who is an alleged infringer in which file (BEY-4): asked before anybody is told, each time, since police may find
//! it out after the notice.

use kinward_contracts::custody::v1::{CaseEvent, OrderEvent, case_event, order_event};
use kinward_contracts::dispatch::v1::{IncidentEvent, WarningEvent, incident_event::Event, warning_event};
use kinward_contracts::notification::v1::About;
use kinward_contracts::reporting::v1::{OmissionEvent, omission_event};
use kinward_contracts::r#type::v1::ChildReference;
use kinward_eventsourcing::{DecodeError, Index, Recorded};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Infringers {
    /// Persons, by the incident, custody case, protection order or warning letter that says so.
    persons: BTreeMap<String, BTreeSet<String>>,
    /// Those files, by the ids the child goes by, and by what else came of them.
    files: BTreeMap<String, BTreeSet<String>>,
}

impl Infringers {
    /// Alleged infringers in what a notice is about: in its incident, in the aggregate it is about, and in every file
    /// of its child.
    pub fn of(&self, about: &About) -> BTreeSet<String> {
        let itself = about.subject.rsplit('.').next().filter(|id| !id.is_empty());
        let named = about.incident_id.as_deref().into_iter().chain(itself);
        let named: Vec<&str> = named.chain(about.child.iter().flat_map(ids)).collect();
        let files = named.iter().filter_map(|id| self.files.get(*id)).flatten().map(String::as_str);
        let files = files.chain(named.iter().copied());
        files.filter_map(|file| self.persons.get(file)).flatten().cloned().collect()
    }

    fn about(&mut self, file: &str, child: Option<&ChildReference>) {
        for id in child.into_iter().flat_map(ids) {
            self.came_of(id, file);
        }
    }

    fn came_of(&mut self, id: &str, file: &str) {
        self.files.entry(id.to_owned()).or_default().insert(file.to_owned());
    }

    fn alleged<'a>(&mut self, file: &str, persons: impl IntoIterator<Item = &'a String>) {
        self.persons.entry(file.to_owned()).or_default().extend(persons.into_iter().cloned());
    }

    fn fold_incident(&mut self, id: &str, event: &Event) {
        match event {
            Event::ViolenceStopped(stopped) => self.alleged(id, &stopped.infringer_person_id),
            Event::InfringementStopped(stopped) => self.alleged(id, &stopped.infringer_person_id),
            Event::IncidentOpened(opened) => self.about(id, opened.child.as_ref()),
            Event::IncidentConcluded(concluded) => self.about(id, concluded.child.as_ref()),
            _ => {}
        }
    }
}

fn ids(child: &ChildReference) -> impl Iterator<Item = &str> {
    let ids = child.child_id.iter().map(String::as_str).chain([child.person_id.as_str()]);
    ids.filter(|id| !id.is_empty())
}

impl Index for Infringers {
    const NAME: &'static str = "notification-infringers";
    const SCHEMA: u32 = 2;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        let id = event.subject.id();
        if let Some(IncidentEvent { event: Some(incident) }) = event.decode()? {
            self.fold_incident(id, &incident);
        } else if let Some(WarningEvent { event: Some(warning) }) = event.decode()? {
            if let warning_event::Event::WarningIssued(issued) = warning {
                self.about(id, issued.child.as_ref());
                self.alleged(id, [&issued.infringer_person_id]);
                self.came_of(&issued.incident_id, id);
            }
        } else if let Some(OrderEvent { event: Some(order) }) = event.decode()? {
            if let order_event::Event::ProtectionOrderAppliedFor(applied) = order {
                self.about(id, applied.child.as_ref());
                self.alleged(id, [&applied.respondent_person_id]);
            }
        } else if let Some(CaseEvent { event: Some(case) }) = event.decode()? {
            if let case_event::Event::CaseOpened(opened) = case {
                self.about(id, opened.child.as_ref());
                self.alleged(id, &opened.guardian_person_ids);
            }
        } else if let Some(OmissionEvent { event: Some(omission) }) = event.decode()?
            && let omission_event::Event::OmissionCaseOpened(opened) = omission
            && let Some(incident_id) = opened.incident_id
        {
            self.came_of(id, &incident_id);
        }
        Ok(())
    }
}
