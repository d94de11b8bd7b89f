//! given / when / then of custody cases, the borders of the grounds, and what holds for every history.

mod clocks;
mod court;
mod duties;
mod grounds;
mod guardians;
mod interview;
mod ladder;
mod properties;
mod restoration;

use super::{Case, Command};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use kinward_contracts::custody::v1::{
    CaseOpened, Conduct, Consequence, ConsequenceRecorded, CrimeIncited, DelegationRefused,
    DesignatedGuardian, DutyImpossible, DutyRefused, DutyResumed, GuardianCriticised, Harm, HarmRecorded,
    Impossibility, LeftUnattended, PetitionAccepted, PetitionFiled, PetitionHeard, PetitionRuled, Petitioner,
    Ruling, case_event::Event,
};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::r#type::v1::{ChildReference, Department, Ground};
use kinward_eventsourcing::kit::Scenario;
use kinward_statute::{Reference, start_of_day};

const FATHER: &str = "11111111-1111-8111-8111-111111111111";
const MOTHER: &str = "22222222-2222-8222-8222-222222222222";
const VILLAGE: &str = "430903111201";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn noon(text: &str) -> DateTime<Utc> {
    start_of_day(day(text)) + Duration::hours(12)
}

fn actor(department: Department) -> Actor {
    let area = if department == Department::Village { VILLAGE } else { "430903" };
    Actor {
        department: department.into(),
        unit_id: format!("unit-{}", department.as_str_name()),
        area: area.to_owned(),
        ..Actor::default()
    }
}

fn open() -> Command {
    Command::Open(CaseOpened {
        child: Some(ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() }),
        guardian_person_ids: vec![FATHER.to_owned(), MOTHER.to_owned()],
        village_code: Some(VILLAGE.to_owned()),
        ..CaseOpened::default()
    })
}

fn now(event: impl Into<Event>) -> Command {
    Command::Record { event: event.into(), occurred_at: None }
}

/// Happened at noon of a day.
fn on(at: &str, event: impl Into<Event>) -> Command {
    Command::Record { event: event.into(), occurred_at: Some(noon(at)) }
}

fn criticised(guardian: &str, conduct: Conduct) -> Event {
    Event::GuardianCriticised(GuardianCriticised {
        guardian_person_id: guardian.to_owned(),
        conduct: conduct.into(),
        ..GuardianCriticised::default()
    })
}

/// The father is criticised for begging.
fn criticism(at: &str) -> Command {
    on(at, criticised(FATHER, Conduct::Begging))
}

fn suffered(guardian: &str, consequence: Consequence) -> Event {
    Event::ConsequenceRecorded(ConsequenceRecorded {
        guardian_person_id: guardian.to_owned(),
        consequence: consequence.into(),
    })
}

fn consequence(at: &str, consequence: Consequence) -> Command {
    on(at, suffered(FATHER, consequence))
}

fn refused(guardian: &str, since: &str) -> Event {
    Event::DutyRefused(DutyRefused { guardian_person_id: guardian.to_owned(), since_on: since.to_owned() })
}

fn refusal(since: &str) -> Command {
    now(refused(FATHER, since))
}

fn resumption(on_date: &str) -> Command {
    now(Event::DutyResumed(DutyResumed {
        guardian_person_id: FATHER.to_owned(),
        on_date: on_date.to_owned(),
    }))
}

fn impossible() -> Event {
    Event::DutyImpossible(DutyImpossible {
        guardian_person_id: FATHER.to_owned(),
        cause: Impossibility::Imprisonment.into(),
    })
}

fn not_delegated() -> Event {
    Event::DelegationRefused(DelegationRefused { guardian_person_id: FATHER.to_owned() })
}

fn harm(serious: bool) -> Event {
    Event::HarmRecorded(HarmRecorded {
        guardian_person_id: FATHER.to_owned(),
        harm: Harm::Violence.into(),
        serious,
        ..HarmRecorded::default()
    })
}

fn left(in_danger: bool) -> Event {
    Event::LeftUnattended(LeftUnattended { guardian_person_id: FATHER.to_owned(), in_danger })
}

fn crime(grave: bool) -> Event {
    Event::CrimeIncited(CrimeIncited { guardian_person_id: FATHER.to_owned(), grave })
}

fn petition_by(petitioner: Petitioner, unit: Option<&str>, guardian: &str, grounds: &[Ground]) -> Command {
    now(Event::PetitionFiled(PetitionFiled {
        petition_id: format!("petition-{guardian}"),
        guardian_person_id: guardian.to_owned(),
        petitioner: petitioner.into(),
        petitioner_unit_id: unit.map(str::to_owned),
        grounds: grounds.iter().map(|ground| i32::from(*ground)).collect(),
        court_unit_id: "court-430903".to_owned(),
    }))
}

/// The village committee petitions against the father.
fn petition(ground: Ground) -> Command {
    petition_by(Petitioner::VillageCommittee, None, FATHER, &[ground])
}

fn petition_id() -> String {
    format!("petition-{FATHER}")
}

fn accept() -> Command {
    now(Event::PetitionAccepted(PetitionAccepted { petition_id: petition_id() }))
}

fn hear() -> Command {
    now(Event::PetitionHeard(PetitionHeard { petition_id: petition_id() }))
}

fn rule(ruling: Ruling, designated: Option<&str>) -> Command {
    now(Event::PetitionRuled(PetitionRuled {
        petition_id: petition_id(),
        ruling: ruling.into(),
        designated: designated.map(|person_id| DesignatedGuardian {
            person_id: person_id.to_owned(),
            ..DesignatedGuardian::default()
        }),
        ..PetitionRuled::default()
    }))
}

/// An open case about father and mother; the village committee asks.
fn case<'a>(reference: &'a Reference, today: &str) -> Scenario<'a, Case> {
    Scenario::new("case", noon(today), reference).by(actor(Department::Village)).given([open()])
}

/// A case in which the ground CUS-3c is met against the father.
fn met<'a>(reference: &'a Reference, today: &str) -> Scenario<'a, Case> {
    case(reference, today).given([refusal("2026-01-01"), consequence("2026-02-01", Consequence::Displaced)])
}

/// The same, petitioned by the village committee; the court asks.
fn filed<'a>(reference: &'a Reference, today: &str) -> Scenario<'a, Case> {
    met(reference, today).given([petition(Ground::DutyRefused)]).by(actor(Department::Court))
}

fn names(missing: &[kinward_eventsourcing::Missing]) -> Vec<&str> {
    missing.iter().map(|missing| missing.what.as_str()).collect()
}
