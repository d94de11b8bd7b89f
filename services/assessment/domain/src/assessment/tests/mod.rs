//! given / when / then of assessments, and what holds for every history.

mod assessing;
mod duties;
mod opening;
mod participants;
mod planning;
mod properties;
mod reassessing;

use super::{Assessment, Command, State, missing, open_items};
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::assessment::v1::{
    AssessmentEvent, AssessmentFinalised, AssessmentOpened, Dimension, DimensionAssessed, InputGiven, Need,
    ParticipantInvited, ParticipantKind, PlanDrawnUp, PlanItem, Risk, ServiceKind, Stage,
    assessment_event::Event,
};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::r#type::v1::{ChildReference, ClockStarted, Department, Reason, Sealed};
use kinward_eventsourcing::Fact;
use kinward_eventsourcing::kit::Scenario;
use kinward_statute::Reference;

const VILLAGE: &str = "430903111201";

/// 10 March 2026, noon in Shanghai: no holiday is near.
fn noon() -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse().unwrap()
}

fn actor(department: Department, unit: &str, area: &str) -> Actor {
    Actor {
        department: department.into(),
        unit_id: unit.to_owned(),
        area: area.to_owned(),
        ..Actor::default()
    }
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
        ..AssessmentOpened::default()
    };
    Command::Open { opened, since: noon() - Duration::hours(1) }
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

fn text() -> Sealed {
    Sealed::plain("child", "…")
}

fn need(need_id: &str, dimension: Dimension, none: bool) -> Need {
    Need {
        need_id: need_id.to_owned(),
        dimension: dimension.into(),
        description: Some(text()),
        no_service_reason: Some(text()).filter(|_| none),
    }
}

fn drawn_up(needs: Vec<Need>, items: &[(&str, &str)]) -> Command {
    let item = |(item_id, need_id): &(&str, &str)| PlanItem {
        item_id: (*item_id).to_owned(),
        service: ServiceKind::LegalAid.into(),
        need_id: (*need_id).to_owned(),
    };
    let items = items.iter().map(item).collect();
    step(Event::PlanDrawnUp(PlanDrawnUp { goals: Some(text()), items, needs }))
}

/// A plan whose items answer the need of safety; the other dimensions' needs get no service, with the reason.
fn plan(items: &[&str]) -> Command {
    let needs = vec![
        need("safety", Dimension::Safety, false),
        need("guardianship", Dimension::Guardianship, true),
        need("health", Dimension::Health, true),
    ];
    drawn_up(needs, &items.iter().map(|item| (*item, "safety")).collect::<Vec<_>>())
}

fn invite(department: Department, unit: &str) -> Command {
    let kind = match department {
        Department::Village => ParticipantKind::VillageCommittee,
        Department::Education => ParticipantKind::School,
        Department::Health => ParticipantKind::MedicalInstitution,
        _ => ParticipantKind::ProfessionalService,
    };
    step(Event::ParticipantInvited(ParticipantInvited {
        department: department.into(),
        unit_id: unit.to_owned(),
        participant_id: format!("participant-{unit}"),
        kind: kind.into(),
        ..ParticipantInvited::default()
    }))
}

fn started(facts: &[Fact<AssessmentEvent>]) -> ClockStarted {
    let clock = facts.iter().find_map(|fact| match &fact.event.event {
        Some(Event::ClockStarted(clock)) => Some(clock.clone()),
        _ => None,
    });
    clock.expect("a clock was started")
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
