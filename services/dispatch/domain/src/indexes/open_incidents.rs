//! The emergency worklist: every incident that is not concluded, from the log alone (BEY-5).

use chrono::{DateTime, Utc};
use kinward_contracts::CarriesClocks as _;
use kinward_contracts::dispatch::v1::{IncidentEvent, Stage, incident_event::Event};
use kinward_eventsourcing::{DecodeError, Index, Recorded};
use kinward_statute::Clocks;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Conclusions remembered for those who watch.
const REMEMBERED: usize = 10_000;

/// An incident that waits. Nothing personal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Report that began it.
    pub report_id: String,
    /// Severity of its own report and of what was found, as a number; the smaller, the more urgent.
    pub severity: i32,
    /// Situations of its own report and found on the scene, as numbers.
    pub situations: Vec<i32>,
    /// File of the child; `None`: not identified.
    pub child_id: Option<String>,
    /// Incident it follows; `None`: it stands by itself.
    pub follows: Option<String>,
    /// Severity of each incident that follows it, by id.
    pub joined: BTreeMap<String, i32>,
    /// Village; `None`: unclear.
    pub village_code: Option<String>,
    /// How far police are, as a number.
    pub stage: i32,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// Its clocks.
    pub clocks: Clocks,
    /// Position at which it was opened: the last tie-break.
    pub opened: u64,
    /// Position of its last change.
    pub position: u64,
}

impl Entry {
    /// The clock that runs out first: its name and moment.
    pub fn earliest_clock(&self) -> Option<(&str, DateTime<Utc>)> {
        let running = self.clocks.open().map(|(_, clock)| (clock.clock.as_str(), clock.due_at));
        running.min_by_key(|(_, due_at)| *due_at)
    }

    /// How urgent it is: as the most urgent of the reports about it.
    pub fn most_urgent(&self) -> i32 {
        self.joined.values().copied().chain([self.severity]).min().unwrap_or(self.severity)
    }

    /// What worklists sort by: severity, then earliest clock, then position.
    pub fn order(&self) -> (i32, DateTime<Utc>, u64) {
        let due = self.earliest_clock().map_or(DateTime::<Utc>::MAX_UTC, |(_, due_at)| due_at);
        (self.most_urgent(), due, self.opened)
    }
}

/// A concluded incident, and its village where that is known.
pub type Concluded<'a> = (&'a str, Option<&'a str>);

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OpenIncidents {
    open: BTreeMap<String, Entry>,
    /// Position of each conclusion, the incident and its village.
    concluded: BTreeMap<u64, (String, Option<String>)>,
}

impl OpenIncidents {
    /// Open incidents that stand by themselves, the most urgent first.
    pub fn worklist(&self) -> Vec<(&str, &Entry)> {
        let mut all: Vec<(&str, &Entry)> =
            self.entries().filter(|(_, entry)| entry.follows.is_none()).collect();
        all.sort_by_key(|(_, entry)| entry.order());
        all
    }

    /// Every open incident.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.open.iter().map(|(id, entry)| (id.as_str(), entry))
    }

    /// An open incident.
    pub fn get(&self, id: &str) -> Option<&Entry> {
        self.open.get(id)
    }

    /// Incidents that follow this one (RPT-4).
    pub fn following(&self, entry: &Entry) -> Vec<(&str, &Entry)> {
        let found = entry.joined.keys().filter_map(|id| self.open.get_key_value(id));
        found.map(|(id, entry)| (id.as_str(), entry)).collect()
    }

    /// Incidents that changed after a position, in that order, and those concluded after it, with their villages.
    pub fn changed_after(&self, position: u64) -> (Vec<(&str, &Entry)>, Vec<Concluded<'_>>) {
        let mut changed: Vec<(&str, &Entry)> = self
            .open
            .iter()
            .filter(|(_, entry)| entry.position > position)
            .map(|(id, entry)| (id.as_str(), entry))
            .collect();
        changed.sort_by_key(|(_, entry)| entry.position);
        let concluded = self.concluded.range(position + 1..);
        let concluded = concluded.map(|(_, (id, village))| (id.as_str(), village.as_deref())).collect();
        (changed, concluded)
    }
}

impl Index for OpenIncidents {
    const NAME: &'static str = "dispatch-open-incidents";
    const SCHEMA: u32 = 3;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        let Some(incident) = event.decode::<IncidentEvent>()? else { return Ok(()) };
        let id = event.subject.id();
        if let Some(Event::IncidentOpened(opened)) = &incident.event {
            let entry = Entry {
                report_id: opened.report_id.clone(),
                severity: opened.severity,
                situations: opened.situations.clone(),
                child_id: opened.child.as_ref().and_then(|child| child.child_id.clone()),
                follows: None,
                joined: BTreeMap::new(),
                village_code: opened.village_code.clone(),
                stage: Stage::Open.into(),
                opened_at: event.occurred_at(),
                clocks: Clocks::default(),
                opened: event.position.0,
                position: event.position.0,
            };
            self.open.insert(id.to_owned(), entry);
            return Ok(());
        }
        if matches!(incident.event, Some(Event::IncidentConcluded(_))) {
            let village = self.open.remove(id).and_then(|entry| entry.village_code);
            self.concluded.insert(event.position.0, (id.to_owned(), village));
            if self.concluded.len() > REMEMBERED {
                self.concluded.pop_first();
            }
            return Ok(());
        }
        let Some(entry) = self.open.get_mut(id) else { return Ok(()) };
        entry.position = event.position.0;
        if let Some(clock) = incident.clock() {
            entry.clocks.fold(&clock);
        }
        if let Some(event) = incident.event {
            entry.change(event);
        }
        Ok(())
    }
}

impl Entry {
    fn change(&mut self, event: Event) {
        match event {
            Event::IncidentAccepted(_) => self.stage = Stage::Accepted.into(),
            Event::UnitDispatched(_) => self.stage = Stage::Dispatched.into(),
            Event::UnitArrived(_) => self.stage = Stage::OnScene.into(),
            Event::ChildIdentified(identified) => self.child_id = Some(identified.child_id),
            Event::SituationFound(found) => {
                self.situations.extend(found.situations);
                self.severity = found.severity;
            }
            Event::IncidentLinked(linked) => self.follows = Some(linked.main_incident_id),
            Event::IncidentUnlinked(_) => self.follows = None,
            Event::IncidentJoined(joined) => {
                self.joined.insert(joined.incident_id, joined.severity);
            }
            Event::IncidentParted(parted) => {
                self.joined.remove(&parted.incident_id);
            }
            _ => {}
        }
    }
}
