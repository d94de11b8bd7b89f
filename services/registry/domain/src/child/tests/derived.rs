//! What facts amount to, fact by fact (DEF-1, DEF-2, FAM-2).

use super::*;
use crate::child::Age;
use ChildStatus::{LeftBehind, NotLeftBehind, TurnedSixteen};
use StatusReason as Why;
use Whereabouts as At;

/// Status of a nine-year-old with these parents.
fn status_with(parents: &[ParentFacts]) -> (ChildStatus, StatusReason) {
    let names = [FATHER, MOTHER, "stepmother", "stepfather"];
    let parents =
        parents.iter().zip(names).map(|(facts, person_id)| parent(person_id, facts.clone())).collect();
    let reference = reference();
    let outcome = Scenario::<Child>::new("child", noon(), &reference)
        .when(register(family(parents, vec![grandmother(Capacity::Full, true)])));
    let (status, reason, _) = changes(outcome.facts()).remove(0);
    (status, reason)
}

#[test]
fn def_1_both_parents_away_or_one_away_and_the_other_without_capacity() {
    let table: [(&[ParentFacts], ChildStatus, StatusReason); 13] = [
        (&[away(), away()], LeftBehind, Why::BothParentsAway),
        (&[away(), incapable()], LeftBehind, Why::OneAwayOtherWithoutCapacity),
        (&[incapable(), away()], LeftBehind, Why::OneAwayOtherWithoutCapacity),
        (&[away(), facts(At::Deceased)], LeftBehind, Why::OneAwayOtherWithoutCapacity),
        (&[away(), facts(At::LostContact)], LeftBehind, Why::OneAwayOtherWithoutCapacity),
        (&[away(), facts(At::Imprisoned)], LeftBehind, Why::OneAwayOtherWithoutCapacity),
        (&[away(), at_home()], NotLeftBehind, Why::CapableParentAtHome),
        (&[at_home(), at_home()], NotLeftBehind, Why::CapableParentAtHome),
        (&[away(), facts(At::JoinedByChild)], NotLeftBehind, Why::JoinedParents),
        (&[incapable(), incapable()], NotLeftBehind, Why::NoParentAway),
        (&[facts(At::Deceased), facts(At::Deceased)], NotLeftBehind, Why::NoParentAway),
        (&[], NotLeftBehind, Why::NoParentAway),
        (&[facts(At::Unspecified), facts(At::Unspecified)], NotLeftBehind, Why::NoParentAway),
    ];
    for (parents, status, reason) in table {
        assert_eq!(status_with(parents), (status, reason), "{parents:?}");
    }
}

#[test]
fn def_1_a_parent_of_whom_nothing_is_known_takes_no_child_off_the_roll() {
    assert_eq!(status_with(&[away()]).0, LeftBehind);
    assert_eq!(status_with(&[away(), facts(At::Unspecified)]).0, LeftBehind);
    let under_one_roof = ParentFacts { lives_with_child: true, ..facts(At::Unspecified) };
    assert_eq!(status_with(&[away(), under_one_roof]), (NotLeftBehind, Why::CapableParentAtHome));
    let unknown_capacity = ParentFacts { capacity: Capacity::Unspecified.into(), ..at_home() };
    assert_eq!(status_with(&[away(), unknown_capacity]).0, NotLeftBehind);
}

#[test]
fn def_1_to_join_a_parent_without_capacity_is_no_care() {
    let with_the_father = ParentFacts { capacity: Capacity::None.into(), ..facts(At::JoinedByChild) };
    assert_eq!(status_with(&[with_the_father, away()]), (LeftBehind, Why::OneAwayOtherWithoutCapacity));
}

#[test]
fn def_1_a_child_is_under_sixteen_until_the_day_of_the_birthday() {
    let born = day("2010-03-10");
    assert_eq!(Age::on(born, day("2026-03-09")), Age::UnderSixteen);
    assert_eq!(Age::on(born, day("2026-03-10")), Age::SixteenOrMore);
    assert_eq!(Age::on(born, day("2018-03-09")), Age::UnderEight);
    assert_eq!(Age::on(born, day("2018-03-10")), Age::UnderSixteen);
    // a day of Shanghai: 00:30 there is still the day before in UTC
    let reference = reference();
    let at = |text: &str| {
        let registered = Box::new(family(vec![parent(FATHER, away())], Vec::new()));
        let command = Command::Register { registered, birth_date: born, occurred_at: None };
        let outcome = Scenario::<Child>::new("child", text.parse().unwrap(), &reference).when(command);
        changes(outcome.facts()).remove(0).0
    };
    assert_eq!(at("2026-03-09T15:59:59Z"), LeftBehind);
    assert_eq!(at("2026-03-09T16:00:00Z"), TurnedSixteen);
}

#[test]
fn fam_2_a_child_under_sixteen_lives_with_somebody_who_has_capacity() {
    let reference = reference();
    let gap =
        |guardians: Vec<Guardian>, parents: Vec<Parent>| open_gap(&on_file(&reference, parents, guardians));
    let away = || vec![parent(FATHER, away()), parent(MOTHER, away())];
    assert_eq!(gap(Vec::new(), away()), Some(GapKind::LivesAlone));
    assert_eq!(gap(vec![grandmother(Capacity::Full, false)], away()), Some(GapKind::LivesAlone));
    assert_eq!(gap(vec![grandmother(Capacity::None, true)], away()), Some(GapKind::CarerWithoutCapacity));
    assert_eq!(gap(vec![grandmother(Capacity::Full, true)], away()), None);
    assert_eq!(gap(vec![grandmother(Capacity::Unspecified, true)], away()), None, "not known to be without");
    assert_eq!(gap(Vec::new(), vec![parent(FATHER, incapable())]), Some(GapKind::CarerWithoutCapacity));
    assert_eq!(gap(Vec::new(), vec![parent(FATHER, facts(At::JoinedByChild))]), None);
}

#[test]
fn fam_2_a_gap_says_whether_the_child_is_under_eight() {
    let reference = reference();
    for (born, expected) in [("2018-03-11", Some(true)), ("2018-03-10", Some(false)), ("2010-03-10", None)] {
        let registered = Box::new(family(Vec::new(), Vec::new()));
        let command = Command::Register { registered, birth_date: day(born), occurred_at: None };
        let outcome = Scenario::<Child>::new("child", noon(), &reference).when(command);
        let raised = outcome.facts().iter().find_map(|fact| match &fact.event.event {
            Some(Event::GuardianshipGapRaised(raised)) => Some(raised.under_eight),
            _ => None,
        });
        assert_eq!(raised, expected, "{born}");
    }
}
