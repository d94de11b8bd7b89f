//! Putting a child on file (TWN-1, INF-4).

use super::*;
use kinward_contracts::r#type::v1::Reason;

fn new(reference: &Reference) -> Scenario<'_, Child> {
    Scenario::new("child", noon(), reference)
}

#[test]
fn twn_1_a_child_is_put_on_file_with_what_its_facts_amount_to() {
    let reference = reference();
    let parents = vec![parent(FATHER, away()), parent(MOTHER, away())];
    let outcome = new(&reference).when(register(family(parents, Vec::new())));
    assert_eq!(
        changes(outcome.facts()),
        [(ChildStatus::LeftBehind, StatusReason::BothParentsAway, "2026-03-10".to_owned())]
    );
    let scenario = outcome.then_made(&["ChildRegistered", "StatusChanged", "GuardianshipGapRaised"]);
    assert_eq!(scenario.state().village_code, VILLAGE);
    assert_eq!(open_gap(&scenario), Some(GapKind::LivesAlone));
}

#[test]
fn def_2_entries_and_exits_are_counted_by_village() {
    let reference = reference();
    let outcome = new(&reference).when(register(family(Vec::new(), Vec::new())));
    let Some(Event::StatusChanged(changed)) = &outcome.facts()[1].event.event else { panic!() };
    assert_eq!((changed.from_status(), changed.village_code.as_str()), (ChildStatus::Unspecified, VILLAGE));
}

#[test]
fn twn_1_a_file_is_made_once() {
    let reference = reference();
    let refused =
        left_behind(&reference).when(register(family(Vec::new(), Vec::new()))).then_refused("TWN-1");
    assert_eq!((refused.reason, refused.existing_id.as_deref()), (Reason::AlreadyExists, Some("child")));
}

#[test]
fn twn_1_without_a_file_nothing_is_recorded() {
    let reference = reference();
    for command in [record(FATHER, away()), Command::ObserveClocks { birth_date: Some(nine()) }] {
        let refused = new(&reference).when(command).then_refused("TWN-1");
        assert_eq!(refused.reason, Reason::NotFound);
    }
}

#[test]
fn the_birth_date_is_kept_sealed_only() {
    let reference = reference();
    let sealed = left_behind(&reference).state().birth_date.clone().unwrap();
    assert!(!sealed.is_plain() && sealed.person_id == "child");
}

#[test]
fn inf_4_the_village_s_code_must_be_in_use_on_the_day_of_the_facts() {
    let reference = reference();
    let at = |text: &str, now: DateTime<Utc>| {
        let command = Command::Register {
            registered: Box::new(family(Vec::new(), Vec::new())),
            birth_date: day("2010-01-01"),
            occurred_at: Some(text.parse().unwrap()),
        };
        new(&reference).at(now).when(command)
    };
    let later = noon() + Duration::days(400);
    at("2017-03-23T16:00:00Z", later).then_made(&["ChildRegistered", "StatusChanged"]);
    at("2026-12-31T15:59:59Z", later).then_made(&["ChildRegistered", "StatusChanged"]);
    for outside in ["2017-03-23T15:59:59Z", "2026-12-31T16:00:00Z"] {
        let refused = at(outside, later).then_refused("INF-4");
        assert_eq!(refused.field.as_deref(), Some("household.village_code"));
    }
    let mut elsewhere = family(Vec::new(), Vec::new());
    elsewhere.household = None;
    new(&reference).when(register(elsewhere)).then_refused("INF-4");
}

#[test]
fn bey_1_facts_lie_neither_in_the_future_nor_before_the_birth() {
    let reference = reference();
    let at = |birth_date: NaiveDate, occurred_at: DateTime<Utc>| {
        let registered = Box::new(family(Vec::new(), Vec::new()));
        new(&reference).when(Command::Register { registered, birth_date, occurred_at: Some(occurred_at) })
    };
    let refused = at(nine(), noon() + Duration::minutes(3)).then_refused("BEY-1");
    assert_eq!(refused.reason, Reason::TimeInvalid);
    let today = day("2026-03-10");
    at(today, noon()).then_made(&["ChildRegistered", "StatusChanged", "GuardianshipGapRaised"]);
    at(today, noon() - Duration::days(1)).then_refused("DEF-1");
    assert_eq!(at(today + Days::new(1), noon()).then_refused("DEF-1").field.as_deref(), Some("birth_date"));
}
