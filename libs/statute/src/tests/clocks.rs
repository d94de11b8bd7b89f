//! A clock warns once, and ends exactly once (BEY-1).

use super::{at, calendar, publish};
use crate::{Catalogue, Clocks, Outcome, Reference};
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::ClockEvent;
use kinward_contracts::r#type::v1::ClockStarted;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// `police-accept`, started at an instant: warns after five minutes, runs out after ten.
fn running(started_at: DateTime<Utc>) -> Clocks {
    let mut clocks = Clocks::default();
    let started = Catalogue::default().start("police-accept", "", "accept", started_at, &calendar(&[]));
    clocks.fold(&ClockEvent::Started(started.unwrap()));
    clocks
}

fn minutes(minutes: i64) -> DateTime<Utc> {
    at("2026-10-01 23:55") + Duration::minutes(minutes)
}

const INSTANT: Duration = Duration::microseconds(1);

fn names(events: &[ClockEvent]) -> Vec<&'static str> {
    let name = |event: &ClockEvent| match event {
        ClockEvent::Started(_) => "started",
        ClockEvent::Warned(_) => "warned",
        ClockEvent::Missed(_) => "missed",
        ClockEvent::Met(_) => "met",
        ClockEvent::Superseded(_) => "superseded",
        ClockEvent::Voided(_) => "voided",
        ClockEvent::Recomputed(_) => "recomputed",
    };
    events.iter().map(name).collect()
}

#[test]
fn bey_1_a_clock_warns_once_at_its_warning_and_is_missed_at_its_end() {
    let mut clocks = running(minutes(0));
    assert!(clocks.observe(minutes(5) - INSTANT).is_empty());
    let warned = clocks.observe(minutes(5));
    assert_eq!(names(&warned), ["warned"]);
    clocks.fold(&warned[0]);
    assert!(clocks.observe(minutes(5)).is_empty(), "warned once");
    assert!(clocks.observe(minutes(10) - INSTANT).is_empty());
    let missed = clocks.observe(minutes(10));
    let [ClockEvent::Missed(missed_one)] = missed.as_slice() else { panic!("{missed:?}") };
    assert_eq!(
        (missed_one.clock.as_str(), missed_one.escalates_to.as_str()),
        ("police-accept", "duty-commander")
    );
    clocks.fold(&missed[0]);
    assert_eq!(clocks.get("accept").unwrap().outcome, Some(Outcome::Missed));
    assert!(clocks.observe(minutes(11)).is_empty(), "missed once");
}

#[test]
fn bey_1_a_missed_clock_says_where_its_duty_is() {
    let mut clocks = Clocks::default();
    let started = Catalogue::default().start("police-accept", "", "accept", minutes(0), &calendar(&[]));
    let area = "430903111201".to_owned();
    clocks.fold(&ClockEvent::Started(ClockStarted { area: area.clone(), ..started.unwrap() }));
    let missed = clocks.observe(minutes(10));
    let [ClockEvent::Missed(missed)] = missed.as_slice() else { panic!("{missed:?}") };
    assert_eq!(missed.area, area);
    assert_eq!(clocks.done("accept", minutes(11)), Some(ClockEvent::Missed(missed.clone())));
}

#[test]
fn bey_1_a_clock_observed_late_is_missed_without_a_warning() {
    assert_eq!(names(&running(minutes(0)).observe(minutes(60))), ["missed"]);
}

#[test]
fn bey_1_done_at_the_due_moment_is_met_and_after_it_missed() {
    let clocks = running(minutes(0));
    let done = |at| names(&Vec::from_iter(clocks.done("accept", at)));
    assert_eq!(done(minutes(1)), ["met"]);
    assert_eq!(done(minutes(10)), ["met"]);
    assert_eq!(done(minutes(10) + INSTANT), ["missed"]);
    assert_eq!(clocks.done("another", minutes(1)), None);
}

#[test]
fn bey_1_a_clock_that_ended_does_not_end_again() {
    let open = running(minutes(0));
    let ends = [
        (open.done("accept", minutes(1)), Outcome::Met),
        (open.done("accept", minutes(11)), Outcome::Missed),
        (open.void("accept", "false alarm"), Outcome::Void),
        (open.supersede("accept", "another"), Outcome::Superseded),
    ];
    for (event, outcome) in ends {
        let mut clocks = open.clone();
        clocks.fold(&event.unwrap());
        assert_eq!(clocks.get("accept").unwrap().outcome, Some(outcome));
        assert_eq!(clocks.open().count(), 0);
        assert_eq!(clocks.next_alarm(), None);
        assert!(clocks.observe(minutes(60)).is_empty());
        assert_eq!(clocks.done("accept", minutes(1)), None);
        assert_eq!(clocks.void("accept", "again"), None);
        assert_eq!(clocks.supersede("accept", "again"), None);
    }
}

#[test]
fn bey_1_the_next_alarm_is_the_warning_and_then_the_end() {
    let mut clocks = running(minutes(0));
    assert_eq!(clocks.next_alarm(), Some(("accept", minutes(5))));
    let warned = clocks.observe(minutes(5));
    clocks.fold(&warned[0]);
    assert_eq!(clocks.next_alarm(), Some(("accept", minutes(10))));
}

