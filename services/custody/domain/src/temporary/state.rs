//! What the events of a child's temporary guardianship amount to.

use chrono::{DateTime, Utc};
use kinward_contracts::CarriesClocks as _;
use kinward_contracts::custody::v1::temporary_guardianship_event::Event;
use kinward_contracts::custody::v1::{
    ChildHandedOver, GuardianFitnessAssessed, StayEnd, TemporaryGuardianshipBegan, TemporaryGuardianshipEvent,
};
use kinward_eventsourcing::Occurrence;
use kinward_statute::Clocks;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Every stay of one child under temporary guardianship.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// File of the child; absent: not identified.
    pub child_id: Option<String>,
    /// Person whose key seals the child's data.
    pub child_person_id: String,
    /// Village; absent: unclear.
    pub village_code: Option<String>,
    /// The stays, the first one first.
    pub stays: Vec<Stay>,
    /// Its clocks.
    pub clocks: Clocks,
}

/// One stay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stay {
    /// Its id.
    pub stay_id: String,
    /// Why, as a number.
    pub case: i32,
    /// Legal basis.
    pub article: String,
    /// Guardians in whose place civil affairs stands.
    pub guardians: BTreeSet<String>,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// Who held the child, the first one first.
    pub placements: Vec<Placement>,
    /// What civil affairs found of each guardian, by time.
    pub fitness: BTreeMap<String, Vec<Fitness>>,
    /// How it ended; `None`: it goes on.
    pub ended: Option<Ended>,
}

/// Who held the child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// Its id.
    pub placement_id: String,
    /// Form, as a number.
    pub form: i32,
    /// Unit that gave the child.
    pub giver_unit_id: String,
    /// Unit that took the child; absent: a person.
    pub taker_unit_id: Option<String>,
    /// Person who took the child; absent: a unit.
    pub taker_person_id: Option<String>,
    /// From.
    pub from: DateTime<Utc>,
    /// Until; `None`: it goes on.
    pub until: Option<DateTime<Utc>>,
}

/// What was found of a guardian.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fitness {
    /// When.
    pub at: DateTime<Utc>,
    /// The event that says so.
    pub event_id: String,
    /// Whether fit.
    pub fit: bool,
}

/// How a stay ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// When.
    pub at: DateTime<Utc>,
    /// How, as a number.
    pub by: i32,
}

impl State {
    /// The stay that goes on.
    pub fn stay(&self) -> Option<&Stay> {
        self.stays.last().filter(|stay| stay.ended.is_none())
    }

    /// Id of the clock of a stay.
    pub fn clock_id(stay_id: &str) -> String {
        format!("temporary-guardianship-{stay_id}")
    }

    pub(super) fn evolve(&mut self, event: &TemporaryGuardianshipEvent, at: &Occurrence<'_>) {
        if let Some(clock) = event.clock() {
            self.clocks.fold(&clock);
            return;
        }
        match &event.event {
            Some(Event::TemporaryGuardianshipBegan(began)) => self.begin(began, at),
            Some(Event::ChildHandedOver(handed)) => self.hand_over(handed, at),
            Some(Event::GuardianFitnessAssessed(assessed)) => self.assess(assessed, at),
            Some(Event::ChildReturned(_)) => self.end(StayEnd::Returned, at),
            Some(Event::LongTermGuardianshipTaken(_)) => self.end(StayEnd::LongTerm, at),
            Some(Event::ChildGivenToDesignatedGuardian(_)) => self.end(StayEnd::DesignatedGuardian, at),
            _ => {}
        }
    }

    fn begin(&mut self, began: &TemporaryGuardianshipBegan, at: &Occurrence<'_>) {
        let child = began.child.clone().unwrap_or_default();
        self.child_id = child.child_id;
        self.child_person_id = child.person_id;
        self.village_code.clone_from(&began.village_code);
        self.stays.push(Stay {
            stay_id: began.stay_id.clone(),
            case: began.statutory_case,
            article: began.article.clone(),
            guardians: began.guardian_person_ids.iter().cloned().collect(),
            began_at: at.occurred_at,
            placements: Vec::new(),
            fitness: BTreeMap::new(),
            ended: None,
        });
    }

    fn hand_over(&mut self, handed: &ChildHandedOver, at: &Occurrence<'_>) {
        let Some(stay) = self.stays.last_mut() else { return };
        if let Some(last) = stay.placements.last_mut() {
            last.until = Some(at.occurred_at);
        }
        stay.placements.push(Placement {
            placement_id: handed.placement_id.clone(),
            form: handed.form,
            giver_unit_id: handed.giver_unit_id.clone(),
            taker_unit_id: handed.taker_unit_id.clone(),
            taker_person_id: handed.taker_person_id.clone(),
            from: at.occurred_at,
            until: None,
        });
    }

    fn assess(&mut self, assessed: &GuardianFitnessAssessed, at: &Occurrence<'_>) {
        let Some(stay) = self.stays.last_mut() else { return };
        let found = Fitness { at: at.occurred_at, event_id: at.event_id.to_owned(), fit: assessed.fit };
        let of_one = stay.fitness.entry(assessed.guardian_person_id.clone()).or_default();
        // of two at the same moment the one recorded later counts
        let place = of_one.partition_point(|other| other.at <= found.at);
        of_one.insert(place, found);
    }

    fn end(&mut self, by: StayEnd, at: &Occurrence<'_>) {
        let Some(stay) = self.stays.last_mut() else { return };
        if let Some(last) = stay.placements.last_mut() {
            last.until = Some(at.occurred_at);
        }
        stay.ended = Some(Ended { at: at.occurred_at, by: by.into() });
    }
}

impl Stay {
    /// The last assessment of a guardian by a moment, if it found the guardian fit again.
    pub fn found_fit(&self, guardian: &str, by: DateTime<Utc>) -> Option<&Fitness> {
        let mut of_one = self.fitness.get(guardian)?.iter().rev();
        of_one.find(|found| found.at <= by).filter(|found| found.fit)
    }

    /// Guardians whose last assessment found them fit again.
    pub fn fit(&self) -> impl Iterator<Item = &str> {
        let fit = self.fitness.iter().filter(|(_, found)| found.last().is_some_and(|last| last.fit));
        fit.map(|(guardian, _)| guardian.as_str())
    }

    /// When somebody last took the child, or the stay began: nothing that follows lies before it.
    pub fn last_step(&self) -> DateTime<Utc> {
        self.placements.last().map_or(self.began_at, |last| last.from.max(self.began_at))
    }
}
