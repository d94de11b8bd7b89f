//! The reassessment: due by risk, opening by itself, or superseded by a later assessment (ASM-4).

use super::*;
use kinward_statute::{Outcome, day_of, end_of_day};

fn follow(later: &str) -> Command {
    Command::Follow { assessment_id: later.to_owned() }
}

#[test]
fn asm_4_a_reassessment_that_nobody_opened_falls_due_once() {
    let reference = Reference::default();
    let due = end_of_day(day_of(noon()) + chrono::Days::new(30));
    let scenario = complete(&reference)
        .given([finalise(Risk::High)])
        .at(due - Duration::days(7))
        .when(Command::ObserveClocks)
        .then_types(&["ClockWarned"])
        .at(due - Duration::seconds(1))
        .when(Command::ObserveClocks)
        .then([])
        .at(due)
        .when(Command::ObserveClocks);
    let Some(Event::ReassessmentFellDue(fell_due)) = &scenario.facts()[1].event.event else {
        panic!("{:?}", scenario.facts())
    };
    assert_eq!(fell_due.child.as_ref().unwrap().person_id, "child");
    assert_eq!((fell_due.village_code.as_deref(), fell_due.risk()), (Some(VILLAGE), Risk::High));
    scenario.then_types(&["ClockMissed", "ReassessmentFellDue"]).when(Command::ObserveClocks).then([]);
}

#[test]
fn asm_4_a_missed_assessment_is_no_reassessment() {
    let reference = Reference::default();
    let due = end_of_day(day_of(noon()) + chrono::Days::new(15));
    opened(&reference).at(due).when(Command::ObserveClocks).then_types(&["ClockMissed"]);
}

#[test]
fn asm_4_a_later_assessment_of_the_child_supersedes_the_reassessment() {
    let reference = Reference::default();
    let scenario = complete(&reference)
        .given([finalise(Risk::High)])
        .when(follow("later"))
        .then_types(&["LaterAssessmentOpened", "ClockSuperseded"]);
    assert_eq!(scenario.state().clocks.get("reassessment").unwrap().outcome, Some(Outcome::Superseded));
    assert_eq!(scenario.state().later.as_deref(), Some("later"));
    let scenario = scenario.when(follow("still-later")).then([]);
    scenario.at(noon() + Duration::days(400)).when(Command::ObserveClocks).then([]);
}

#[test]
fn asm_4_one_concluded_after_a_later_one_was_opened_starts_no_reassessment_of_its_own() {
    let reference = Reference::default();
    let scenario = complete(&reference).when(follow("later")).then_types(&["LaterAssessmentOpened"]);
    scenario.when(finalise(Risk::High)).then_types(&["AssessmentFinalised", "ClockMet"]);
}

#[test]
fn asm_4_what_nobody_opened_is_not_followed() {
    let reference = Reference::default();
    let scenario = Scenario::<Assessment>::new("assessment", noon(), &reference);
    assert_eq!(scenario.when(follow("later")).then_refused("ASM-1").reason, Reason::NotFound);
}
