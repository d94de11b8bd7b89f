//! given / when / then of incidents, one file an idea, and what holds for every history.

mod assistance;
mod clocks;
mod duties;
mod evidence;
mod feedback;
mod found;
mod interviews;
mod linking;
mod parents;
mod placements;
mod properties;
mod referrals;
mod search;
mod severity;
mod situations;
mod stages;

use super::{Command, Incident, State, checklist};
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::dispatch::v1::{
    ChildPlacedTemporarily, ContactOutcome, EvidenceKind, EvidenceTaken, EvidenceTransferred,
    IncidentAccepted, IncidentEvent, IncidentOpened, InfringementStopped, InjuryAppraisalReferred,
    MedicalCareReferred, ParentAnswer, ParentContactAttempted, ParentRecorded, ParentStatus,
    ParentsAdmonished, ParentsNotified, ParentsOrderedToReturn, PlacementEnd, PlacementEnded, PlacementKind,
    PlacementReviewed, SearchEnd, SearchEnded, SearchOpened, SearchReviewed, Substantiation, TrusteeNamed,
    UnitArrived, UnitDispatched, ViolenceStopped,
};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::r#type::v1::{
    ChildReference, DangerSigns, Department, Reason, Relation, Sealed, Situation,
};
use kinward_eventsourcing::kit::Scenario;
use kinward_statute::Reference;

const FATHER: &str = "11111111-1111-8111-8111-111111111111";
const MOTHER: &str = "22222222-2222-8222-8222-222222222222";
const VILLAGE: &str = "430903111201";
const POLICE: &str = "police-430903";
const WELFARE: &str = "welfare-430903";
const COMMITTEE: &str = "village-430903111201";

/// So many minutes after the incident was opened, at noon in China.
fn minute(minutes: i64) -> DateTime<Utc> {
    "2026-11-24T04:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minutes)
}

fn hour(hours: i64) -> DateTime<Utc> {
    minute(60 * hours)
}

fn sealed(words: &str) -> Sealed {
    Sealed::plain("child", words)
}

fn opened(situations: &[Situation], signs: DangerSigns) -> IncidentOpened {
    IncidentOpened {
        report_id: "report".to_owned(),
        situations: situations.iter().map(|situation| i32::from(*situation)).collect(),
        severity: super::severity(situations, &signs).into(),
        signs: Some(signs),
        village_code: Some(VILLAGE.to_owned()),
        child: Some(ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() }),
        ..IncidentOpened::default()
    }
}

fn open(situations: &[Situation], signs: DangerSigns) -> Command {
    Command::Open(Box::new(opened(situations, signs)))
}

/// Happens now.
fn now(event: impl Into<IncidentEvent>) -> Command {
    Command::Record { event: event.into().event.unwrap(), occurred_at: None }
}

/// Happened so many minutes after the opening.
fn at(minutes: i64, event: impl Into<IncidentEvent>) -> Command {
    Command::Record { event: event.into().event.unwrap(), occurred_at: Some(minute(minutes)) }
}

fn conclude() -> Command {
    Command::Conclude {
        summary: Sealed::plain("child", "处置完毕"),
        substantiation: Substantiation::Substantiated,
        occurred_at: None,
    }
}

fn accepted() -> IncidentAccepted {
    IncidentAccepted { unit_id: POLICE.to_owned() }
}

fn dispatched() -> UnitDispatched {
    UnitDispatched { unit_id: POLICE.to_owned() }
}

fn arrived() -> UnitArrived {
    UnitArrived { unit_id: POLICE.to_owned() }
}

fn parent(person_id: &str, relation: Relation, status: ParentStatus) -> ParentRecorded {
    ParentRecorded { person_id: person_id.to_owned(), relation: relation.into(), status: status.into() }
}

fn father() -> ParentRecorded {
    parent(FATHER, Relation::Father, ParentStatus::Known)
}

fn mother() -> ParentRecorded {
    parent(MOTHER, Relation::Mother, ParentStatus::Known)
}

fn attempt(person_id: &str, outcome: ContactOutcome, answer: ParentAnswer) -> ParentContactAttempted {
    ParentContactAttempted {
        person_id: person_id.to_owned(),
        outcome: outcome.into(),
        answer: answer.into(),
        ..ParentContactAttempted::default()
    }
}

fn failed(person_id: &str) -> ParentContactAttempted {
    attempt(person_id, ContactOutcome::Failed, ParentAnswer::Unspecified)
}

fn answered(person_id: &str, answer: ParentAnswer) -> ParentContactAttempted {
    attempt(person_id, ContactOutcome::Reached, answer)
}

fn persons(person_ids: &[&str]) -> Vec<String> {
    person_ids.iter().map(|id| (*id).to_owned()).collect()
}

fn ordered() -> ParentsOrderedToReturn {
    ParentsOrderedToReturn { person_ids: persons(&[FATHER, MOTHER]) }
}

