//! A clock set before a notice is recomputed after it, to where it would be had it started under it (BEY-1).

use super::{YEARS, at, calendar, midnight_after, publish, school_term};
use crate::{Calendar, Catalogue, Clocks, Moments, Reference};
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::ClockEvent;
use kinward_contracts::registry::v1::{ClockSetting, Period, PeriodUnit, SchoolStage};
use kinward_contracts::r#type::v1::Basis;
use proptest::prelude::*;

fn start(reference: &Reference, name: &str, variant: &str, at: DateTime<Utc>) -> Clocks {
    let mut clocks = Clocks::default();
    let started = reference.catalogue.start(name, variant, "clock", at, &reference.calendar);
    clocks.fold(&ClockEvent::Started(started.unwrap()));
    clocks
}

fn under(calendar: Calendar) -> Reference {
    Reference { calendar, calendar_position: 42, ..Reference::default() }
}

fn moments(clocks: &Clocks) -> Moments {
    let clock = clocks.get("clock").unwrap();
    Moments { warn_at: clock.warn_at, due_at: clock.due_at }
}

#[test]
fn bey_1_a_clock_set_before_the_holiday_notice_is_recomputed_after_it() {
    let before = under(calendar(&[2025]));
    let mut clocks = start(&before, "temporary-care-review", "", at("2026-02-06 10:00"));
    assert_eq!(moments(&clocks).due_at, midnight_after("2026-02-16"));

    let after = under(calendar(&[2025, 2026]));
    let events = clocks.recompute(&after);
    let [ClockEvent::Recomputed(moved)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(moved.calendar_position, 42);
    clocks.fold(&events[0]);
    assert_eq!(moments(&clocks).due_at, midnight_after("2026-02-24"));
    assert!(clocks.recompute(&after).is_empty(), "recomputed once");
    assert!(
        clocks
            .observe(midnight_after("2026-02-16"))
            .iter()
            .all(|event| matches!(event, ClockEvent::Warned(_)))
    );
}

#[test]
fn bey_1_an_alarm_set_before_the_notice_moves_the_clock_instead_of_missing_it() {
    let mut clocks = start(&under(calendar(&[2025])), "temporary-care-review", "", at("2026-02-06 10:00"));
    let events = clocks.observe_under(&under(calendar(&[2025, 2026])), midnight_after("2026-02-16"));
    assert!(matches!(events.as_slice(), [ClockEvent::Recomputed(_), ClockEvent::Warned(_)]), "{events:?}");
    for event in &events {
        clocks.fold(event);
    }
    let later = clocks.observe_under(&under(calendar(&[2025, 2026])), midnight_after("2026-02-24"));
    assert!(matches!(later.as_slice(), [ClockEvent::Missed(_)]), "{later:?}");
}

#[test]
fn bey_1_a_clock_that_ended_is_not_recomputed() {
    let mut clocks = start(&under(calendar(&[])), "temporary-care-review", "", at("2026-02-06 10:00"));
    let met = clocks.done("clock", at("2026-02-07 10:00")).unwrap();
    clocks.fold(&met);
    assert!(clocks.recompute(&under(calendar(&[2026]))).is_empty());
}

#[test]
fn bey_1_a_later_setting_does_not_move_a_clock_that_runs() {
    let mut reference = under(calendar(&YEARS));
    let clocks = start(&reference, "assessment", "", at("2026-03-09 10:00"));
    let shorter = ClockSetting {
        clock: "assessment".to_owned(),
        due_after: Some(Period { amount: 3, unit: PeriodUnit::Days.into() }),
        basis: Basis::LocalTarget.into(),
        valid_from: "2026-01-01".to_owned(),
        ..ClockSetting::default()
    };
    reference.catalogue.apply(&shorter, at("2026-03-10 10:00")).unwrap();
    assert!(clocks.recompute(&reference).is_empty());
    let later = start(&reference, "assessment", "", at("2026-03-10 10:00"));
    assert_eq!(moments(&later).due_at, midnight_after("2026-03-13"));
}

/// How many things are published.
const ALL: usize = 6;

/// One of them: the notices, and three terms.
fn publish_nth(calendar: &mut Calendar, index: usize) {
    match index {
        0..=2 => publish(calendar, YEARS[index]),
        3 => calendar.publish_term(school_term(SchoolStage::Primary, 2025, 1, "2025-09-01", "2026-01-23")),
        4 => calendar.publish_term(school_term(SchoolStage::Primary, 2025, 2, "2026-03-02", "2026-06-30")),
        _ => calendar.publish_term(school_term(
            SchoolStage::JuniorSecondary,
            2025,
            1,
            "2025-09-01",
            "2026-01-30",
        )),
    }
}

proptest! {
    /// BEY-1: recomputed under later notices, one by one as they come, a clock stands where a fresh one would.
    #[test]
    fn recomputing_equals_a_fresh_computation(
        order in Just((0..ALL).collect::<Vec<_>>()).prop_shuffle(),
        known in 0..ALL,
        entry in 0..Catalogue::default_entries().len(),
        minutes in 0_i64..3 * 365 * 24 * 60,
    ) {
        let entry = &Catalogue::default_entries()[entry];
        let started_at = at("2024-01-01 00:00") + Duration::minutes(minutes);
        let mut reference = Reference::default();
        for index in &order[..known] {
            publish_nth(&mut reference.calendar, *index);
        }
        let mut clocks = start(&reference, &entry.name, &entry.variant, started_at);
        for index in &order[known..] {
            publish_nth(&mut reference.calendar, *index);
            for event in clocks.recompute(&reference) {
                clocks.fold(&event);
            }
            let fresh = start(&reference, &entry.name, &entry.variant, started_at);
            prop_assert_eq!(&clocks, &fresh);
        }
        let mut in_order = Reference::default();
        for index in 0..ALL {
            publish_nth(&mut in_order.calendar, index);
        }
        let fresh = start(&in_order, &entry.name, &entry.variant, started_at);
        prop_assert_eq!(&clocks, &fresh, "the order of publication does not matter");
    }

    /// BEY-1: an ending that is certain stays, whatever is published later.
    #[test]
    fn what_is_certain_does_not_move(
        order in Just((0..ALL).collect::<Vec<_>>()).prop_shuffle(),
        known in 0..ALL,
        entry in 0..Catalogue::default_entries().len(),
        minutes in 0_i64..3 * 365 * 24 * 60,
    ) {
        let entry = &Catalogue::default_entries()[entry];
        let started_at = at("2024-01-01 00:00") + Duration::minutes(minutes);
        let mut calendar = Calendar::default();
        for index in &order[..known] {
            publish_nth(&mut calendar, *index);
        }
        let early = calendar.end_of(started_at, entry.due, entry.stage);
        for index in &order[known..] {
            publish_nth(&mut calendar, *index);
        }
        let late = calendar.end_of(started_at, entry.due, entry.stage);
        if early.certainty == crate::Certainty::Certain {
            prop_assert_eq!(late.at, early.at);
        }
    }
}
