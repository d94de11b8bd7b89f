//! What facts may say of a family (DEF-1).

use super::*;
use kinward_contracts::r#type::v1::Reason;

fn refused(parents: Vec<Parent>, guardians: Vec<Guardian>, rule: &str) -> Option<String> {
    let reference = reference();
    let scenario = Scenario::<Child>::new("child", noon(), &reference);
    scenario.when(register(family(parents, guardians))).then_refused(rule).field
}

#[test]
fn def_1_only_parents_stand_among_the_parents_and_none_among_the_other_guardians() {
    let uncle = Parent { relation: Relation::MaternalUncle.into(), ..parent("uncle", away()) };
    let field = refused(vec![parent(FATHER, away()), uncle], Vec::new(), "DEF-1");
    assert_eq!(field.as_deref(), Some("parents[1].relation"));
    let as_parent = Guardian { basis: GuardianshipBasis::Parent.into(), ..grandmother(Capacity::Full, true) };
    assert_eq!(refused(Vec::new(), vec![as_parent], "DEF-1").as_deref(), Some("guardians[0].basis"));
}

#[test]
fn def_1_a_person_stands_in_the_file_once() {
    let twice = Guardian { person_id: FATHER.to_owned(), ..grandmother(Capacity::Full, true) };
    let field = refused(vec![parent(FATHER, away())], vec![twice], "DEF-1");
    assert_eq!(field.as_deref(), Some("guardians[0]"));
}

#[test]
fn def_1_a_parent_who_is_elsewhere_does_not_live_with_the_child() {
    let reference = reference();
    for elsewhere in
        [Whereabouts::AwayForWork, Whereabouts::Deceased, Whereabouts::LostContact, Whereabouts::Imprisoned]
    {
        let both = ParentFacts { lives_with_child: true, ..facts(elsewhere) };
        let field = refused(vec![parent(FATHER, both.clone())], Vec::new(), "DEF-1");
        assert_eq!(field.as_deref(), Some("parents[0].facts.lives_with_child"));
        let later = left_behind(&reference).when(record(FATHER, both)).then_refused("DEF-1");
        assert_eq!(later.field.as_deref(), Some("facts.lives_with_child"));
    }
}

#[test]
fn bey_1_the_first_day_of_a_fact_is_a_day_that_has_come() {
    let reference = reference();
    let since = |text: &str| ParentFacts { since_on: Some(text.to_owned()), ..at_home() };
    let recorded = |text: &str| left_behind(&reference).when(record(FATHER, since(text)));
    recorded("2026-03-10").then_made(&["ParentWhereaboutsRecorded", "StatusChanged"]);
    let future = recorded("2026-03-11").then_refused("BEY-1");
    assert_eq!((future.reason, future.field.as_deref()), (Reason::TimeInvalid, Some("facts.since_on")));
    assert_eq!(recorded("2026-02-30").then_refused("BEY-1").reason, Reason::InvalidArgument);
    let field = refused(vec![parent(FATHER, since("2026-03-11"))], Vec::new(), "BEY-1");
    assert_eq!(field.as_deref(), Some("parents[0].facts.since_on"));
}

#[test]
fn def_1_whereabouts_are_recorded_of_parents_on_file_only() {
    let reference = reference();
    for somebody in [GRANDMOTHER, "stranger"] {
        let refused = left_behind(&reference).when(record(somebody, away())).then_refused("DEF-1");
        assert_eq!(refused.reason, Reason::UnknownReference);
    }
}

#[test]
fn bey_1_a_recording_from_the_future_is_refused() {
    let reference = reference();
    let tomorrow = Command::RecordParent {
        person_id: FATHER.to_owned(),
        facts: at_home(),
        birth_date: nine(),
        occurred_at: Some(noon() + Duration::days(1)),
    };
    left_behind(&reference).when(tomorrow).then_refused("BEY-1");
}
