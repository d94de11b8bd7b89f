//! What opens an incident, and what meets its clock.

use super::{CivilAffairsTookOver, NoticeWentOut, OpenIncident};
use crate::incident::{Command, Incident};
use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::{ChildReturned, TemporaryGuardianshipBegan, TemporaryGuardianshipEvent};
use kinward_contracts::dispatch::v1::{
    ChildPlacedTemporarily, IncidentAccepted, IncidentEvent, IncidentOpened, PlacementEnd, PlacementKind,
};
use kinward_contracts::notification::v1::{
    About, NoticeAcknowledged, NoticeEvent, NoticeSent, Recipient, Template,
};
use kinward_contracts::reporting::v1::{
    ReportEvent, ReportSubmitted, ReportedChild, Reporter, ReporterClass,
};
use kinward_contracts::r#type::v1::{
    ChildReference, ClockStarted, DangerSigns, Department, Sealed, Severity, Situation,
};
use kinward_eventsourcing::Reaction;
use kinward_eventsourcing::kit::{Scenario, ends_the_same, history, reactions};
use kinward_statute::Reference;
use std::collections::BTreeMap;

const VILLAGE: &str = "430903111201";

fn noon() -> DateTime<Utc> {
    "2026-11-24T04:00:00Z".parse().unwrap()
}

fn opened_by(report: impl Into<ReportEvent>) -> Vec<Reaction<Command>> {
    reactions::<OpenIncident>(&history("report", noon(), [report.into()]))
}

fn the_one(mut opened: Vec<Reaction<Command>>) -> IncidentOpened {
    let Some(Reaction { command: Command::Open(opened), .. }) = opened.pop() else { panic!("{opened:?}") };
    *opened
}

#[test]
fn rpt_3_bey_5_a_report_opens_an_incident_with_what_it_says_and_nothing_of_the_reporter() {
    let person = || Some(Sealed::plain("child", "某某"));
    let report = ReportSubmitted {
        receipt_code_hash: "hash".to_owned(),
        situations: vec![Situation::Missing.into(), Situation::DomesticViolence.into()],
        signs: Some(DangerSigns { signs_of_injury_or_crime: true, ..DangerSigns::default() }),
        child: Some(ReportedChild {
            reference: Some(ChildReference { child_id: None, person_id: "child".to_owned() }),
            name: person(),
            ..ReportedChild::default()
        }),
        village_code: Some(VILLAGE.to_owned()),
        place: person(),
        narrative: person(),
        reporter: Some(Reporter {
            reporter_class: ReporterClass::School.into(),
            unit_id: Some("school".to_owned()),
            person_id: Some("reporter".to_owned()),
            ..Reporter::default()
        }),
        ..ReportSubmitted::default()
    };
    let opened = the_one(opened_by(report.clone()));
    assert_eq!(opened.report_id, "report");
    assert_eq!((opened.situations, opened.severity), (report.situations, Severity::Immediate.into()));
    assert_eq!(opened.signs, report.signs);
    assert_eq!(opened.village_code, report.village_code);
    assert_eq!((opened.place, opened.narrative, opened.child_name), (person(), person(), person()));
    assert_eq!(opened.child.unwrap().person_id, "child");
}

#[test]
fn bey_5_a_report_of_which_everything_is_unknown_opens_one_all_the_same() {
    let opened = the_one(opened_by(ReportSubmitted {
        situations: vec![Situation::Other.into()],
        ..ReportSubmitted::default()
    }));
    assert_eq!((opened.village_code, opened.severity), (None, Severity::Ordinary.into()));
}

#[test]
fn law_1_a_report_made_by_policy_has_no_reporter_to_be_told() {
    let by = |class: ReporterClass| {
        let reporter = Some(Reporter { reporter_class: class.into(), ..Reporter::default() });
        the_one(opened_by(ReportSubmitted { reporter, ..ReportSubmitted::default() })).without_reporter
    };
    assert!(by(ReporterClass::Policy));
    assert!(!by(ReporterClass::Citizen) && !by(ReporterClass::School));
}

