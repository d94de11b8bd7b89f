//! Reference data folded from the registry's events.

use super::{at, day, notice};
use crate::{Certainty, Reference, ReferenceIndex};
use chrono::{DateTime, Utc};
use kinward_contracts::log::v1::{Commit, Event};
use kinward_contracts::registry::v1::{
    CalendarDay, CalendarEvent, ClockSetting, ClockSettingEvent, ClockSettingSet, Division, DivisionAdopted,
    DivisionEvent, DivisionWithdrawn, HolidayNoticePublished, Period, PeriodUnit, SchoolStage,
    SchoolTermPublished, TermEvent, Unit, UnitEvent, UnitRegistered,
};
use kinward_contracts::r#type::v1::{Basis, Department};
use kinward_contracts::{EventMessage, timestamp};
use kinward_eventsourcing::{Index as _, Position, Recorded};

const RECORDED_AT: &str = "2026-02-27 10:00";

fn recorded<E: EventMessage>(position: u64, id: &str, event: impl Into<E>) -> Recorded {
    let wrapper: E = event.into();
    let now: DateTime<Utc> = at(RECORDED_AT);
    let commit = Commit {
        subject: format!("kw.{}.{id}", E::AGGREGATE),
        recorded_at: Some(timestamp(now)),
        events: vec![Event {
            r#type: wrapper.event_type().to_owned(),
            data: wrapper.encode_to_vec(),
            ..Event::default()
        }],
        ..Commit::default()
    };
    Recorded::of_commit(Position(position), commit).unwrap().remove(0)
}

fn fold(events: impl IntoIterator<Item = Recorded>) -> Reference {
    let mut index = ReferenceIndex::default();
    for event in events {
        index.fold(&event).unwrap();
    }
    let stored = serde_json::to_string(&index).unwrap();
    let restored: ReferenceIndex = serde_json::from_str(&stored).unwrap();
    assert_eq!(restored.0, index.0, "a snapshot keeps all");
    (*index.0).clone()
}

fn published(position: u64, year: i32) -> Recorded {
    let notice = notice(year);
    let days = notice.days.into_iter().map(|day| CalendarDay {
        date: day.date.to_string(),
        name: day.name,
        off: day.is_off_day,
    });
    let event = HolidayNoticePublished { year, papers: notice.papers, days: days.collect() };
    recorded::<CalendarEvent>(position, &year.to_string(), event)
}

#[test]
fn bey_1_notices_and_terms_become_the_calendar() {
    let term = SchoolTermPublished {
        area: "430903".to_owned(),
        stage: SchoolStage::Primary.into(),
        school_year: 2025,
        term: 2,
        starts_on: "2026-03-02".to_owned(),
        ends_on: "2026-06-30".to_owned(),
    };
    let unit = Unit { unit_id: "station".to_owned(), ..Unit::default() };
    let reference = fold([
        published(3, 2025),
        published(4, 2026),
        recorded::<TermEvent>(7, "430903-3-2025-2", term),
        recorded::<UnitEvent>(9, "station", UnitRegistered { unit: Some(unit) }),
    ]);
    assert!(!reference.calendar.is_working_day(day("2026-10-07")));
    assert!(reference.calendar.is_school_day(day("2026-03-02"), Some(SchoolStage::Primary)));
    assert_eq!(reference.calendar.working_certainty(day("2025-12-31")), Certainty::Certain);
    assert_eq!(reference.position, 9, "the last reference event of any kind");
    assert_eq!(reference.calendar_position, 7, "the last that a clock is counted by");
}

#[test]
fn bey_1_a_setting_holds_from_when_it_was_recorded() {
    let setting = ClockSetting {
        clock: "difficulty".to_owned(),
        due_after: Some(Period { amount: 10, unit: PeriodUnit::Days.into() }),
        basis: Basis::LocalTarget.into(),
        valid_from: "2020-01-01".to_owned(),
        ..ClockSetting::default()
    };
    let event = ClockSettingSet { setting: Some(setting) };
    let reference = fold([recorded::<ClockSettingEvent>(5, "difficulty", event)]);
    let due =
        |started_at: &str| reference.catalogue.in_force("difficulty", "", at(started_at)).unwrap().due.amount;
    assert_eq!(due("2026-02-27 09:59"), 30);
    assert_eq!(due(RECORDED_AT), 10);
}

#[test]
fn inf_4_a_withdrawn_division_stays_valid_for_its_time() {
    let code = "430903111201";
    let division =
        Division { code: code.to_owned(), valid_from: "2020-01-01".to_owned(), ..Division::default() };
    let adopted = DivisionAdopted { division: Some(division) };
    let withdrawn =
        DivisionWithdrawn { valid_until: "2025-06-30".to_owned(), ..DivisionWithdrawn::default() };
    let reference =
        fold([recorded::<DivisionEvent>(1, code, adopted), recorded::<DivisionEvent>(2, code, withdrawn)]);
    let valid = |text: &str| reference.division_valid_on(code, day(text));
    assert_eq!(
        ["2019-12-31", "2020-01-01", "2025-06-30", "2025-07-01"].map(valid),
        [false, true, true, false]
    );
    assert!(!reference.division_valid_on("430903111299", day("2025-01-01")));
}

#[test]
fn inf_1_a_unit_is_found_by_department_and_area() {
    let unit = |name: &str| Unit {
        unit_id: "station-430903111".to_owned(),
        name: name.to_owned(),
        department: Department::PublicSecurity.into(),
        area: "430903111".to_owned(),
        superior_unit_id: Some("bureau-430903".to_owned()),
    };
    let registered = |position, name| {
        recorded::<UnitEvent>(position, "station-430903111", UnitRegistered { unit: Some(unit(name)) })
    };
    let reference = fold([registered(1, "兰溪派出所"), registered(2, "兰溪镇派出所")]);
    assert_eq!(reference.unit_of(Department::PublicSecurity, "430903111"), Some("station-430903111"));
    assert_eq!(reference.unit_of(Department::PublicSecurity, "430903"), None);
    assert_eq!(reference.units["station-430903111"].name, "兰溪镇派出所");
}

#[test]
fn an_event_that_this_program_does_not_know_is_refused_and_not_taken_for_nothing() {
    let mut newer = published(1, 2026);
    let mut commit = (*newer.commit).clone();
    // a line of the wrapper that a later program adds, with bytes that this one skips
    commit.events[0].r#type = "kinward.registry.v1.SomethingLater".to_owned();
    commit.events[0].data = vec![0xfa, 0x1f, 0x00];
    newer.commit = commit.into();
    let refused = ReferenceIndex::default().fold(&newer).unwrap_err();
    assert!(refused.to_string().contains("newer"), "{refused}");
}
