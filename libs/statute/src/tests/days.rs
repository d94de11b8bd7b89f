//! Days of Shanghai, months, ages, and counts.

use super::{at, day};
use crate::{add_months, age_on, at_least, day_of, end_of_day, more_than, start_of_day, turns, under};
use chrono::{Datelike as _, Days, NaiveDate};
use proptest::prelude::*;

#[test]
fn bey_1_a_day_is_a_day_of_shanghai() {
    assert_eq!(day_of("2025-12-31T15:59:59Z".parse().unwrap()), day("2025-12-31"));
    assert_eq!(day_of("2025-12-31T16:00:00Z".parse().unwrap()), day("2026-01-01"));
    assert_eq!(start_of_day(day("2026-01-01")), at("2026-01-01 00:00"));
    assert_eq!(end_of_day(day("2025-12-31")), start_of_day(day("2026-01-01")));
}

#[test]
fn cus_3c_six_months_are_full_on_the_same_day_of_the_month_or_its_last() {
    for (since, full) in [
        ("2026-01-10", "2026-07-10"),
        ("2026-05-24", "2026-11-24"),
        ("2025-08-31", "2026-02-28"),
        ("2023-08-31", "2024-02-29"),
        ("2023-08-29", "2024-02-29"),
        ("2025-08-28", "2026-02-28"),
        ("2024-02-29", "2024-08-29"),
        ("2025-12-31", "2026-06-30"),
        ("2025-03-31", "2025-09-30"),
    ] {
        assert_eq!(add_months(day(since), 6), day(full), "six months from {since}");
    }
    assert_eq!(add_months(day("2024-02-29"), 12), day("2025-02-28"));
    assert_eq!(add_months(day("2024-02-29"), 48), day("2028-02-29"));
}

#[test]
fn def_2_a_child_turns_sixteen_on_the_birthday_itself() {
    let birth = day("2010-11-24");
    assert_eq!(turns(birth, 16), day("2026-11-24"));
    assert_eq!(age_on(birth, day("2026-11-23")), 15);
    assert_eq!(age_on(birth, day("2026-11-24")), 16);
    assert!(under(age_on(birth, day("2026-11-23")), 16));
    assert!(!under(age_on(birth, day("2026-11-24")), 16));
}

#[test]
fn def_1_born_on_29_february_a_year_is_full_on_1_march_of_a_common_year() {
    let birth = day("2008-02-29");
    assert_eq!(turns(birth, 14), day("2022-03-01"));
    assert_eq!(age_on(birth, day("2022-02-28")), 13);
    assert_eq!(age_on(birth, day("2022-03-01")), 14);
    assert_eq!(turns(birth, 16), day("2024-02-29"));
    assert_eq!(age_on(birth, day("2024-02-28")), 15);
    assert_eq!(age_on(birth, day("2024-02-29")), 16);
}

#[test]
fn def_1_before_birth_the_age_is_zero() {
    assert_eq!(age_on(day("2026-06-01"), day("2026-05-31")), 0);
    assert_eq!(age_on(day("2026-06-01"), day("2000-05-31")), 0);
}

#[test]
fn bey_1_or_more_includes_the_number_and_under_and_more_than_exclude_it() {
    assert_eq!([2, 3, 4].map(|count| at_least(count, 3)), [false, true, true]);
    assert_eq!([2, 3, 4].map(|count| under(count, 3)), [true, false, false]);
    assert_eq!([2, 3, 4].map(|count| more_than(count, 3)), [false, false, true]);
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0_u64..36_525).prop_map(|days| day("1990-01-01") + Days::new(days))
}

proptest! {
    /// DEF-2
    #[test]
    fn a_birthday_completes_the_year_and_the_day_before_does_not(birth in any_day(), years in 1_u32..100) {
        let birthday = turns(birth, years);
        prop_assert_eq!(age_on(birth, birthday), years);
        prop_assert_eq!(age_on(birth, birthday - Days::new(1)), years - 1);
    }

    /// CUS-3c
    #[test]
    fn full_months_keep_the_day_or_end_the_month(since in any_day(), months in 1_u32..240) {
        let full = add_months(since, months);
        let month = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month());
        prop_assert_eq!(month(full) - month(since), i64::from(months));
        let ends_month = (full + Days::new(1)).day() == 1;
        prop_assert!(full.day() == since.day() || (full.day() < since.day() && ends_month));
    }
}
