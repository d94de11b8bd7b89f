//! School days by stage, vacations, and terms that are not published yet.

use super::{YEARS, at, calendar, day, midnight_after, period, school_term};
use crate::{Calendar, Catalogue, Certainty, Unit};
use chrono::{DateTime, Utc};
use kinward_contracts::instant;
use kinward_contracts::registry::v1::SchoolStage::{self, JuniorSecondary, Primary};

/// Primary schools end the autumn term a week before junior secondary schools.
fn with_terms() -> Calendar {
    let mut calendar = calendar(&YEARS);
    for term in [
        school_term(Primary, 2025, 1, "2025-09-01", "2026-01-23"),
        school_term(Primary, 2025, 2, "2026-03-02", "2026-06-30"),
        school_term(JuniorSecondary, 2025, 1, "2025-09-01", "2026-01-30"),
        school_term(JuniorSecondary, 2025, 2, "2026-03-02", "2026-07-03"),
    ] {
        calendar.publish_term(term);
    }
    calendar
}

fn next(calendar: &Calendar, from: &str, stage: Option<SchoolStage>) -> (DateTime<Utc>, Certainty) {
    let ending = calendar.end_of(at(from), period(1, Unit::SchoolDays), stage);
    (ending.at, ending.certainty)
}

#[test]
fn dep_2_a_school_day_is_a_working_day_in_the_term_of_the_stage() {
    let calendar = with_terms();
    let school = |text: &str, stage| calendar.is_school_day(day(text), Some(stage));
    assert!(school("2025-09-01", Primary), "the first day of a term");
    assert!(school("2026-01-23", Primary), "the last day of a term");
    assert!(!school("2026-01-26", Primary), "vacation");
    assert!(school("2026-01-26", JuniorSecondary), "other schools still teach");
    assert!(calendar.is_school_day(day("2026-01-26"), None), "some schools teach");
    assert!(!calendar.is_school_day(day("2026-02-03"), None), "no school teaches");
    assert!(!school("2025-10-08", Primary), "a holiday in the term");
    assert!(school("2025-10-11", Primary), "a Saturday that is worked");
    assert!(!school("2025-10-12", Primary), "a Sunday");
}

#[test]
fn dep_2_the_next_school_day_lies_after_weekend_holiday_or_vacation() {
    let calendar = with_terms();
    let certain = |text: &str| (midnight_after(text), Certainty::Certain);
    assert_eq!(next(&calendar, "2025-11-19 10:00", Some(Primary)), certain("2025-11-20"));
    assert_eq!(next(&calendar, "2025-11-21 10:00", Some(Primary)), certain("2025-11-24"));
    assert_eq!(next(&calendar, "2025-09-30 10:00", Some(Primary)), certain("2025-10-09"));
    assert_eq!(next(&calendar, "2026-01-22 10:00", Some(Primary)), certain("2026-01-23"));
    assert_eq!(next(&calendar, "2026-01-23 10:00", Some(Primary)), certain("2026-03-02"));
    assert_eq!(next(&calendar, "2026-01-23 10:00", Some(JuniorSecondary)), certain("2026-01-26"));
}

#[test]
fn dep_2_beyond_the_published_terms_working_days_count_provisionally() {
    let provisional = |text: &str| (midnight_after(text), Certainty::Provisional);
    assert_eq!(next(&calendar(&YEARS), "2026-04-01 10:00", Some(Primary)), provisional("2026-04-02"));
    let mut calendar = with_terms();
    assert_eq!(next(&calendar, "2026-06-30 10:00", Some(Primary)), provisional("2026-07-01"));
    assert_eq!(
        next(&calendar, "2026-06-30 10:00", Some(SchoolStage::Kindergarten)),
        provisional("2026-07-01")
    );
    // a term left out is not a vacation of half a year
    calendar.publish_term(school_term(Primary, 2026, 2, "2027-03-01", "2027-06-30"));
    assert_eq!(next(&calendar, "2026-10-12 10:00", Some(Primary)), provisional("2026-10-13"));

    calendar.publish_term(school_term(Primary, 2026, 1, "2026-09-01", "2027-01-22"));
    let ending = (midnight_after("2026-09-01"), Certainty::Certain);
    assert_eq!(next(&calendar, "2026-06-30 10:00", Some(Primary)), ending);
}

#[test]
fn dep_2_a_vacation_of_all_known_stages_is_provisional_for_any_stage() {
    let mut calendar = with_terms();
    let after_vacation = midnight_after("2026-03-02");
    assert_eq!(next(&calendar, "2026-01-30 10:00", None), (after_vacation, Certainty::Provisional));
    calendar.publish_term(school_term(SchoolStage::Kindergarten, 2025, 1, "2025-09-01", "2026-02-04"));
    assert_eq!(next(&calendar, "2026-01-30 10:00", None).0, midnight_after("2026-02-02"));
}

#[test]
fn dep_2_a_term_published_anew_takes_the_place_of_the_earlier_one() {
    let mut calendar = with_terms();
    calendar.publish_term(school_term(Primary, 2025, 1, "2025-09-01", "2026-01-16"));
    assert!(!calendar.is_school_day(day("2026-01-19"), Some(Primary)));
    assert!(calendar.is_school_day(day("2026-01-19"), Some(JuniorSecondary)));
}

#[test]
fn dep_2_an_absence_is_followed_up_by_the_school_days_of_its_own_stage() {
    let calendar = with_terms();
    let due = |variant: &str| {
        let started_at = at("2026-01-23 08:30");
        let clock =
            Catalogue::default().start("absence-follow-up", variant, "absence", started_at, &calendar);
        let clock = clock.unwrap();
        assert_eq!(clock.warn_at, clock.started_at, "warned on the same day");
        instant(&clock.due_at.unwrap()).unwrap()
    };
    assert_eq!(due("primary"), midnight_after("2026-03-02"));
    assert_eq!(due("junior-secondary"), midnight_after("2026-01-26"));
    assert_eq!(due(""), midnight_after("2026-01-26"));
}
