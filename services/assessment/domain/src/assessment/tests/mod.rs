//! given / when / then of assessments, and what holds for every history.

mod assessing;
mod planning;
mod properties;

use super::{Assessment, Command, State};
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::assessment::v1::{
    AssessmentFinalised, AssessmentOpened, Dimension, DimensionAssessed, InputGiven, PlanDrawnUp, PlanItem,
    Risk, ServiceKind, assessment_event::Event,
};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::r#type::v1::{ChildReference, Department};
use kinward_eventsourcing::kit::Scenario;
use kinward_statute::Reference;

const VILLAGE: &str = "430903111201";

/// 10 March 2026, noon in Shanghai: no holiday is near.
fn noon() -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse().unwrap()
}

fn actor(department: Department, unit: &str, area: &str) -> Actor {
    Actor { department: department.into(), unit: unit.to_owned(), area: area.to_owned(), ..Actor::default() }
}

fn township() -> Actor {
    actor(Department::Township, "township-430903111", "430903111")
}

fn civil_affairs() -> Actor {
    actor(Department::CivilAffairs, "civil-affairs-430903", "430903")
}

fn police() -> Actor {
    actor(Department::PublicSecurity, "police-430903", "430903")
}

fn open(immediate: bool) -> Command {
    let opened = AssessmentOpened {
        notice_id: "notice".to_owned(),
        incident_id: "incident".to_owned(),
        child: Some(ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() }),
        village_code: Some(VILLAGE.to_owned()),
        immediate,
    };
    Command::Open { opened, noticed_at: noon() - Duration::hours(1) }
}

fn step(event: impl Into<Event>) -> Command {
    Command::Record { event: event.into(), occurred_at: None }
}

fn input() -> Command {
    step(Event::InputGiven(InputGiven::default()))
}

fn dimension(dimension: Dimension) -> Command {
    step(Event::DimensionAssessed(DimensionAssessed {
        dimension: dimension.into(),
        score: 3,
        ..DimensionAssessed::default()
    }))
}

fn dimensions() -> [Command; 3] {
    [Dimension::Safety, Dimension::Guardianship, Dimension::Health].map(dimension)
}

fn finalise(risk: Risk) -> Command {
    step(Event::AssessmentFinalised(AssessmentFinalised {
        risk: risk.into(),
        ..AssessmentFinalised::default()
    }))
}

fn plan(items: &[&str]) -> Command {
    let item =
        |item_id: &&str| PlanItem { item_id: (*item_id).to_owned(), service: ServiceKind::LegalAid.into() };
    step(Event::PlanDrawnUp(PlanDrawnUp {
        items: items.iter().map(item).collect(),
        ..PlanDrawnUp::default()
    }))
}

/// An open assessment; the township asks.
fn opened(reference: &Reference) -> Scenario<'_, Assessment> {
    Scenario::new("assessment", noon(), reference).by(township()).given([open(false)])
}

/// Everything is there but the conclusion; the township asks.
fn complete(reference: &Reference) -> Scenario<'_, Assessment> {
    let scored = opened(reference).given(dimensions()).given([input()]);
    scored.by(civil_affairs()).given([input()]).by(police()).given([input()]).by(township())
}

/// A plan with the items `one` and `two`; the township asks.
fn planned(reference: &Reference) -> Scenario<'_, Assessment> {
    complete(reference).given([finalise(Risk::High), plan(&["one", "two"])])
}

fn names(missing: &[kinward_eventsourcing::Missing]) -> Vec<&str> {
    missing.iter().map(|missing| missing.what.as_str()).collect()
}
