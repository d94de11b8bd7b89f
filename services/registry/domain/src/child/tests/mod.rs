//! given / when / then of children's files, and what holds for every history.

mod birthday;
mod care;
mod delegation;
mod derived;
mod duplicates;
mod duties;
mod facts;
mod history;
mod properties;
mod registering;
mod residence;
mod ruling;
mod schooling;

use super::{Child, Command, Restoration, Ruling, State};
use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::registry::v1::{
    ChildEvent, ChildRegistered, ChildStatus, GapKind, Guardian, GuardianRestored, GuardianshipBasis,
    Household, Parent, ParentFacts, StatusReason, Whereabouts, child_event::Event,
};
use kinward_contracts::r#type::v1::{Capacity, Relation, Sealed};
use kinward_contracts::r#type::v1::{ClockStarted, Department};
use kinward_contracts::{CarriesClocks as _, EventMessage as _};
use kinward_eventsourcing::Fact;
use kinward_eventsourcing::Rejection;
use kinward_eventsourcing::kit::{Outcome, Scenario};
use kinward_statute::{Clock, DivisionFacts, Reference, UnitFacts};

const VILLAGE: &str = "430903111201";
const NEXT_VILLAGE: &str = "430903111202";
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

/// The codes of two villages are in use, the first one until the end of 2026; a school and a township's office.
fn reference() -> Reference {
    let village = |until: Option<&str>| DivisionFacts {
        name: "某村".to_owned(),
        valid_from: "2017-03-24".to_owned(),
        valid_until: until.map(str::to_owned),
    };
    let unit = |department: Department, area: &str| UnitFacts {
        name: "某单位".to_owned(),
        department: department.into(),
        area: area.to_owned(),
        superior: None,
    };
    Reference {
        divisions: [
            (VILLAGE.to_owned(), village(Some("2026-12-31"))),
            (NEXT_VILLAGE.to_owned(), village(None)),
        ]
        .into(),
        units: [
            ("school".to_owned(), unit(Department::Education, "430903111")),
            ("township".to_owned(), unit(Department::Township, "430903111")),
        ]
        .into(),
        ..Reference::default()
    }
}

fn by(department: Department, area: &str) -> Actor {
    Actor {
        department: department.into(),
        area: area.to_owned(),
        unit_id: format!("{}-{area}", department.as_str_name().to_lowercase()),
        ..Actor::default()
    }
}

/// The command that records a fact, for a child of nine.
fn did(event: impl Into<ChildEvent>) -> Command {
    did_at(event, None)
}

fn did_at(event: impl Into<ChildEvent>, at: Option<DateTime<Utc>>) -> Command {
    let event: ChildEvent = event.into();
    Command::Record { event: event.event.unwrap(), birth_date: Some(nine()), occurred_at: at }
}

fn observe() -> Command {
    Command::ObserveClocks { birth_date: Some(nine()) }
}

fn running<'a>(scenario: &'a Scenario<'_, Child>, clock_id: &str) -> Option<&'a Clock> {
    scenario.state().clocks.get(clock_id).filter(|clock| clock.outcome.is_none())
}

fn due(scenario: &Scenario<'_, Child>, clock_id: &str) -> String {
    running(scenario, clock_id).unwrap().due_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

trait Made<'a> {
    /// The command made facts of exactly these types, whatever became of clocks.
    fn then_made(self, types: &[&str]) -> Scenario<'a, Child>;
    /// What a refusal says is missing.
    fn then_missing(self, rule: &str) -> Vec<String>;
}

impl<'a> Made<'a> for Outcome<'a, Child> {
    fn then_made(self, types: &[&str]) -> Scenario<'a, Child> {
        let all: Vec<String> = self
            .facts()
            .iter()
            .map(|fact| kinward_eventsourcing::event_name(fact.event.event_type()).to_owned())
            .collect();
        let clocks = self.facts().iter().map(|fact| fact.event.clock().is_some());
        let facts: Vec<&str> =
            all.iter().zip(clocks).filter(|(_, clock)| !clock).map(|(name, _)| name.as_str()).collect();
        assert_eq!(facts, types);
        self.then_types(&all.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn then_missing(self, rule: &str) -> Vec<String> {
        let refused: Rejection = self.then_refused(rule);
        refused.missing.into_iter().map(|missing| missing.what).collect()
    }
}

/// The clocks that facts start: name, variant, due moment.
fn started(facts: &[Fact<ChildEvent>]) -> Vec<ClockStarted> {
    let clocks = facts.iter().filter_map(|fact| match &fact.event.event {
        Some(Event::ClockStarted(started)) => Some(started.clone()),
        _ => None,
    });
    clocks.collect()
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
            Some((changed.to_status(), changed.reason(), changed.on_date.clone()))
        }
        _ => None,
    });
    changed.collect()
}
