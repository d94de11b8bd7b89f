//! given / when / then of children's files, and what holds for every history.

mod derived;
mod facts;
mod history;
mod properties;
mod registering;
mod ruling;

use super::{Child, Command, Ruling, State};
use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use kinward_contracts::registry::v1::{
    ChildEvent, ChildRegistered, ChildStatus, GapKind, Guardian, GuardianshipBasis, Household, Parent,
    ParentFacts, StatusReason, Whereabouts, child_event::Event,
};
use kinward_contracts::r#type::v1::{Capacity, Relation, Sealed};
use kinward_eventsourcing::Fact;
use kinward_eventsourcing::kit::Scenario;
use kinward_statute::{DivisionFacts, Reference};

const VILLAGE: &str = "430903111201";
const FATHER: &str = "father";
const MOTHER: &str = "mother";
const GRANDMOTHER: &str = "grandmother";

/// 2026-03-10 12:00 in Shanghai.
fn noon() -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Nine years old at noon.
fn nine() -> NaiveDate {
    day("2017-01-20")
}

/// The village's code is in use.
fn reference() -> Reference {
    let village = DivisionFacts {
        name: "某村".to_owned(),
        valid_from: "2017-03-24".to_owned(),
        valid_until: Some("2026-12-31".to_owned()),
    };
    Reference { divisions: [(VILLAGE.to_owned(), village)].into(), ..Reference::default() }
}

/// Facts of a parent who has capacity and lives with the child where that can be.
fn facts(whereabouts: Whereabouts) -> ParentFacts {
    ParentFacts {
        whereabouts: whereabouts.into(),
        capacity: Capacity::Full.into(),
        lives_with_child: [Whereabouts::AtHome, Whereabouts::JoinedByChild].contains(&whereabouts),
        since_on: None,
    }
}

fn away() -> ParentFacts {
    facts(Whereabouts::AwayForWork)
}

fn at_home() -> ParentFacts {
    facts(Whereabouts::AtHome)
}

/// At home, without capacity to act as guardian.
fn incapable() -> ParentFacts {
    ParentFacts { capacity: Capacity::None.into(), ..at_home() }
}

fn parent(person_id: &str, facts: ParentFacts) -> Parent {
    let relation = if person_id == FATHER { Relation::Father } else { Relation::Mother };
    Parent {
        person_id: person_id.to_owned(),
        relation: relation.into(),
        facts: Some(facts),
        ..Parent::default()
    }
}

fn grandmother(capacity: Capacity, lives_with_child: bool) -> Guardian {
    Guardian {
        person_id: GRANDMOTHER.to_owned(),
        relation: Relation::PaternalGrandmother.into(),
        name: Some(Sealed::plain(GRANDMOTHER, "夏春晓")),
        basis: GuardianshipBasis::Delegation.into(),
        capacity: capacity.into(),
        lives_with_child,
        ..Guardian::default()
    }
}

fn family(parents: Vec<Parent>, guardians: Vec<Guardian>) -> ChildRegistered {
    let sealed = |text: &str| Some(Sealed::plain("child", text));
    ChildRegistered {
        name: sealed("陈小满"),
        birth_date: sealed("2017-01-20"),
        household: Some(Household { village_code: VILLAGE.to_owned(), address: sealed("某村3组") }),
        parents,
        guardians,
        ..ChildRegistered::default()
    }
}

fn register(registered: ChildRegistered) -> Command {
    Command::Register { registered: Box::new(registered), birth_date: nine(), occurred_at: None }
}

fn record(person_id: &str, facts: ParentFacts) -> Command {
    Command::RecordParent { person_id: person_id.to_owned(), facts, birth_date: nine(), occurred_at: None }
}

fn on_file(reference: &Reference, parents: Vec<Parent>, guardians: Vec<Guardian>) -> Scenario<'_, Child> {
    Scenario::new("child", noon(), reference).given([register(family(parents, guardians))])
}

/// Both parents away, in the care of a grandmother.
fn left_behind(reference: &Reference) -> Scenario<'_, Child> {
    let parents = vec![parent(FATHER, away()), parent(MOTHER, away())];
    on_file(reference, parents, vec![grandmother(Capacity::Full, true)])
}

fn status_of(scenario: &Scenario<'_, Child>) -> ChildStatus {
    ChildStatus::try_from(scenario.state().status).unwrap()
}

fn open_gap(scenario: &Scenario<'_, Child>) -> Option<GapKind> {
    scenario.state().gap.as_ref().map(|gap| GapKind::try_from(gap.kind).unwrap())
}

/// The status changes among facts: to what, why, and since when.
fn changes(facts: &[Fact<ChildEvent>]) -> Vec<(ChildStatus, StatusReason, String)> {
    let changed = facts.iter().filter_map(|fact| match &fact.event.event {
        Some(Event::StatusChanged(changed)) => {
            Some((changed.to(), changed.reason(), changed.on_date.clone()))
        }
        _ => None,
    });
    changed.collect()
}
