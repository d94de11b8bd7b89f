//! Each unit at its borders, away from holidays.

use super::{at, calendar, midnight_after, period};
use crate::{Certainty, Ending, Unit};
use chrono::{DateTime, Utc};

fn end(from: DateTime<Utc>, amount: u32, unit: Unit) -> DateTime<Utc> {
    calendar(&super::YEARS).end_of(from, period(amount, unit), None).at
}

#[test]
fn bey_1_hours_minutes_and_seconds_start_at_once_and_run_through_nights_and_holidays() {
    // the eve of the Spring Festival of 2026
    let from = at("2026-02-16 22:30");
    assert_eq!(end(from, 20, Unit::Seconds), from + chrono::Duration::seconds(20));
    assert_eq!(end(from, 10, Unit::Minutes), at("2026-02-16 22:40"));
    assert_eq!(end(from, 24, Unit::Hours), at("2026-02-17 22:30"));
    assert_eq!(end(from, 72, Unit::Hours), at("2026-02-19 22:30"));
}

#[test]
fn bey_1_the_first_day_does_not_count_and_the_last_ends_at_midnight() {
    for from in ["2026-03-09 00:00", "2026-03-09 09:00", "2026-03-09 23:59"] {
        assert_eq!(end(at(from), 1, Unit::Days), midnight_after("2026-03-10"), "one day from {from}");
        assert_eq!(end(at(from), 3, Unit::Days), midnight_after("2026-03-12"), "three days from {from}");
        assert_eq!(
            end(at(from), 3, Unit::WorkingDays),
            midnight_after("2026-03-12"),
            "working days from {from}"
        );
    }
    assert_eq!(end(at("2026-03-10 00:00"), 1, Unit::Days), midnight_after("2026-03-11"));
}

#[test]
fn bey_1_a_last_day_on_a_weekend_moves_to_monday() {
    // 2026-03-14 is a Saturday
    assert_eq!(end(at("2026-03-10 12:00"), 3, Unit::Days), midnight_after("2026-03-13"));
    assert_eq!(end(at("2026-03-10 12:00"), 4, Unit::Days), midnight_after("2026-03-16"));
    assert_eq!(end(at("2026-03-10 12:00"), 5, Unit::Days), midnight_after("2026-03-16"));
    assert_eq!(end(at("2026-03-10 12:00"), 6, Unit::Days), midnight_after("2026-03-16"));
    assert_eq!(end(at("2026-03-10 12:00"), 7, Unit::Days), midnight_after("2026-03-17"));
}

#[test]
fn bey_1_weekends_inside_a_period_count_in_days_and_not_in_working_days() {
    let friday = at("2026-03-13 17:00");
    assert_eq!(end(friday, 4, Unit::Days), midnight_after("2026-03-17"));
    assert_eq!(end(friday, 3, Unit::WorkingDays), midnight_after("2026-03-18"));
    let saturday = at("2026-03-14 10:00");
    assert_eq!(end(saturday, 1, Unit::WorkingDays), midnight_after("2026-03-16"));
}

#[test]
fn bey_1_29_february_is_a_day_like_others() {
    assert_eq!(end(at("2024-02-28 10:00"), 1, Unit::Days), midnight_after("2024-02-29"));
    assert_eq!(end(at("2024-02-28 10:00"), 2, Unit::WorkingDays), midnight_after("2024-03-01"));
    assert_eq!(end(at("2025-02-27 10:00"), 1, Unit::Days), midnight_after("2025-02-28"));
    // 28 February 2026 is a Saturday that is worked
    assert_eq!(end(at("2026-02-27 10:00"), 1, Unit::Days), midnight_after("2026-02-28"));
}

#[test]
fn def_2_birthdays_start_the_day_and_move_for_no_holiday() {
    // 1 October 2026 is a holiday
    let ending = calendar(&[]).end_of(at("2010-10-01 00:00"), period(16, Unit::Birthdays), None);
    assert_eq!(ending, Ending { at: at("2026-10-01 00:00"), certainty: Certainty::Certain });
}
