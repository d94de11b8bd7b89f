//! What a reporter learns of its report by the receipt code, and that it learns nothing else.

use super::{Progress, Receipts};
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::EventMessage;
use kinward_contracts::dispatch::v1::{
    IncidentAccepted, IncidentConcluded, IncidentEvent, IncidentOpened, UnitArrived, UnitDispatched,
    ViolenceStopped,
};
use kinward_contracts::reporting::v1::{ReceiptState, ReportEvent, ReportSubmitted};
use kinward_eventsourcing::kit::history;
use kinward_eventsourcing::{Index as _, Recorded};
use proptest::prelude::*;

const CODE: &str = "ABCDE-FGHJK";

fn at(minutes: i64) -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minutes)
}

fn one<E: EventMessage>(id: &str, minutes: i64, event: impl Into<E>) -> Recorded {
    history(id, at(minutes), [event.into()]).remove(0)
}

fn submitted(report: &str, minutes: i64, code: &str) -> Recorded {
    let event = ReportSubmitted { receipt_code_hash: code.to_owned(), ..ReportSubmitted::default() };
    one::<ReportEvent>(report, minutes, event)
}

fn opened(incident: &str, minutes: i64, report: &str) -> Recorded {
    let event = IncidentOpened { report_id: report.to_owned(), ..IncidentOpened::default() };
    one::<IncidentEvent>(incident, minutes, event)
}

fn step(incident: &str, minutes: i64, event: impl Into<IncidentEvent>) -> Recorded {
    one::<IncidentEvent>(incident, minutes, event)
}

fn folded(history: &[Recorded]) -> Receipts {
    let mut receipts = Receipts::default();
    for event in history {
        receipts.fold(event).unwrap();
    }
    receipts
}

fn progress(state: ReceiptState, since: i64) -> Progress {
    Progress { state: state.into(), received_at: at(0), state_since: at(since), feedback: None }
}

#[test]
fn law_1_a_receipt_follows_the_report_to_the_end() {
    let way = [
        (submitted("report", 0, CODE), progress(ReceiptState::Received, 0)),
        (opened("incident", 1, "report"), progress(ReceiptState::Received, 0)),
        (step("incident", 2, IncidentAccepted::default()), progress(ReceiptState::AcceptedByPolice, 2)),
        (step("incident", 3, UnitDispatched::default()), progress(ReceiptState::PoliceOnTheWay, 3)),
        (step("incident", 4, UnitArrived::default()), progress(ReceiptState::InHand, 4)),
        (step("incident", 5, ViolenceStopped::default()), progress(ReceiptState::InHand, 4)),
        (step("incident", 6, IncidentConcluded::default()), progress(ReceiptState::Concluded, 6)),
    ];
    let mut receipts = Receipts::default();
    for (event, expected) in way {
        receipts.fold(&event).unwrap();
        assert_eq!(receipts.get(CODE), Some(expected), "after {}", event.event_type());
    }
}

#[test]
fn law_1_another_s_code_and_no_code_tell_nothing() {
    let receipts = folded(&[submitted("report", 0, CODE)]);
    for other in ["ABCDE-FGHJL", "", "report"] {
        assert_eq!(receipts.get(other), None, "{other:?}");
    }
}

#[test]
fn rpt_3_each_report_has_a_receipt_of_its_own() {
    let receipts = folded(&[
        submitted("report", 0, CODE),
        submitted("other", 1, "ZZZZZ-ZZZZZ"),
        opened("incident", 2, "other"),
        step("incident", 3, IncidentAccepted::default()),
    ]);
    assert_eq!(receipts.get(CODE), Some(progress(ReceiptState::Received, 0)));
    assert_eq!(receipts.get("ZZZZZ-ZZZZZ").map(|one| one.state), Some(ReceiptState::AcceptedByPolice.into()));
}

#[test]
fn law_1_an_incident_of_a_report_nobody_knows_changes_nothing() {
    let before = folded(&[submitted("report", 0, CODE)]);
    let after = folded(&[
        submitted("report", 0, CODE),
        opened("incident", 1, "elsewhere"),
        step("incident", 2, IncidentAccepted::default()),
        step("unopened", 3, IncidentConcluded::default()),
    ]);
    assert_eq!(after.get(CODE), before.get(CODE));
}

fn any_event() -> impl Strategy<Value = Recorded> {
    let id = || prop::sample::select(&["one", "two", "three"][..]);
    prop_oneof![
        id().prop_map(|report| submitted(report, 0, report)),
        (id(), id()).prop_map(|(incident, report)| opened(incident, 1, report)),
        (id(), 2..90_i64).prop_map(|(id, minutes)| step(id, minutes, IncidentAccepted::default())),
        (id(), 2..90_i64).prop_map(|(id, minutes)| step(id, minutes, UnitArrived::default())),
        (id(), 2..90_i64).prop_map(|(id, minutes)| step(id, minutes, IncidentConcluded::default())),
    ]
}

proptest! {
    #[test]
    fn rpt_3_a_receipt_once_given_answers_for_ever_and_folding_again_is_equal(
        history in prop::collection::vec(any_event(), 0..30)
    ) {
        let mut receipts = Receipts::default();
        let mut given = Vec::new();
        for event in &history {
            receipts.fold(event).unwrap();
            if event.subject.aggregate() == ReportEvent::AGGREGATE {
                given.push(event.subject.id());
            }
            for code in &given {
                let found = receipts.get(code).expect("given and gone");
                prop_assert!(found.state_since >= found.received_at);
            }
        }
        prop_assert_eq!(receipts, folded(&history));
    }
}