#[test]
fn bey_1_a_clock_names_its_rule_its_article_and_its_basis() {
    let clocks = running(minutes(0));
    let clock = clocks.get("accept").unwrap();
    assert_eq!((clock.rule.as_str(), clock.article.as_str()), ("DSP-1", "益赫政发〔2017〕13号 三（二）"));
    assert_eq!(clock.basis, i32::from(kinward_contracts::r#type::v1::Basis::LocalTarget));
}

/// Something that happens to an aggregate's clocks.
#[derive(Clone, Debug)]
enum Step {
    Start(u8, usize),
    Observe,
    Done(u8, i64),
    Void(u8),
    Supersede(u8, u8),
    Publish(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let id = 0_u8..4;
    prop_oneof![
        3 => (id.clone(), 0..Catalogue::default_entries().len()).prop_map(|(id, entry)| Step::Start(id, entry)),
        3 => Just(Step::Observe),
        2 => (id.clone(), 0_i64..100).prop_map(|(id, ago)| Step::Done(id, ago)),
        1 => id.clone().prop_map(Step::Void),
        1 => (id.clone(), id).prop_map(|(id, by)| Step::Supersede(id, by)),
        1 => (0..super::YEARS.len()).prop_map(Step::Publish),
    ]
}

/// What the log would hold of one clock that runs: whether it was warned.
type Ledger = BTreeMap<String, bool>;

/// Folds events and holds each against the ledger: only what runs is warned, once, and ends, once.
fn take(clocks: &mut Clocks, ledger: &mut Ledger, events: &[ClockEvent]) -> Result<(), TestCaseError> {
    for event in events {
        match event {
            ClockEvent::Started(started) => {
                prop_assert_eq!(ledger.insert(started.clock_id.clone(), false), None);
            }
            ClockEvent::Warned(warned) => {
                prop_assert_eq!(ledger.insert(warned.clock_id.clone(), true), Some(false));
            }
            ClockEvent::Missed(ended) => prop_assert!(ledger.remove(&ended.clock_id).is_some()),
            ClockEvent::Met(ended) => prop_assert!(ledger.remove(&ended.clock_id).is_some()),
            ClockEvent::Superseded(ended) => prop_assert!(ledger.remove(&ended.clock_id).is_some()),
            ClockEvent::Voided(ended) => prop_assert!(ledger.remove(&ended.clock_id).is_some()),
            ClockEvent::Recomputed(moved) => prop_assert!(ledger.contains_key(&moved.clock_id)),
        }
        clocks.fold(event);
    }
    let open: Vec<&str> = clocks.open().map(|(id, _)| id).collect();
    prop_assert_eq!(open, ledger.keys().map(String::as_str).collect::<Vec<_>>());
    Ok(())
}

proptest! {
    /// BEY-1: each clock ends exactly once, whatever happens in whatever order.
    #[test]
    fn each_clock_ends_exactly_once(steps in prop::collection::vec((step(), 0_i64..2_000), 1..60)) {
        let (mut clocks, mut ledger, mut reference) = (Clocks::default(), Ledger::new(), Reference::default());
        let (mut now, mut history) = (at("2024-09-20 08:00"), Vec::new());
        let id = |id: u8| format!("clock-{id}");
        for (step, wait) in steps {
            now += Duration::minutes(wait * 7);
            let events: Vec<ClockEvent> = match step {
                Step::Start(number, _) if ledger.contains_key(&id(number)) => Vec::new(),
                Step::Start(number, entry) => {
                    let entry = &Catalogue::default_entries()[entry];
                    let (name, variant) = (entry.name.as_str(), entry.variant.as_str());
                    let started = reference.catalogue.start(name, variant, &id(number), now, &reference.calendar);
                    started.map(ClockEvent::Started).into_iter().collect()
                }
                Step::Observe => clocks.observe(now),
                Step::Done(number, ago) => {
                    clocks.done(&id(number), now - Duration::hours(ago)).into_iter().collect()
                }
                Step::Void(number) => clocks.void(&id(number), "fell away").into_iter().collect(),
                Step::Supersede(number, by) => clocks.supersede(&id(number), &id(by)).into_iter().collect(),
                Step::Publish(year) => {
                    publish(&mut reference.calendar, super::YEARS[year]);
                    reference.calendar_position += 1;
                    clocks.recompute(&reference)
                }
            };
            take(&mut clocks, &mut ledger, &events)?;
            history.extend(events);
            let stored = serde_json::to_string(&clocks).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Clocks>(&stored).unwrap(), &clocks, "a snapshot keeps all");
        }
        // left alone, whatever runs is missed in the end
        let end = clocks.observe(now + Duration::days(36_525));
        take(&mut clocks, &mut ledger, &end)?;
        history.extend(end);
        prop_assert!(ledger.is_empty());
        let mut again = Clocks::default();
        for event in &history {
            again.fold(event);
        }
        prop_assert_eq!(again, clocks, "the same history folds to the same clocks");
    }

    /// BEY-1: an alarm at every next moment is enough: nothing to say before it, something at it.
    #[test]
    fn nothing_happens_between_alarms(entries in prop::collection::vec(0..Catalogue::default_entries().len(), 1..6)) {
        let (catalogue, calendar) = (Catalogue::default(), calendar(&super::YEARS));
        let mut clocks = Clocks::default();
        for (number, entry) in entries.into_iter().enumerate() {
            let entry = &Catalogue::default_entries()[entry];
            let started_at = at("2026-02-10 09:00") + Duration::hours(i64::try_from(number).unwrap() * 31);
            let id = format!("clock-{number}");
            let started = catalogue.start(&entry.name, &entry.variant, &id, started_at, &calendar);
            clocks.fold(&ClockEvent::Started(started.unwrap()));
        }
        while let Some((_, at)) = clocks.next_alarm() {
            prop_assert!(clocks.observe(at - INSTANT).is_empty());
            let events = clocks.observe(at);
            prop_assert!(!events.is_empty());
            for event in &events {
                clocks.fold(event);
            }
        }
        prop_assert!(clocks.all().all(|(_, clock)| clock.outcome == Some(Outcome::Missed)));
    }
}
