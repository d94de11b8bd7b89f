//! Cases of failure to report, by who holds to account (RPT-5).

use chrono::{DateTime, Utc};
use kinward_contracts::reporting::v1::{OmissionCaseOpened, OmissionEvent, Superior, omission_event::Event};
use kinward_contracts::{CarriesClocks as _, instant};
use kinward_eventsourcing::{DecodeError, Index, Recorded};
use kinward_statute::{Clocks, Outcome};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// A case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OmissionEntry {
    /// Class of the reporter, as a number.
    pub class: i32,
    /// The unit that did not report.
    pub unit_id: String,
    /// When it knew.
    pub knew_at: Option<DateTime<Utc>>,
    /// Incident in which this was found.
    pub incident_id: Option<String>,
    /// Assessment in which this was found.
    pub assessment_id: Option<String>,
    /// Village of the child; absent: unclear.
    pub village_code: Option<String>,
    /// Units that hold to account: the superior, then those above.
    pub superiors: Vec<String>,
    /// What came of it, as a number; 0: open.
    pub outcome: i32,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// Its clocks.
    pub clocks: Clocks,
    /// Position of its last change.
    pub position: u64,
}

impl OmissionEntry {
    /// When the superior must have decided.
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        self.clocks.open().map(|(_, clock)| clock.due_at).min()
    }

    /// Whether a superior let its time run out.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.clocks.all().any(|(_, clock)| {
            clock.outcome == Some(Outcome::Missed) || (clock.outcome.is_none() && clock.due_at <= now)
        })
    }
}

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Omissions(BTreeMap<String, OmissionEntry>);

impl Omissions {
    /// Cases that a unit holds to account, and with `area` those about children inside it too; the oldest first.
    pub fn of(&self, unit: &str, area: Option<&str>) -> Vec<(&str, &OmissionEntry)> {
        let mine = |entry: &OmissionEntry| entry.superiors.iter().any(|superior| superior == unit);
        let inside = |entry: &OmissionEntry| {
            area.is_some_and(|area| {
                entry.village_code.as_ref().is_none_or(|village| village.starts_with(area))
            })
        };
        let mut all: Vec<(&str, &OmissionEntry)> = self
            .0
            .iter()
            .filter(|(_, entry)| mine(entry) || inside(entry))
            .map(|(id, entry)| (id.as_str(), entry))
            .collect();
        all.sort_by_key(|(_, entry)| entry.opened_at);
        all
    }
}

impl Index for Omissions {
    const NAME: &'static str = "reporting-omissions";
    const SCHEMA: u32 = 1;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        let Some(omission) = event.decode::<OmissionEvent>()? else { return Ok(()) };
        let clock = omission.clock();
        let id = event.subject.id();
        if let Some(Event::OmissionCaseOpened(opened)) = omission.event {
            self.0.insert(id.to_owned(), OmissionEntry::of(opened, event));
            return Ok(());
        }
        let Some(entry) = self.0.get_mut(id) else { return Ok(()) };
        entry.position = event.position.0;
        if let Some(clock) = clock {
            entry.clocks.fold(&clock);
        }
        match omission.event {
            Some(Event::OmissionCaseEscalated(escalated)) => entry.charge(escalated.superior),
            Some(Event::OmissionCaseDecided(decided)) => entry.outcome = decided.outcome,
            _ => {}
        }
        Ok(())
    }
}

impl OmissionEntry {
    fn of(opened: OmissionCaseOpened, event: &Recorded) -> Self {
        let mut entry = Self {
            class: opened.reporter_class,
            unit_id: opened.unit_id,
            knew_at: opened.knew_at.as_ref().and_then(instant),
            incident_id: opened.incident_id,
            assessment_id: opened.assessment_id,
            village_code: opened.village_code,
            superiors: Vec::new(),
            outcome: 0,
            opened_at: event.occurred_at(),
            clocks: Clocks::default(),
            position: event.position.0,
        };
        entry.charge(opened.superior);
        entry
    }

    fn charge(&mut self, superior: Option<Superior>) {
        self.superiors.extend(superior.map(|superior| superior.unit_id));
    }
}
