//! The proofs of BEY-1, on the real notices of 2024 to 2026.

mod catalogue;
mod clocks;
mod counting;
mod days;
mod holidays;
mod interview;
mod recompute;
mod reference;
mod school;
mod settings;

use crate::{Calendar, HolidayNotice, Period, SchoolTerm, Unit};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use kinward_contracts::registry::v1::SchoolStage;

/// Years whose real notices are at hand.
const YEARS: [i32; 3] = [2024, 2025, 2026];

fn notice(year: i32) -> HolidayNotice {
    let text = match year {
        2024 => include_str!("../../data/holidays-2024.json"),
        2025 => include_str!("../../data/holidays-2025.json"),
        2026 => include_str!("../../data/holidays-2026.json"),
        _ => panic!("no notice of {year} is at hand"),
    };
    HolidayNotice::parse_json(text).unwrap()
}

fn publish(calendar: &mut Calendar, year: i32) {
    calendar.publish(year, notice(year).days.iter().map(|day| (day.date, day.is_off_day)));
}

/// A calendar that knows the real notices of these years.
fn calendar(years: &[i32]) -> Calendar {
    let mut calendar = Calendar::default();
    for year in years {
        publish(&mut calendar, *year);
    }
    calendar
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An instant, written in the time of Shanghai.
fn at(text: &str) -> DateTime<Utc> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    local.and_utc() - chrono::Duration::hours(8)
}

/// 24:00 of a day in Shanghai.
fn midnight_after(text: &str) -> DateTime<Utc> {
    at(&format!("{text} 00:00")) + chrono::Duration::hours(24)
}

fn period(amount: u32, unit: Unit) -> Period {
    Period { amount, unit }
}

fn school_term(
    stage: SchoolStage,
    school_year: i32,
    term: i32,
    starts_on: &str,
    ends_on: &str,
) -> SchoolTerm {
    SchoolTerm {
        area: "430903".to_owned(),
        stage: stage.into(),
        school_year,
        term,
        starts_on: day(starts_on),
        ends_on: day(ends_on),
    }
}
