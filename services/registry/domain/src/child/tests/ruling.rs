//! The registry's guardianship follows the court (CUS-4).

use super::*;

const AUNT: &str = "aunt";

fn aunt() -> Guardian {
    Guardian {
        person_id: AUNT.to_owned(),
        relation: Relation::PaternalAunt.into(),
        name: Some(Sealed::plain(AUNT, "贺青禾")),
        basis: GuardianshipBasis::Court.into(),
        capacity: Capacity::Full.into(),
        ..Guardian::default()
    }
}

/// The court revokes one and designates another.
fn ruling(revoked: &str, designated: Guardian) -> Command {
    let ruling = Ruling {
        case_id: "case".to_owned(),
        ruled_at: noon() - Duration::days(2),
        ruled_on: "2026-03-08".to_owned(),
        revoked_person_id: revoked.to_owned(),
        designated,
    };
    Command::FollowRuling(Box::new(ruling))
}

fn designated_in(facts: &[Fact<ChildEvent>]) -> Guardian {
    let guardian = facts.iter().find_map(|fact| match &fact.event.event {
        Some(Event::GuardianDesignated(designated)) => designated.guardian.clone(),
        _ => None,
    });
    guardian.unwrap()
}

#[test]
fn cus_4_the_revoked_guardian_is_none_and_the_designated_one_is() {
    let reference = reference();
    let outcome = left_behind(&reference).when(ruling(FATHER, aunt()));
    assert_eq!(outcome.facts()[0].occurred_at, Some(noon() - Duration::days(2)));
    assert_eq!(designated_in(outcome.facts()), aunt());
    let scenario = outcome.then_made(&["GuardianRevoked", "GuardianDesignated"]);
    let carers = &scenario.state().carers;
    assert!(carers[FATHER].revoked && !carers[MOTHER].revoked);
    assert!(carers[AUNT].designated && carers[AUNT].looks_after());
    assert_eq!(status_of(&scenario), ChildStatus::LeftBehind, "both parents are still away (DEF-1)");
}

#[test]
fn cus_4_a_ruling_is_followed_once_and_one_case_may_bring_one_for_each_parent() {
    let reference = reference();
    let scenario = left_behind(&reference).given([ruling(FATHER, aunt())]);
    let scenario = scenario.when(ruling(FATHER, aunt())).then([]);
    scenario.when(ruling(MOTHER, aunt())).then_made(&["GuardianRevoked", "GuardianDesignated"]);
}

/// The court restores the father and ends the aunt's guardianship.
fn restoration(case: &str) -> Command {
    Command::FollowRestoration(Box::new(Restoration {
        ruled_at: noon() - Duration::days(1),
        restored: GuardianRestored {
            person_id: FATHER.to_owned(),
            ended_person_id: AUNT.to_owned(),
            case_id: case.to_owned(),
            restored_on: "2026-03-09".to_owned(),
        },
    }))
}

#[test]
fn cus_4_a_restored_guardian_is_one_again_and_whom_the_court_had_designated_is_none() {
    let reference = reference();
    let revoked = || left_behind(&reference).given([ruling(FATHER, aunt())]);
    revoked().when(restoration("another")).then([]);
    let outcome = revoked().when(restoration("case"));
    assert_eq!(outcome.facts()[0].occurred_at, Some(noon() - Duration::days(1)));
    let scenario = outcome.then_made(&["GuardianRestored"]);
    let carers = &scenario.state().carers;
    assert!(!carers[FATHER].revoked && carers[FATHER].is_able());
    assert!(!carers[AUNT].designated && !carers[AUNT].looks_after());
    let scenario = scenario.when(restoration("case")).then([]);
    // and may be revoked again
    scenario.when(ruling(FATHER, aunt())).then_made(&["GuardianRevoked", "GuardianDesignated"]);
}

#[test]
fn cus_4_fam_2_a_restoration_leaves_a_gap_where_nobody_else_looks_after_the_child_and_closes_one() {
    let reference = reference();
    let alone = on_file(&reference, vec![parent(FATHER, away()), parent(MOTHER, away())], Vec::new());
    let with_aunt = alone.given([ruling(FATHER, aunt())]);
    assert_eq!(open_gap(&with_aunt), None);
    let again = with_aunt.when(restoration("case")).then_made(&["GuardianRestored", "GuardianshipGapRaised"]);
    assert_eq!(open_gap(&again), Some(GapKind::LivesAlone));
    // the father is at home: revoked he is nobody, restored he looks after the child
    let home = on_file(&reference, vec![parent(FATHER, at_home()), parent(MOTHER, away())], Vec::new());
    let elsewhere = Guardian { person_id: MOTHER.to_owned(), relation: Relation::Mother.into(), ..aunt() };
    let revoked = home.given([ruling(FATHER, elsewhere)]);
    assert!(open_gap(&revoked).is_some());
    let restored = revoked.when(restoration("case"));
    assert_eq!(changes(restored.facts())[0].1, StatusReason::CapacityRestored);
    let restored = restored.then_made(&["GuardianRestored", "StatusChanged", "GuardianshipGapClosed"]);
    assert_eq!(open_gap(&restored), None);
    assert_eq!(status_of(&restored), ChildStatus::NotLeftBehind);
}

