//! What civil affairs sees of commendations, and the reporter by its receipt code (RPT-6).

use super::Commendations;
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::reporting::v1::{
    CommendationClaimed, CommendationGranted, CommendationProposed, CommendationRefused, CommendationState,
    ReportEvent, ReportSubmitted, ReporterClass,
};
use kinward_eventsourcing::Index as _;
use kinward_eventsourcing::kit::history;

fn at(hours: i64) -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::hours(hours)
}

fn submitted(code: &str) -> ReportEvent {
    ReportSubmitted { receipt_code_hash: code.to_owned(), ..ReportSubmitted::default() }.into()
}

fn proposed(village: Option<&str>, anonymous: bool) -> ReportEvent {
    CommendationProposed {
        incident_id: "incident".to_owned(),
        reporter_class: ReporterClass::Citizen.into(),
        anonymous,
        village_code: village.map(str::to_owned),
    }
    .into()
}

fn index(reports: &[(&str, i64, Vec<ReportEvent>)]) -> Commendations {
    let mut index = Commendations::default();
    for (id, hours, events) in reports {
        for event in history(id, at(*hours), events.clone()) {
            index.fold(&event).unwrap();
        }
    }
    index
}

fn ids<'a>(index: &'a Commendations, area: &str) -> Vec<&'a str> {
    index.of(area).into_iter().map(|(id, _)| id).collect()
}

#[test]
fn rpt_6_civil_affairs_sees_what_was_proposed_in_its_area_the_oldest_first_and_nothing_else() {
    let index = index(&[
        ("late", 3, vec![submitted("A"), proposed(Some("430903111201"), false)]),
        ("early", 1, vec![submitted("B"), proposed(Some("430903112201"), false)]),
        ("nowhere", 2, vec![submitted("C"), proposed(None, false)]),
        ("never", 0, vec![submitted("D")]),
    ]);
    assert_eq!(ids(&index, "430903"), ["early", "nowhere", "late"]);
    assert_eq!(ids(&index, "430903111"), ["late"], "without a place it is the district's");
}

#[test]
fn rpt_6_a_receipt_code_tells_how_far_the_commendation_is() {
    let mut events = vec![submitted("CODE")];
    let mut state = |event: Option<ReportEvent>| {
        events.extend(event);
        index(&[("report", 0, events.clone())]).state_of("CODE")
    };
    assert_eq!(state(None), CommendationState::Unspecified);
    assert_eq!(state(Some(proposed(None, true))), CommendationState::AwaitingReceipt);
    assert_eq!(state(Some(CommendationClaimed::default().into())), CommendationState::Proposed);
    assert_eq!(state(Some(CommendationGranted::default().into())), CommendationState::Granted);
    let refused = vec![submitted("CODE"), proposed(None, false), CommendationRefused::default().into()];
    let index = index(&[("report", 0, refused)]);
    assert_eq!(index.state_of("CODE"), CommendationState::Refused);
    assert_eq!(index.report_of("CODE"), Some("report"));
    assert_eq!((index.report_of("OTHER"), index.state_of("OTHER")), (None, CommendationState::Unspecified));
    assert!(index.of("430903").iter().all(|(_, entry)| entry.is_decided()));
}
