//! What a receipt shows, and what it does not.

use super::{Progress, Receipts};
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::dispatch::v1::{
    IncidentAccepted, IncidentConcluded, IncidentEvent, IncidentJoined, IncidentLinked, IncidentOpened,
    IncidentParted, IncidentUnlinked, ReporterFeedbackGiven, UnitArrived, UnitDispatched,
};
use kinward_contracts::reporting::v1::{ReceiptState, ReportEvent, ReportSubmitted};
use kinward_contracts::r#type::v1::FeedbackResult;
use kinward_eventsourcing::Index as _;
use kinward_eventsourcing::kit::history;

fn minute(minutes: i64) -> DateTime<Utc> {
    "2026-11-24T04:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minutes)
}

/// Two reports, each with its incident.
fn two() -> Receipts {
    let mut receipts = Receipts::default();
    for (name, minutes) in [("one", 0), ("two", 30)] {
        let report =
            ReportSubmitted { receipt_code_hash: format!("code-{name}"), ..ReportSubmitted::default() };
        for event in history(&format!("report-{name}"), minute(minutes), [ReportEvent::from(report)]) {
            receipts.fold(&event).unwrap();
        }
        let opened = IncidentOpened { report_id: format!("report-{name}"), ..IncidentOpened::default() };
        happens(&mut receipts, name, minutes, opened);
    }
    receipts
}

fn happens(receipts: &mut Receipts, incident: &str, minutes: i64, event: impl Into<IncidentEvent>) {
    for event in history(incident, minute(minutes), [event.into()]) {
        receipts.fold(&event).unwrap();
    }
}

fn linked(receipts: &mut Receipts, minutes: i64) {
    let link = IncidentLinked { main_incident_id: "one".to_owned(), ..IncidentLinked::default() };
    happens(receipts, "two", minutes, link);
    let joined = IncidentJoined { incident_id: "two".to_owned(), ..IncidentJoined::default() };
    happens(receipts, "one", minutes, joined);
}

fn told(report: &str) -> ReporterFeedbackGiven {
    ReporterFeedbackGiven {
        report_id: report.to_owned(),
        result: FeedbackResult::Handled.into(),
        ..ReporterFeedbackGiven::default()
    }
}

fn state(receipts: &Receipts, code: &str) -> (ReceiptState, DateTime<Utc>) {
    let Progress { state, state_since, .. } = receipts.get(code).unwrap();
    (ReceiptState::try_from(state).unwrap(), state_since)
}

#[test]
fn law_1_a_receipt_follows_what_police_do_and_shows_what_they_answered() {
    let mut receipts = two();
    assert_eq!(receipts.get("nobody's"), None);
    assert_eq!(state(&receipts, "code-one"), (ReceiptState::Received, minute(0)));
    happens(&mut receipts, "one", 1, IncidentAccepted::default());
    assert_eq!(state(&receipts, "code-one"), (ReceiptState::AcceptedByPolice, minute(1)));
    happens(&mut receipts, "one", 2, UnitDispatched::default());
    happens(&mut receipts, "one", 3, UnitArrived::default());
    assert_eq!(state(&receipts, "code-one"), (ReceiptState::InHand, minute(3)));
    happens(&mut receipts, "one", 4, IncidentConcluded::default());
    assert_eq!(receipts.get("code-one").unwrap().feedback, None);
    happens(&mut receipts, "one", 5, told("report-one"));
    let answered = Some((i32::from(FeedbackResult::Handled), minute(5)));
    assert_eq!(receipts.get("code-one").unwrap().feedback, answered);
    assert_eq!(state(&receipts, "code-two"), (ReceiptState::Received, minute(30)), "another is untouched");
}

#[test]
fn rpt_4_who_reported_the_same_event_sees_its_progress_and_its_own_answer() {
    let mut receipts = two();
    happens(&mut receipts, "one", 5, IncidentAccepted::default());
    linked(&mut receipts, 40);
    assert_eq!(
        state(&receipts, "code-two"),
        (ReceiptState::AcceptedByPolice, minute(30)),
        "not before it called"
    );
    happens(&mut receipts, "one", 50, UnitDispatched::default());
    for code in ["code-one", "code-two"] {
        assert_eq!(state(&receipts, code), (ReceiptState::PoliceOnTheWay, minute(50)));
    }
    happens(&mut receipts, "one", 60, IncidentConcluded::default());
    happens(&mut receipts, "one", 61, told("report-two"));
    assert!(receipts.get("code-two").unwrap().feedback.is_some());
    assert_eq!(receipts.get("code-one").unwrap().feedback, None);
}

#[test]
fn rpt_4_an_unlinked_report_is_where_it_was() {
    let mut receipts = two();
    let before = receipts.clone();
    linked(&mut receipts, 40);
    let unlinked = IncidentUnlinked { main_incident_id: "one".to_owned() };
    happens(&mut receipts, "two", 50, unlinked);
    happens(&mut receipts, "one", 50, IncidentParted { incident_id: "two".to_owned() });
    assert_eq!(receipts, before);
}
