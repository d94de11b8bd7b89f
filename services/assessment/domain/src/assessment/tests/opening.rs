//! Opening by hand (ASM-1, DEP-3).

use super::*;
use kinward_contracts::assessment::v1::{OpeningReason, Origin};
use kinward_statute::{day_of, end_of_day};

fn by_hand(change: fn(&mut AssessmentOpened)) -> Command {
    let mut opened = AssessmentOpened {
        child: Some(ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() }),
        village_code: Some(VILLAGE.to_owned()),
        reason: OpeningReason::PsychologicalConcern.into(),
        concern: Some(text()),
        ..AssessmentOpened::default()
    };
    change(&mut opened);
    Command::OpenByHand { opened, occurred_at: None }
}

fn nothing(reference: &Reference) -> Scenario<'_, Assessment> {
    Scenario::new("assessment", noon(), reference).by(township())
}

#[test]
fn asm_1_dep_3_township_and_civil_affairs_open_one_by_hand_with_the_reason() {
    let reference = Reference::default();
    for opener in [township(), civil_affairs()] {
        let outcome = nothing(&reference).by(opener).when(by_hand(|_| {}));
        let due = started(outcome.facts()).due_at.as_ref().and_then(kinward_contracts::instant).unwrap();
        assert_eq!(due, end_of_day(day_of(noon()) + chrono::Days::new(15)));
        let scenario = outcome.then_types(&["AssessmentOpened", "ClockStarted"]);
        assert_eq!(scenario.state().origin, i32::from(Origin::ByHand));
        scenario.when(by_hand(|_| {})).then([]);
    }
    let without: [fn(&mut AssessmentOpened); 2] =
        [|opened| opened.reason = 0, |opened| opened.concern = None];
    for command in without {
        let refused = nothing(&reference).when(by_hand(command)).then_refused("ASM-1");
        assert_eq!(refused.field.as_deref(), Some("reason"));
    }
}

#[test]
fn asm_1_nobody_else_opens_one_by_hand() {
    let reference = Reference::default();
    let elsewhere = actor(Department::Township, "township-430903112", "430903112");
    let school = actor(Department::Education, "school-1", "430903111");
    for other in [police(), elsewhere, school] {
        let refused = nothing(&reference).by(other).when(by_hand(|_| {})).then_refused("ASM-1");
        assert_eq!(refused.reason, Reason::NotEntitled);
    }
    let nowhere = nothing(&reference).when(by_hand(|opened| opened.village_code = None));
    assert_eq!(nowhere.then_refused("ASM-1").reason, Reason::NotEntitled);
}

#[test]
fn bey_1_opening_by_hand_may_be_backdated_and_is_never_in_the_future() {
    let reference = Reference::default();
    let at = |at| {
        let Command::OpenByHand { opened, .. } = by_hand(|opened| opened.immediate = true) else { panic!() };
        Command::OpenByHand { opened, occurred_at: Some(at) }
    };
    let late = nothing(&reference).when(at(noon() + Duration::minutes(3))).then_refused("BEY-1");
    assert_eq!(late.reason, Reason::TimeInvalid);
    let outcome = nothing(&reference).when(at(noon() - Duration::hours(5)));
    let due = started(outcome.facts()).due_at.as_ref().and_then(kinward_contracts::instant).unwrap();
    assert_eq!(due, noon() + Duration::hours(19), "24 hours from when it was found");
}