#[test]
fn fam_2_whom_the_court_designates_looks_after_the_child_so_the_gap_closes() {
    let reference = reference();
    let alone = on_file(&reference, vec![parent(FATHER, away()), parent(MOTHER, away())], Vec::new());
    assert_eq!(open_gap(&alone), Some(GapKind::LivesAlone));
    let scenario = alone.when(ruling(FATHER, aunt())).then_made(&[
        "GuardianRevoked",
        "GuardianDesignated",
        "GuardianshipGapClosed",
    ]);
    assert_eq!(open_gap(&scenario), None);
}

#[test]
fn fam_2_a_child_left_with_a_revoked_guardian_is_in_nobody_s_care() {
    let reference = reference();
    let scenario = on_file(&reference, vec![parent(FATHER, at_home()), parent(MOTHER, away())], Vec::new());
    // the mother works away: designated, but not there
    let mother = Guardian { person_id: MOTHER.to_owned(), relation: Relation::Mother.into(), ..aunt() };
    let scenario = scenario.when(ruling(FATHER, mother)).then_made(&[
        "GuardianRevoked",
        "GuardianDesignated",
        "StatusChanged",
        "GuardianshipGapRaised",
    ]);
    assert_eq!(open_gap(&scenario), Some(GapKind::CarerWithoutCapacity));
    assert_eq!(status_of(&scenario), ChildStatus::LeftBehind, "one away, the other cannot act (DEF-1)");
    let back = scenario.when(record(MOTHER, at_home()));
    assert_eq!(changes(back.facts())[0].1, StatusReason::CapableParentAtHome);
    assert_eq!(
        open_gap(&back.then_made(&["ParentWhereaboutsRecorded", "StatusChanged", "GuardianshipGapClosed"])),
        None
    );
}

#[test]
fn cus_4_somebody_on_file_who_is_designated_stays_what_the_file_says() {
    let reference = reference();
    let parents = vec![parent(FATHER, away()), parent(MOTHER, away())];
    let scenario = on_file(&reference, parents, vec![grandmother(Capacity::None, true)]);
    let known = Guardian { basis: GuardianshipBasis::Court.into(), ..grandmother(Capacity::Full, false) };
    let outcome = scenario.when(ruling(FATHER, known));
    assert!(designated_in(outcome.facts()).lives_with_child, "the file knows who lives with the child");
    let scenario = outcome.then_made(&["GuardianRevoked", "GuardianDesignated", "GuardianshipGapClosed"]);
    let carer = &scenario.state().carers[GRANDMOTHER];
    assert!(carer.designated && carer.lives_with_child && carer.is_able());
    let mother = Guardian { person_id: MOTHER.to_owned(), relation: Relation::Mother.into(), ..aunt() };
    let scenario = left_behind(&reference).given([ruling(FATHER, mother)]);
    assert_eq!(scenario.state().parents().count(), 2, "a parent stays a parent");
}

#[test]
fn cus_4_a_ruling_on_somebody_who_is_not_on_file_is_followed_once_all_the_same() {
    let reference = reference();
    let scenario = left_behind(&reference).given([ruling("stranger", aunt())]);
    assert!(scenario.state().carers[AUNT].designated);
    scenario.when(ruling("stranger", aunt())).then([]);
}

#[test]
fn def_2_a_ruling_brings_nobody_back_who_turned_sixteen() {
    let reference = reference();
    let late = left_behind(&reference).at(noon() + Duration::days(366 * 7)).given([record(FATHER, away())]);
    assert_eq!(status_of(&late), ChildStatus::TurnedSixteen);
    let scenario = late.when(ruling(FATHER, aunt())).then_made(&["GuardianRevoked", "GuardianDesignated"]);
    assert_eq!(status_of(&scenario), ChildStatus::TurnedSixteen);
    assert_eq!(open_gap(&scenario), None);
}
