//! Holiday notices and school terms (BEY-1).

use super::*;
use crate::reference::{CalendarYear, Term};
use kinward_contracts::registry::v1::{
    CalendarDay, HolidayNoticePublished, SchoolStage, SchoolTermPublished,
};
use kinward_eventsourcing::Index as _;
use kinward_statute::ReferenceIndex;

fn notice(days: &[(&str, bool)]) -> HolidayNoticePublished {
    let days = days.iter().map(|(date, off)| CalendarDay {
        date: (*date).to_owned(),
        name: "国庆节".to_owned(),
        off: *off,
    });
    HolidayNoticePublished { year: 2026, papers: Vec::new(), days: days.collect() }
}

fn term(starts_on: &str, ends_on: &str) -> SchoolTermPublished {
    SchoolTermPublished {
        area: "430903".to_owned(),
        stage: SchoolStage::Primary.into(),
        school_year: 2025,
        term: 2,
        starts_on: starts_on.to_owned(),
        ends_on: ends_on.to_owned(),
    }
}

fn off_on(scenario: &Scenario<'_, CalendarYear>, day: &str) -> bool {
    let mut index = ReferenceIndex::default();
    for event in scenario.recorded() {
        index.fold(&event).unwrap();
    }
    !index.0.calendar.is_working_day(day.parse().unwrap())
}

#[test]
fn bey_1_the_same_notice_again_is_no_event_and_another_takes_its_place() {
    let reference = Reference::default();
    let first = notice(&[("2026-10-07", true), ("2026-10-10", false)]);
    let scenario =
        made(new::<CalendarYear>("2026", &reference).when(first.clone()), "HolidayNoticePublished");
    assert!(off_on(&scenario, "2026-10-07"));
    let scenario = scenario.when(first.clone()).then([]);
    let second = notice(&[("2026-10-08", true)]);
    let scenario = made(scenario.when(second), "HolidayNoticePublished");
    assert!(off_on(&scenario, "2026-10-08") && !off_on(&scenario, "2026-10-07"), "superseded");
    // back to the first is a publication of its own
    made(scenario.when(first), "HolidayNoticePublished");
}

#[test]
fn bey_1_a_notice_is_about_days_of_its_year_or_of_the_december_before_each_once() {
    let reference = Reference::default();
    let publish = |days: &[(&str, bool)]| new::<CalendarYear>("2026", &reference).when(notice(days));
    made(publish(&[("2025-12-31", true), ("2026-01-01", true)]), "HolidayNoticePublished");
    let bad: [&[(&str, bool)]; 4] = [
        &[("2026-10-01", true), ("2025-11-30", true)],
        &[("2026-10-01", true), ("2027-01-01", true)],
        &[("2026-10-01", true), ("2026-02-29", true)],
        &[("2026-10-01", true), ("2026-10-01", false)],
    ];
    for days in bad {
        assert_eq!(publish(days).then_refused("BEY-1").field.as_deref(), Some("days[1].date"), "{days:?}");
    }
    let elsewhere = new::<CalendarYear>("2027", &reference).when(notice(&[("2026-10-01", true)]));
    assert_eq!(elsewhere.then_refused("BEY-1").field.as_deref(), Some("year"));
}

#[test]
fn bey_1_a_term_ends_after_it_begins_inside_its_school_year() {
    let reference = Reference::default();
    let publish =
        |starts_on, ends_on| new::<Term>("430903-3-2025-2", &reference).when(term(starts_on, ends_on));
    let scenario = made(publish("2026-03-02", "2026-06-30"), "SchoolTermPublished");
    let scenario = scenario.when(term("2026-03-02", "2026-06-30")).then([]);
    made(scenario.when(term("2026-03-02", "2026-07-03")), "SchoolTermPublished");
    for (starts_on, ends_on, field) in [
        ("2026-06-30", "2026-03-02", "ends_on"),
        ("2026-02-30", "2026-06-30", "starts_on"),
        ("2026-03-02", "2026-06-31", "ends_on"),
        ("2024-09-02", "2026-01-30", "school_year"),
        ("2026-03-02", "2027-06-30", "school_year"),
    ] {
        assert_eq!(publish(starts_on, ends_on).then_refused("BEY-1").field.as_deref(), Some(field));
    }
}
