//! What makes reports and commendations without anybody asking (FAM-2, INF-3, RPT-6).

use super::{ProposeCommendation, ReportCall, ReportGap};
use crate::report::{Command, Report};
use chrono::{DateTime, Utc};
use kinward_contracts::dispatch::v1::{IncidentAccepted, IncidentConcluded, IncidentEvent, Substantiation};
use kinward_contracts::registry::v1::{ChildEvent, GapKind, GuardianshipGapClosed, GuardianshipGapRaised};
use kinward_contracts::reporting::v1::{
    CallAnswered, CallEvent, CallReported, ReportSubmitted, Reporter, ReporterClass,
};
use kinward_contracts::r#type::v1::Situation;
use kinward_eventsourcing::kit::{Scenario, history, reactions};
use kinward_eventsourcing::{Reaction, Recorded};
use kinward_statute::Reference;

const VILLAGE: &str = "430903111201";

fn at() -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse().unwrap()
}

fn gap(gap_id: &str, kind: GapKind, under_eight: bool) -> ChildEvent {
    GuardianshipGapRaised {
        gap_id: gap_id.to_owned(),
        kind: kind.into(),
        since_on: "2026-03-09".to_owned(),
        village_code: VILLAGE.to_owned(),
        under_eight,
    }
    .into()
}

fn reports(events: &[Recorded]) -> Vec<(String, ReportSubmitted)> {
    let reactions = reactions::<ReportGap>(events);
    let submitted = reactions.into_iter().map(|Reaction { id, command }| match command {
        Command::Submit(submitted) => (id, *submitted),
        other => panic!("{other:?}"),
    });
    submitted.collect()
}

#[test]
fn fam_2_a_gap_is_reported_by_policy_with_the_child_and_the_event_behind_it() {
    let events = history("child", at(), [gap("gap-1", GapKind::LivesAlone, false)]);
    let reports = reports(&events);
    let [(_, report)] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!(report.situations().collect::<Vec<_>>(), [Situation::LivingAlone]);
    assert_eq!(report.source_event_id.as_deref(), Some(events[0].event().event_id.as_str()));
    assert_eq!(report.village_code.as_deref(), Some(VILLAGE));
    assert_eq!(report.reporter.as_ref().unwrap().reporter_class(), ReporterClass::Policy);
    let child = report.child.clone().unwrap().reference.unwrap();
    assert_eq!((child.child_id.as_deref(), child.person_id.as_str()), (Some("child"), "child"));
    assert!(!report.signs.unwrap().under_eight_unattended);
    assert!(report.receipt_code_hash.is_empty(), "nobody asks");
}

#[test]
fn fam_2_how_guardianship_fails_says_what_is_reported_and_under_eight_makes_it_immediate() {
    let situation = |kind| {
        let events = history("child", at(), [gap("gap-1", kind, true)]);
        let (_, report) = reports(&events).remove(0);
        assert!(report.signs.unwrap().under_eight_unattended);
        report.situations().next().unwrap()
    };
    assert_eq!(situation(GapKind::LivesAlone), Situation::LivingAlone);
    assert_eq!(situation(GapKind::CarerWithoutCapacity), Situation::GuardianLostCapacity);
}

#[test]
fn fam_2_a_gap_raised_twice_is_two_reports_and_a_replay_none_more() {
    let events = history(
        "child",
        at(),
        [
            gap("gap-1", GapKind::LivesAlone, false),
            GuardianshipGapClosed { gap_id: "gap-1".to_owned(), by_event_id: "event".to_owned() }.into(),
            gap("gap-2", GapKind::LivesAlone, false),
        ],
    );
    let first = reports(&events);
    let again = reports(&events);
    assert_eq!(first, again, "a replay is the same reports");
    let [(one, first), (two, second)] = first.as_slice() else { panic!("{first:?}") };
    assert_ne!(one, two);
    assert_ne!(first.source_event_id, second.source_event_id);
}

#[test]
fn fam_2_what_the_process_asks_for_the_rules_obey() {
    let reference = Reference::default();
    for kind in [GapKind::LivesAlone, GapKind::CarerWithoutCapacity, GapKind::Unspecified] {
        let events = history("child", at(), [gap("gap-1", kind, false)]);
        let (id, report) = reports(&events).remove(0);
        let command = Command::Submit(Box::new(report));
        let scenario = Scenario::<Report>::new(&id, at(), &reference);
        scenario.when(command).then_types(&["ReportSubmitted"]);
    }
}

#[test]
fn inf_3_a_call_that_is_a_report_becomes_the_report_it_names_and_no_other_event_does() {
    let submitted = ReportSubmitted {
        receipt_code_hash: "hash".to_owned(),
        situations: vec![Situation::Missing.into()],
        reporter: Some(Reporter {
            reporter_class: ReporterClass::Citizen.into(),
            anonymous: true,
            ..Reporter::default()
        }),
        call_id: Some("call".to_owned()),
        ..ReportSubmitted::default()
    };
    let reported = CallReported { report_id: "report".to_owned(), submitted: Some(submitted.clone()) };
    let reactions = reactions::<ReportCall>(&history::<CallEvent>(
        "call",
        at(),
        [CallAnswered {}.into(), reported.into()],
    ));
    assert_eq!(
        reactions,
        [Reaction { id: "report".to_owned(), command: Command::Submit(Box::new(submitted)) }]
    );
}

#[test]
fn rpt_6_only_an_incident_concluded_as_substantiated_asks_for_a_commendation_of_its_report() {
    let concluded = |substantiation: Substantiation| -> IncidentEvent {
        IncidentConcluded {
            report_id: "report".to_owned(),
            substantiation: substantiation.into(),
            ..IncidentConcluded::default()
        }
        .into()
    };
    let after = |event: IncidentEvent| reactions::<ProposeCommendation>(&history("incident", at(), [event]));
    assert_eq!(
        after(concluded(Substantiation::Substantiated)),
        [Reaction {
            id: "report".to_owned(),
            command: Command::ProposeCommendation { incident_id: "incident".to_owned() }
        }]
    );
    // and so do the reports of linked incidents: each knows whether its reporter had to report
    let linked = |substantiation: Substantiation| -> IncidentEvent {
        IncidentConcluded {
            report_id: "report".to_owned(),
            joined_report_ids: vec!["second".to_owned()],
            substantiation: substantiation.into(),
            ..IncidentConcluded::default()
        }
        .into()
    };
    let ids = |asked: Vec<Reaction<Command>>| asked.into_iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!(ids(after(linked(Substantiation::Substantiated))), ["report", "second"]);
    assert!(after(linked(Substantiation::Unfounded)).is_empty());
    for other in [Substantiation::Unfounded, Substantiation::Unclear, Substantiation::Unspecified] {
        assert!(after(concluded(other)).is_empty(), "{other:?}");
    }
    assert!(after(IncidentAccepted::default().into()).is_empty());
}
