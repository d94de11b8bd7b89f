//! Who sees which case of failure to report (RPT-5).

use super::Omissions;
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::reporting::v1::{
    OmissionCaseDecided, OmissionCaseEscalated, OmissionCaseOpened, OmissionEvent, OmissionOutcome, Superior,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{ClockMissed, ClockStarted};
use kinward_eventsourcing::Index as _;
use kinward_eventsourcing::kit::history;

fn at(days: i64) -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::days(days)
}

fn superior(unit: &str) -> Superior {
    Superior { unit_id: unit.to_owned(), ..Superior::default() }
}

fn opened(superior_unit: &str, village: &str) -> Vec<OmissionEvent> {
    let opened = OmissionCaseOpened {
        unit_id: "village".to_owned(),
        village_code: Some(village.to_owned()),
        superior: Some(superior(superior_unit)),
        ..OmissionCaseOpened::default()
    };
    let clock = ClockStarted {
        clock_id: "failure-to-report-0".to_owned(),
        started_at: Some(timestamp(at(0))),
        due_at: Some(timestamp(at(30))),
        ..ClockStarted::default()
    };
    vec![opened.into(), clock.into()]
}

fn index(cases: &[(&str, i64, Vec<OmissionEvent>)]) -> Omissions {
    let mut index = Omissions::default();
    for (id, days, events) in cases {
        for event in history(id, at(*days), events.clone()) {
            index.fold(&event).unwrap();
        }
    }
    index
}

fn ids<'a>(index: &'a Omissions, unit: &str, area: Option<&str>) -> Vec<&'a str> {
    index.of(unit, area).into_iter().map(|(id, _)| id).collect()
}

#[test]
fn rpt_5_a_superior_sees_its_own_cases_and_who_oversees_an_area_all_in_it_the_oldest_first() {
    let index = index(&[
        ("second", 2, opened("township", "430903111201")),
        ("first", 1, opened("township", "430903111202")),
        ("other", 0, opened("bureau", "430903112201")),
    ]);
    assert_eq!(ids(&index, "township", None), ["first", "second"]);
    assert_eq!(ids(&index, "bureau", None), ["other"]);
    assert!(ids(&index, "village", None).is_empty(), "the unit itself is told by its superior");
    assert_eq!(ids(&index, "civil-affairs", Some("430903")), ["other", "first", "second"]);
    assert_eq!(ids(&index, "civil-affairs", Some("430903112")), ["other"]);
}

#[test]
fn rpt_5_a_case_that_went_up_is_seen_by_both_and_stays_overdue_until_decided() {
    let mut events = opened("township", "430903111201");
    let open = index(&[("case", 0, events.clone())]);
    let (_, entry) = open.of("township", None)[0];
    assert_eq!(entry.due_at(), Some(at(30)));
    assert!(!entry.is_overdue(at(30) - Duration::seconds(1)) && entry.is_overdue(at(30)));
    events.push(ClockMissed { clock_id: "failure-to-report-0".to_owned(), ..ClockMissed::default() }.into());
    events.push(OmissionCaseEscalated { superior: Some(superior("district")), level: 1 }.into());
    let up = index(&[("case", 0, events.clone())]);
    for unit in ["township", "district"] {
        let (_, entry) = up.of(unit, None)[0];
        assert_eq!(entry.superiors, ["township", "district"]);
        assert!(entry.is_overdue(at(0)));
    }
    let outcome = OmissionOutcome::Criticised.into();
    events.push(OmissionCaseDecided { outcome, ..OmissionCaseDecided::default() }.into());
    let decided = index(&[("case", 0, events)]);
    assert_eq!(decided.of("district", None)[0].1.outcome, outcome);
}
