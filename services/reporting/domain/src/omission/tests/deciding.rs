//! Who decides, and what happens when it does not (RPT-5).

use super::*;
use kinward_contracts::reporting::v1::omission_event::Event;
use kinward_contracts::r#type::v1::Reason;
use kinward_statute::Outcome;

const OUTCOMES: [OmissionOutcome; 5] = [
    OmissionOutcome::Disciplined,
    OmissionOutcome::Criticised,
    OmissionOutcome::Transferred,
    OmissionOutcome::NotAtFault,
    OmissionOutcome::HadReported,
];

#[test]
fn rpt_5_the_superior_decides_with_any_outcome_and_once() {
    let reference = reference();
    for outcome in OUTCOMES {
        let made = opened(&reference).when(decide(outcome));
        let Some(Event::OmissionCaseDecided(decided)) = made.facts()[0].event.event.clone() else { panic!() };
        assert_eq!(decided.unit_id, TOWNSHIP);
        let scenario = made.then_types(&["OmissionCaseDecided", "ClockMet"]);
        let refused = scenario.when(decide(OmissionOutcome::Criticised)).then_refused("RPT-5");
        assert_eq!(refused.reason, Reason::WrongState);
    }
    let nothing = opened(&reference).when(decide(OmissionOutcome::Unspecified)).then_refused("RPT-5");
    assert_eq!(nothing.field.as_deref(), Some("outcome"));
}

#[test]
fn rpt_5_neither_the_unit_itself_nor_who_opened_it_nor_another_superior_decides() {
    let reference = reference();
    for other in [
        actor(Department::Village, VILLAGE),
        actor(Department::PublicSecurity, "police-430903"),
        actor(Department::Township, "township-430903112"),
        actor(Department::CivilAffairs, CIVIL_AFFAIRS),
        Actor::default(),
    ] {
        let refused =
            opened(&reference).by(other).when(decide(OmissionOutcome::NotAtFault)).then_refused("RPT-5");
        assert_eq!(refused.reason, Reason::NotEntitled);
    }
}

#[test]
fn rpt_5_what_is_not_decided_in_time_goes_to_the_superior_s_superior() {
    let reference = reference();
    let day = |days: i64| noon() + Duration::days(days);
    let scenario = opened(&reference)
        .at(day(21))
        .when(Command::ObserveClocks)
        .then_types(&["ClockWarned"])
        .at(day(30))
        .when(Command::ObserveClocks)
        .then([])
        .at(day(31))
        .when(Command::ObserveClocks)
        .then_types(&["ClockMissed", "OmissionCaseEscalated", "ClockStarted"]);
    assert_eq!(scenario.state().superiors, [TOWNSHIP, CIVIL_AFFAIRS]);
    // the higher one decides now, in time
    let scenario = scenario
        .by(actor(Department::CivilAffairs, CIVIL_AFFAIRS))
        .when(decide(OmissionOutcome::Disciplined))
        .then_types(&["OmissionCaseDecided", "ClockMet"]);
    let outcome = |clock: &str| scenario.state().clocks.get(clock).unwrap().outcome;
    assert_eq!(outcome("failure-to-report-0"), Some(Outcome::Missed));
    assert_eq!(outcome("failure-to-report-1"), Some(Outcome::Met));
}

#[test]
fn rpt_5_at_the_top_it_stays_open_and_late_is_better_than_never() {
    let reference = reference();
    let scenario = opened(&reference)
        .at(noon() + Duration::days(31))
        .given([Command::ObserveClocks])
        .at(noon() + Duration::days(70))
        .when(Command::ObserveClocks)
        .then_types(&["ClockMissed"])
        .when(Command::ObserveClocks)
        .then([]);
    assert_eq!(scenario.state().outcome, 0, "open and visible");
    scenario.when(decide(OmissionOutcome::Criticised)).then_types(&["OmissionCaseDecided"]);
}

#[test]
fn rpt_5_a_decision_that_comes_before_the_alarm_but_late_misses_the_clock() {
    let reference = reference();
    opened(&reference)
        .at(noon() + Duration::days(31))
        .when(decide(OmissionOutcome::Criticised))
        .then_types(&["OmissionCaseDecided", "ClockMissed"])
        .when(Command::ObserveClocks)
        .then([]);
}

#[test]
fn bey_1_a_decision_lies_neither_before_the_opening_nor_in_the_future() {
    let reference = reference();
    for wrong in [noon() - Duration::seconds(1), noon() + Duration::minutes(3)] {
        let command = decide_at(OmissionOutcome::Criticised, Some(wrong));
        let refused = opened(&reference).when(command).then_refused("BEY-1");
        assert_eq!(refused.reason, Reason::TimeInvalid);
    }
    let command = decide_at(OmissionOutcome::Criticised, Some(noon()));
    opened(&reference).when(command).then_types(&["OmissionCaseDecided", "ClockMet"]);
}

#[test]
fn rpt_5_what_was_never_opened_is_not_found() {
    let reference = reference();
    for command in [decide(OmissionOutcome::Criticised), Command::ObserveClocks] {
        assert_eq!(asked(&reference).when(command).then_refused("RPT-5").reason, Reason::NotFound);
    }
}
