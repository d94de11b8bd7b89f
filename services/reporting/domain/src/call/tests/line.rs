//! Answered at once, registered before the caller hangs up, rung back when the line broke (INF-3).

use super::*;
use kinward_contracts::r#type::v1::Reason;
use kinward_statute::{Outcome, day_of, end_of_day};

#[test]
fn inf_3_a_call_that_rings_is_to_be_answered_within_twenty_seconds() {
    let reference = reference();
    let scenario = Scenario::<Call>::new("call", noon(), &reference)
        .when(ring(None))
        .then_types(&["CallRang", "ClockStarted"]);
    assert_eq!(clock(&scenario, "hotline-answer").due_at, after(20));
    assert_eq!(clock(&scenario, "hotline-answer").area, "430903");
    scenario.when(ring(None)).then_refused("INF-3");
    for (seconds, ended, outcome) in [(20, "ClockMet", Outcome::Met), (21, "ClockMissed", Outcome::Missed)] {
        let scenario =
            ringing(&reference).at(after(seconds)).when(now(answer())).then_types(&["CallAnswered", ended]);
        assert_eq!(clock(&scenario, "hotline-answer").outcome, Some(outcome));
    }
}

#[test]
fn inf_3_what_rings_on_is_missed_and_still_answered() {
    let reference = reference();
    ringing(&reference)
        .at(after(19))
        .when(Command::ObserveClocks)
        .then([])
        .at(after(20))
        .when(Command::ObserveClocks)
        .then_types(&["ClockMissed"])
        .when(now(answer()))
        .then_types(&["CallAnswered"]);
}

#[test]
fn inf_3_who_hangs_up_before_anybody_answers_leaves_an_abandoned_call() {
    let reference = reference();
    for (seconds, ended, outcome) in [
        (10, "ClockVoided", Outcome::Void),
        (20, "ClockVoided", Outcome::Void),
        (21, "ClockMissed", Outcome::Missed),
    ] {
        let scenario =
            ringing(&reference).at(after(seconds)).when(now(hang_up())).then_types(&["CallAbandoned", ended]);
        assert_eq!(scenario.state().stage(), CallState::Abandoned);
        assert_eq!(clock(&scenario, "hotline-answer").outcome, Some(outcome));
        scenario.when(now(answer())).then_refused("INF-3");
    }
}

#[test]
fn inf_3_a_call_is_registered_before_the_caller_hangs_up_and_followed_up_within_three_working_days() {
    let reference = reference();
    let scenario = answered(&reference)
        .at(after(60))
        .when(now(registered_by(named())))
        .then_types(&["CallRegistered", "ClockStarted"]);
    let due = end_of_day(day_of(noon() + Duration::days(3)));
    assert_eq!(clock(&scenario, "hotline-follow-up-0").due_at, due, "Monday, due on Thursday");
    let scenario = scenario.when(now(hang_up())).then_types(&["CallHungUp"]);
    assert_eq!(scenario.state().stage(), CallState::Registered, "what is registered goes on");
    scenario.when(now(hang_up())).then_refused("INF-3");
}

#[test]
fn inf_3_a_line_that_broke_is_registered_only_after_ringing_back() {
    let reference = reference();
    let scenario = answered(&reference).when(now(hang_up())).then_types(&["CallHungUp"]);
    assert_eq!(scenario.state().stage(), CallState::CutOff);
    let refused = answered(&reference).given([now(hang_up())]).when(now(registered_by(named())));
    assert_eq!(refused.then_refused("INF-3").reason, Reason::WrongState);
    scenario
        .when(now(ring_back(ReturnOutcome::Reached)))
        .then_types(&["CallReturned"])
        .when(now(registered_by(named())))
        .then_types(&["CallRegistered", "ClockStarted"]);
}

#[test]
fn inf_3_an_abandoned_call_is_rung_back_until_somebody_is_reached() {
    let reference = reference();
    let abandoned = || ringing(&reference).given([now(hang_up())]);
    let scenario = abandoned()
        .when(now(ring_back(ReturnOutcome::NotReached)))
        .then_types(&["CallReturned"])
        .when(now(ring_back(ReturnOutcome::Reached)))
        .then_types(&["CallReturned"]);
    assert_eq!(scenario.state().stage(), CallState::Answered);
    abandoned().when(now(ring_back(ReturnOutcome::Unspecified))).then_refused("INF-3");
    // a known number is rung; a withheld one cannot be
    abandoned().when(now(ring_back(ReturnOutcome::NoNumber))).then_refused("INF-3");
    let withheld = || Scenario::<Call>::new("call", noon(), &reference).given([ring(None), now(hang_up())]);
    withheld().when(now(ring_back(ReturnOutcome::Reached))).then_refused("INF-3");
    withheld().when(now(ring_back(ReturnOutcome::NoNumber))).then_types(&["CallReturned"]);
}

#[test]
fn inf_3_the_caller_may_stay_anonymous_and_then_says_nothing_of_itself() {
    let reference = reference();
    answered(&reference)
        .when(now(registered_by(anonymous())))
        .then_types(&["CallRegistered", "ClockStarted"]);
    let half_hidden = Reporter { phone: Some(sealed("13900000001")), ..anonymous() };
    let nameless = Reporter { name: None, ..named() };
    for (caller, field) in [(half_hidden, "caller.anonymous"), (nameless, "caller.name")] {
        let refused = answered(&reference).when(now(registered_by(caller))).then_refused("RPT-1");
        assert_eq!(refused.field.as_deref(), Some(field));
    }
}

#[test]
fn bey_1_a_step_lies_neither_before_the_last_one_nor_in_the_future() {
    let reference = reference();
    for wrong in [noon() - Duration::seconds(1), after(131)] {
        let refused = ringing(&reference).at(after(10)).when(at(wrong, answer())).then_refused("BEY-1");
        assert_eq!(refused.reason, Reason::TimeInvalid);
    }
    let late = ringing(&reference).at(after(300)).when(at(after(8), answer()));
    late.then_types(&["CallAnswered", "ClockMet"]);
    let ahead = CallRang::default();
    let ahead = Command::Ring { rang: ahead, occurred_at: Some(after(121)) };
    Scenario::<Call>::new("call", noon(), &reference).when(ahead).then_refused("BEY-1");
}

#[test]
fn inf_3_what_never_rang_is_not_found() {
    let reference = reference();
    for command in [now(answer()), Command::ObserveClocks] {
        let scenario = Scenario::<Call>::new("call", noon(), &reference);
        assert_eq!(scenario.when(command).then_refused("INF-3").reason, Reason::NotFound);
    }
}
