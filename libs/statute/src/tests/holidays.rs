//! National Day and Spring Festival of 2024 to 2026 with their make-up days, and years without a notice.

use super::{YEARS, at, calendar, day, midnight_after, notice, period};
use crate::{Calendar, Certainty, HolidayNotice, NoticeError, Unit};

#[test]
fn bey_1_make_up_days_are_worked_and_days_off_are_not() {
    let calendar = calendar(&YEARS);
    for year in YEARS {
        for noticed in notice(year).days {
            assert_eq!(calendar.is_working_day(noticed.date), !noticed.is_off_day, "{}", noticed.date);
            assert_eq!(noticed.date.to_string()[..4], year.to_string(), "a real notice of its own year");
        }
    }
    assert!(calendar.is_working_day(day("2025-09-28")), "a Sunday, worked for National Day");
    assert!(!calendar.is_working_day(day("2025-10-08")), "a Wednesday, off");
    assert!(calendar.is_working_day(day("2024-02-09")), "the eve of the Spring Festival of 2024 was worked");
}

#[test]
fn bey_1_a_last_day_in_a_holiday_moves_to_the_next_working_day() {
    let calendar = calendar(&YEARS);
    for (from, days, last) in [
        // National Day: the day before it, its first and its last day
        ("2024-09-23 09:00", 7, "2024-09-30"),
        ("2024-09-24 09:00", 7, "2024-10-08"),
        ("2024-09-30 09:00", 7, "2024-10-08"),
        ("2025-09-24 09:00", 7, "2025-10-09"),
        ("2025-10-01 09:00", 7, "2025-10-09"),
        ("2026-09-24 09:00", 7, "2026-10-08"),
        // a last day on a weekend that is worked stays
        ("2025-09-21 09:00", 7, "2025-09-28"),
        ("2025-10-04 09:00", 7, "2025-10-11"),
        ("2026-10-03 09:00", 7, "2026-10-10"),
        // Spring Festival
        ("2024-02-02 09:00", 7, "2024-02-09"),
        ("2024-02-03 09:00", 7, "2024-02-18"),
        ("2025-01-21 09:00", 7, "2025-02-05"),
        ("2026-02-07 09:00", 7, "2026-02-14"),
        ("2026-02-08 09:00", 7, "2026-02-24"),
        ("2026-01-24 09:00", 30, "2026-02-24"),
    ] {
        let ending = calendar.end_of(at(from), period(days, Unit::Days), None);
        assert_eq!(ending.at, midnight_after(last), "{days} days from {from}");
        assert_eq!(ending.certainty, Certainty::Certain, "{days} days from {from}");
    }
}

#[test]
fn bey_1_working_days_pass_over_holidays_and_count_make_up_days() {
    let calendar = calendar(&YEARS);
    for (from, days, last) in [
        ("2025-09-26 09:00", 1, "2025-09-28"),
        ("2025-09-26 09:00", 3, "2025-09-30"),
        ("2025-09-26 09:00", 4, "2025-10-09"),
        ("2025-09-29 09:00", 4, "2025-10-11"),
        ("2025-09-29 09:00", 5, "2025-10-13"),
        ("2024-02-08 09:00", 1, "2024-02-09"),
        ("2024-02-08 09:00", 2, "2024-02-18"),
        ("2024-02-08 09:00", 3, "2024-02-19"),
        ("2026-02-13 09:00", 1, "2026-02-14"),
        ("2026-02-13 09:00", 2, "2026-02-24"),
        ("2026-02-13 09:00", 6, "2026-02-28"),
        ("2026-10-01 09:00", 3, "2026-10-10"),
        // into the new year, by the notice of the new one
        ("2025-12-31 09:00", 1, "2026-01-04"),
    ] {
        let ending = calendar.end_of(at(from), period(days, Unit::WorkingDays), None);
        assert_eq!(ending.at, midnight_after(last), "{days} working days from {from}");
        assert_eq!(ending.certainty, Certainty::Certain, "{days} working days from {from}");
    }
}

#[test]
fn bey_1_a_year_without_a_notice_counts_by_the_week_and_is_provisional() {
    let known = calendar(&YEARS);
    // 1 October 2027 will be a holiday, but nobody has said so yet
    let ending = known.end_of(at("2027-09-24 09:00"), period(7, Unit::Days), None);
    assert_eq!(ending.at, midnight_after("2027-10-01"));
    assert_eq!(ending.certainty, Certainty::Provisional);
    // into the unknown year
    let ending = known.end_of(at("2026-12-30 09:00"), period(3, Unit::WorkingDays), None);
    assert_eq!(ending.certainty, Certainty::Provisional);
    // hours need no calendar
    let ending = Calendar::default().end_of(at("2027-10-01 09:00"), period(24, Unit::Hours), None);
    assert_eq!(ending.certainty, Certainty::Certain);
}

#[test]
fn bey_1_a_december_day_waits_for_the_next_years_notice() {
    let mut known = calendar(&[2026]);
    let thursday = day("2026-12-31");
    assert!(known.is_working_day(thursday));
    assert_eq!(known.working_certainty(thursday), Certainty::Provisional);
    assert_eq!(known.working_certainty(day("2026-11-30")), Certainty::Certain);

    known.publish(2027, [(thursday, true), (day("2027-01-01"), true), (day("2026-12-27"), false)]);
    assert!(!known.is_working_day(thursday));
    assert!(known.is_working_day(day("2026-12-27")), "a Sunday");
    assert_eq!(known.working_certainty(thursday), Certainty::Certain);
    let ending = known.end_of(at("2026-12-24 09:00"), period(7, Unit::Days), None);
    assert_eq!(ending.at, midnight_after("2027-01-04"));
}

#[test]
fn bey_1_a_notice_published_anew_takes_the_place_of_the_earlier_one() {
    let mut known = calendar(&[2025]);
    known.publish(2025, [(day("2025-10-08"), false)]);
    assert!(known.is_working_day(day("2025-10-08")));
    assert!(known.is_working_day(day("2025-10-01")), "the earlier notice is gone");
}

#[test]
fn bey_1_of_two_notices_that_name_a_day_the_later_years_counts() {
    let eve = day("2025-12-31");
    for years in [[2025, 2026], [2026, 2025]] {
        let mut known = Calendar::default();
        for year in years {
            known.publish(year, [(eve, year == 2026)]);
        }
        assert!(!known.is_working_day(eve), "published in the order {years:?}");
    }
}

#[test]
fn bey_1_a_text_that_is_no_notice_is_refused() {
    let with = |days: &str| {
        HolidayNotice::parse_json(&format!(r#"{{"year": 2026, "papers": [], "days": [{days}]}}"#))
    };
    let one = |date: &str| format!(r#"{{"name": "元旦", "date": "{date}", "isOffDay": true}}"#);
    assert_eq!(with(&one("2025-12-31")).unwrap().days.len(), 1, "a December before belongs to it");
    assert!(matches!(with(&one("2025-11-30")), Err(NoticeError::OtherYear(_, 2026))));
    assert!(matches!(with(&one("2027-01-01")), Err(NoticeError::OtherYear(_, 2026))));
    assert!(matches!(with(&one("2026-02-29")), Err(NoticeError::Form(_))));
    let twice = format!("{},{}", one("2026-01-01"), one("2026-01-01"));
    assert!(matches!(with(&twice), Err(NoticeError::Twice(_))));
    assert!(matches!(HolidayNotice::parse_json("{}"), Err(NoticeError::Form(_))));
}
