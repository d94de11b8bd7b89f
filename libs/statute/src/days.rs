//! Days of Shanghai, full months, ages, and what 以上, 不满 and 超过 mean.

use chrono::{DateTime, Datelike as _, FixedOffset, Months, NaiveDate, NaiveTime, TimeDelta, Utc};

/// +08:00, without summer time since 1992.
const SHANGHAI: FixedOffset = FixedOffset::east_opt(8 * 3600).expect("eight hours are an offset");

/// An instant as clocks in Shanghai show it.
pub fn in_shanghai(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&SHANGHAI)
}

/// The day in Shanghai at an instant.
pub fn day_of(at: DateTime<Utc>) -> NaiveDate {
    in_shanghai(at).date_naive()
}

/// 00:00 of a day in Shanghai.
pub fn start_of_day(day: NaiveDate) -> DateTime<Utc> {
    (day.and_time(NaiveTime::MIN) - SHANGHAI).and_utc()
}

/// 24:00 of a day in Shanghai: when a period ends whose last day it is (Civil Code 203).
pub fn end_of_day(day: NaiveDate) -> DateTime<Utc> {
    start_of_day(day) + TimeDelta::days(1)
}

/// The day on which `months` are full: the same day of the month, or the month's last (Civil Code 202). "Six months
/// or more" holds from this day on, the day itself included.
pub fn add_months(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

/// Full years of age (周岁) on a day, the birthday itself completing the year; before birth: 0.
///
/// Criminal law counts from the day after the birthday. The policy's 不满十六周岁 ends on the birthday, for which
/// DEF-2 sets its timer; so every age here does.
pub fn age_on(birth: NaiveDate, day: NaiveDate) -> u32 {
    day.years_since(birth).unwrap_or(0)
}

/// The birthday on which somebody becomes `years` old. Who was born on 29 February becomes so on 1 March of a common
/// year: the first day on which the year is full by every way of counting, so no protection ends a day early.
pub fn turns(birth: NaiveDate, years: u32) -> NaiveDate {
    let year =
        i32::try_from(years).ok().and_then(|years| birth.year().checked_add(years)).unwrap_or(i32::MAX);
    birth.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1)).unwrap_or(NaiveDate::MAX)
}

/// 以上: includes the number (Civil Code 1259).
pub fn at_least<T: PartialOrd>(value: T, number: T) -> bool {
    value >= number
}

/// 不满: excludes the number.
pub fn under<T: PartialOrd>(value: T, number: T) -> bool {
    value < number
}

/// 超过: excludes the number.
pub fn more_than<T: PartialOrd>(value: T, number: T) -> bool {
    value > number
}