fn admonished() -> ParentsAdmonished {
    ParentsAdmonished { person_ids: persons(&[FATHER, MOTHER]) }
}

fn notified() -> ParentsNotified {
    ParentsNotified { person_ids: persons(&[FATHER, MOTHER]) }
}

fn trustee() -> TrusteeNamed {
    TrusteeNamed {
        person_id: "trustee".to_owned(),
        relation: Relation::MaternalAunt.into(),
        ..TrusteeNamed::default()
    }
}

fn placed(id: &str, kind: PlacementKind, giver: &str, taker: &str) -> ChildPlacedTemporarily {
    let relative = kind == PlacementKind::CloseRelative;
    ChildPlacedTemporarily {
        placement_id: id.to_owned(),
        kind: kind.into(),
        giver_unit_id: giver.to_owned(),
        taker_unit_id: (!relative).then(|| taker.to_owned()),
        taker_person_id: relative.then(|| taker.to_owned()),
        taker_name: if relative { Some(Sealed::plain(taker, "段姨")) } else { None },
        place: Some(sealed("村口")),
        ..ChildPlacedTemporarily::default()
    }
}

/// Police bring the child to the welfare institution.
fn to_welfare(id: &str) -> ChildPlacedTemporarily {
    placed(id, PlacementKind::WelfareInstitution, POLICE, WELFARE)
}

fn ended(id: &str, end: PlacementEnd) -> PlacementEnded {
    PlacementEnded { placement_id: id.to_owned(), end: end.into(), until_at: None }
}

fn reviewed(id: &str) -> PlacementReviewed {
    PlacementReviewed { placement_id: id.to_owned(), findings: Some(sealed("照料良好")) }
}

fn search() -> SearchOpened {
    SearchOpened {
        bulletin_no: "赫公协〔2026〕7号".to_owned(),
        areas: persons(&["430903", "430981"]),
        unit_ids: persons(&["station-yiyang"]),
        ..SearchOpened::default()
    }
}

fn search_reviewed() -> SearchReviewed {
    SearchReviewed { findings: Some(sealed("车站有目击")) }
}

fn search_ended(end: SearchEnd) -> SearchEnded {
    SearchEnded { end: end.into(), ..SearchEnded::default() }
}

fn taken(id: &str) -> EvidenceTaken {
    EvidenceTaken {
        evidence_id: id.to_owned(),
        kind: EvidenceKind::Photograph.into(),
        sha256: Some("ab".repeat(32)),
        description: Some(sealed("淤伤照片")),
        place: Some(sealed("住处")),
        holder_unit_id: POLICE.to_owned(),
    }
}

fn transferred(id: &str, from: &str, to: &str) -> EvidenceTransferred {
    EvidenceTransferred {
        evidence_id: id.to_owned(),
        from_unit_id: from.to_owned(),
        to_unit_id: to.to_owned(),
    }
}

fn medical(id: &str) -> MedicalCareReferred {
    MedicalCareReferred {
        referral_id: id.to_owned(),
        unit_id: "hospital-430903".to_owned(),
        complaint: Some(sealed("挫伤")),
    }
}

fn appraisal(id: &str) -> InjuryAppraisalReferred {
    InjuryAppraisalReferred { referral_id: id.to_owned(), unit_id: "forensic-430903".to_owned() }
}

/// Evidence, medical care, appraisal: DSP-3.
fn dsp_3() -> Vec<Command> {
    vec![now(taken("evidence")), now(medical("medical")), now(appraisal("appraisal"))]
}

/// An incident that police have not accepted yet.
fn incident<'a>(
    reference: &'a Reference,
    situations: &[Situation],
    signs: DangerSigns,
) -> Scenario<'a, Incident> {
    Scenario::new("incident", minute(0), reference).given([open(situations, signs)])
}

/// Police are on the scene.
fn on_scene<'a>(reference: &'a Reference, situations: &[Situation]) -> Scenario<'a, Incident> {
    with_signs(reference, situations, DangerSigns::default())
}

fn with_signs<'a>(
    reference: &'a Reference,
    situations: &[Situation],
    signs: DangerSigns,
) -> Scenario<'a, Incident> {
    incident(reference, situations, signs).given([now(accepted()), now(dispatched()), now(arrived())])
}

/// Both parents are on record, neither was reached.
fn out_of_reach<'a>(reference: &'a Reference, situations: &[Situation]) -> Scenario<'a, Incident> {
    on_scene(reference, situations).given([
        now(father()),
        now(mother()),
        now(failed(FATHER)),
        now(failed(MOTHER)),
    ])
}

fn actor(department: Department, unit: &str) -> Actor {
    Actor { department: department.into(), unit_id: unit.to_owned(), ..Actor::default() }
}

/// What is missing before police are done, in order.
fn missing(scenario: &Scenario<'_, Incident>) -> Vec<String> {
    checklist::missing(scenario.state()).into_iter().map(|missing| missing.what).collect()
}

fn situation(number: i32) -> Situation {
    Situation::try_from(number).unwrap()
}