#[test]
fn rpt_4_two_reports_open_two_incidents_and_the_same_one_again_the_same() {
    let of = |id: &str| {
        let events = history(id, noon(), [ReportEvent::from(ReportSubmitted::default())]);
        reactions::<OpenIncident>(&events)[0].id.clone()
    };
    assert_eq!(of("one"), of("one"));
    assert_ne!(of("one"), of("other"), "a suspected duplicate never delays police");
    assert!(opened_by(ClockStarted::default()).is_empty(), "only a report opens one");
}

fn sent(department: Department, template: Template, incident_id: Option<&str>) -> NoticeSent {
    NoticeSent {
        recipient: Some(Recipient { department: department.into(), ..Recipient::default() }),
        template: template.into(),
        about: Some(About { incident_id: incident_id.map(str::to_owned), ..About::default() }),
        ..NoticeSent::default()
    }
}

fn told(event: impl Into<NoticeEvent>) -> Vec<Reaction<Command>> {
    reactions::<NoticeWentOut>(&history("notice", noon(), [event.into()]))
}

#[test]
fn dsp_4_the_notice_to_the_township_meets_the_clock_at_the_moment_it_went_out() {
    let reaction = told(sent(Department::Township, Template::IncidentConcluded, Some("incident")));
    let [Reaction { id, command: Command::MeetNoticeClock { at } }] = reaction.as_slice() else {
        panic!("{reaction:?}")
    };
    assert_eq!((id.as_str(), *at), ("incident", noon()));
}

#[test]
fn dsp_4_a_notice_to_another_about_another_thing_or_only_acknowledged_meets_nothing() {
    assert!(told(sent(Department::CivilAffairs, Template::IncidentConcluded, Some("incident"))).is_empty());
    assert!(told(sent(Department::Township, Template::ClockMissed, Some("incident"))).is_empty());
    assert!(told(sent(Department::Township, Template::IncidentConcluded, None)).is_empty());
    assert!(told(NoticeAcknowledged::default()).is_empty());
}

#[test]
fn law_3_temporary_guardianship_that_comes_of_an_incident_ends_its_temporary_care() {
    let after = |event: TemporaryGuardianshipEvent| {
        reactions::<CivilAffairsTookOver>(&history("child", noon(), [event]))
    };
    let began = |incident_id: Option<&str>| TemporaryGuardianshipBegan {
        incident_id: incident_id.map(str::to_owned),
        ..TemporaryGuardianshipBegan::default()
    };
    let command = Command::HandOverToCivilAffairs { at: noon() };
    assert_eq!(after(began(Some("incident")).into()), [Reaction { id: "incident".to_owned(), command }]);
    assert!(after(began(None).into()).is_empty());
    assert!(after(ChildReturned::default().into()).is_empty());
}

#[test]
fn law_3_taking_over_repeated_or_begun_again_ends_temporary_care_once() {
    let reference = Reference::default();
    let record = |event: IncidentEvent| Command::Record { event: event.event.unwrap(), occurred_at: None };
    let situations = vec![Situation::DomesticViolence.into()];
    let placed = ChildPlacedTemporarily {
        placement_id: "placement".to_owned(),
        kind: PlacementKind::WelfareInstitution.into(),
        giver_unit_id: "police".to_owned(),
        taker_unit_id: Some("welfare".to_owned()),
        place: Some(Sealed::plain("child", "福利院")),
        ..ChildPlacedTemporarily::default()
    };
    let held = Scenario::<Incident>::new("incident", noon(), &reference).given([
        Command::Open(Box::new(IncidentOpened { situations, ..IncidentOpened::default() })),
        record(IncidentAccepted { unit_id: "police".to_owned() }.into()),
        record(placed.into()),
    ]);
    let exist = BTreeMap::from([("incident".to_owned(), held.folded().clone())]);
    let began = TemporaryGuardianshipBegan {
        incident_id: Some("incident".to_owned()),
        ..TemporaryGuardianshipBegan::default()
    };
    let log = history("child", noon(), [TemporaryGuardianshipEvent::from(began)]);
    let end = ends_the_same::<CivilAffairsTookOver>(&log, &exist, noon(), &reference);
    let placement = &end["incident"].state.placements[0];
    assert_eq!((placement.until, placement.end), (Some(noon()), PlacementEnd::CustodyCase.into()));
}
