//! What a change of facts changes (DEF-2, FAM-2).

use super::*;
use kinward_contracts::registry::v1::GuardianshipGapClosed;

fn since(text: &str, facts: ParentFacts) -> ParentFacts {
    ParentFacts { since_on: Some(text.to_owned()), ..facts }
}

/// The one change of status that a recording brings.
fn change(scenario: Scenario<'_, Child>, command: Command) -> (ChildStatus, StatusReason, String) {
    let outcome = scenario.when(command);
    let changes = changes(outcome.facts());
    assert_eq!(changes.len(), 1, "{changes:?}");
    changes.into_iter().next().unwrap()
}

#[test]
fn def_2_a_capable_parent_returns() {
    let reference = reference();
    let (status, reason, on) = change(left_behind(&reference), record(MOTHER, at_home()));
    assert_eq!((status, reason), (ChildStatus::NotLeftBehind, StatusReason::CapableParentAtHome));
    assert_eq!(on, "2026-03-10");
    // also when the other parent is at home without capacity: what ended it is the return
    let with_mother = on_file(&reference, vec![parent(FATHER, away()), parent(MOTHER, incapable())], vec![]);
    let (_, reason, _) = change(with_mother, record(FATHER, at_home()));
    assert_eq!(reason, StatusReason::CapableParentAtHome);
}

#[test]
fn def_2_the_child_joins_a_parent() {
    let reference = reference();
    let joined = record(FATHER, facts(Whereabouts::JoinedByChild));
    let (status, reason, _) = change(left_behind(&reference), joined);
    assert_eq!((status, reason), (ChildStatus::NotLeftBehind, StatusReason::JoinedParents));
}

#[test]
fn def_2_capacity_is_restored() {
    let reference = reference();
    let with_mother = on_file(&reference, vec![parent(FATHER, away()), parent(MOTHER, incapable())], vec![]);
    let (status, reason, _) = change(with_mother, record(MOTHER, at_home()));
    assert_eq!((status, reason), (ChildStatus::NotLeftBehind, StatusReason::CapacityRestored));
}

#[test]
fn def_2_a_parent_without_capacity_who_returns_ends_nothing() {
    let reference = reference();
    left_behind(&reference).when(record(MOTHER, incapable())).then_made(&["ParentWhereaboutsRecorded"]);
}

#[test]
fn def_2_the_status_changes_with_the_day_since_which_the_fact_holds() {
    let reference = reference();
    let (_, _, on) = change(left_behind(&reference), record(MOTHER, since("2026-03-01", at_home())));
    assert_eq!(on, "2026-03-01");
    let backdated = Command::RecordParent {
        person_id: MOTHER.to_owned(),
        facts: at_home(),
        birth_date: nine(),
        occurred_at: Some("2026-03-02T16:00:00Z".parse().unwrap()),
    };
    let (_, _, on) = change(left_behind(&reference), backdated);
    assert_eq!(on, "2026-03-03", "a day of Shanghai");
}

#[test]
fn def_2_what_held_before_the_facts_on_file_is_history_and_changes_nothing() {
    let reference = reference();
    let returned = left_behind(&reference).given([record(MOTHER, since("2026-03-01", at_home()))]);
    let late = record(MOTHER, since("2026-02-01", away()));
    let scenario = returned.when(late).then_made(&["ParentWhereaboutsRecorded"]);
    assert_eq!(status_of(&scenario), ChildStatus::NotLeftBehind);
    // and of the same day, the later recording counts
    let same_day = record(MOTHER, since("2026-03-01", away()));
    let scenario = scenario.when(same_day).then_made(&["ParentWhereaboutsRecorded", "StatusChanged"]);
    assert_eq!(status_of(&scenario), ChildStatus::LeftBehind);
}

#[test]
fn def_2_who_turned_sixteen_never_comes_back_to_the_roll_and_the_birthday_stays_out_of_the_log() {
    let reference = reference();
    let later = left_behind(&reference).at(noon() + Duration::days(366 * 7));
    let outcome = later.when(record(FATHER, since("2026-05-01", away())));
    assert_eq!(
        changes(outcome.facts()),
        [(ChildStatus::TurnedSixteen, StatusReason::TurnedSixteen, "2033-03-15".to_owned())]
    );
    let scenario = outcome.then_made(&["ParentWhereaboutsRecorded", "StatusChanged"]);
    let still = scenario.when(record(MOTHER, at_home())).then_made(&["ParentWhereaboutsRecorded"]);
    assert_eq!(status_of(&still), ChildStatus::TurnedSixteen);
}

#[test]
fn fam_2_a_gap_closes_when_a_fact_changes_and_names_that_fact() {
    let reference = reference();
    let alone = on_file(&reference, vec![parent(FATHER, away())], Vec::new());
    let outcome = alone.when(record(FATHER, at_home()));
    let closed = outcome.facts().iter().find_map(|fact| match &fact.event.event {
        Some(Event::GuardianshipGapClosed(closed)) => Some(closed.clone()),
        _ => None,
    });
    let GuardianshipGapClosed { gap_id, by_event_id } = closed.unwrap();
    let scenario =
        outcome.then_made(&["ParentWhereaboutsRecorded", "StatusChanged", "GuardianshipGapClosed"]);
    assert_eq!(gap_id, "gap-1");
    let recorded = scenario.recorded();
    let fact = recorded.iter().find(|event| event.event_type().ends_with("ParentWhereaboutsRecorded"));
    assert_eq!(by_event_id, fact.unwrap().event().event_id);
    assert_eq!(open_gap(&scenario), None);
}

#[test]
fn fam_2_another_kind_of_gap_is_another_gap() {
    let reference = reference();
    let alone = on_file(&reference, vec![parent(FATHER, away())], Vec::new());
    let scenario = alone.when(record(FATHER, incapable())).then_made(&[
        "ParentWhereaboutsRecorded",
        "StatusChanged",
        "GuardianshipGapClosed",
        "GuardianshipGapRaised",
    ]);
    assert_eq!(open_gap(&scenario), Some(GapKind::CarerWithoutCapacity));
    assert_eq!(scenario.state().gap.as_ref().unwrap().gap_id, "gap-2");
}

#[test]
fn fam_2_at_sixteen_a_gap_ends() {
    let reference = reference();
    let alone = on_file(&reference, vec![parent(FATHER, away())], Vec::new());
    let scenario = alone.at(noon() + Duration::days(366 * 7)).when(record(FATHER, away())).then_made(&[
        "ParentWhereaboutsRecorded",
        "StatusChanged",
        "GuardianshipGapClosed",
    ]);
    assert_eq!(open_gap(&scenario), None);
}

#[test]
fn a_file_without_clocks_has_nothing_to_observe() {
    let reference = reference();
    left_behind(&reference).when(Command::ObserveClocks { birth_date: Some(nine()) }).then([]);
}
