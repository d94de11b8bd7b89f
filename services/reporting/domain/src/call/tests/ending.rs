//! Followed up to the end, closed with feedback (INF-3).

use super::*;
use kinward_contracts::r#type::v1::Reason;
use kinward_eventsourcing::Rejection;
use kinward_statute::{Outcome, day_of, end_of_day};

fn missing(refused: &Rejection) -> Vec<&str> {
    refused.missing.iter().map(|missing| missing.what.as_str()).collect()
}

fn told() -> Event {
    close(FeedbackMeans::Phone, Some("已由镇政府安排亲属照料"))
}

/// A call about a case, reported and found resolved.
fn resolved(reference: &Reference) -> Scenario<'_, Call> {
    registered(reference).given([
        now(classify(&[HotlineFunction::CaseIntake])),
        now(reported(named(), &[Situation::LivingAlone])),
        now(follow_up(FollowUpResult::Resolved)),
    ])
}

#[test]
fn inf_3_a_follow_up_in_time_meets_the_clock_and_what_is_not_resolved_is_followed_up_again() {
    let reference = reference();
    let scenario = registered(&reference)
        .at(noon() + Duration::days(2))
        .when(now(follow_up(FollowUpResult::InHand)))
        .then_types(&["CallFollowedUp", "ClockMet", "ClockStarted"]);
    let due = end_of_day(day_of(noon() + Duration::days(7)));
    assert_eq!(clock(&scenario, "hotline-follow-up-1").due_at, due, "Wednesday, over a weekend, to Monday");
    let scenario = scenario
        .at(noon() + Duration::days(8))
        .when(Command::ObserveClocks)
        .then_types(&["ClockMissed"])
        .when(now(follow_up(FollowUpResult::NotResolved)))
        .then_types(&["CallFollowedUp", "ClockStarted"])
        .when(now(follow_up(FollowUpResult::Resolved)))
        .then_types(&["CallFollowedUp", "ClockMet"]);
    assert_eq!(clock(&scenario, "hotline-follow-up-1").outcome, Some(Outcome::Missed));
    assert!(scenario.state().resolved && scenario.state().clocks.open().next().is_none());
    registered(&reference).when(now(follow_up(FollowUpResult::Unspecified))).then_refused("INF-3");
}

#[test]
fn inf_3_a_call_closes_only_when_everything_it_was_for_is_done() {
    let reference = reference();
    let refused = registered(&reference).when(now(told())).then_refused("INF-3");
    assert_eq!(refused.reason, Reason::RequirementMissing);
    assert_eq!(missing(&refused), ["classification", "follow-up"]);
    let four = [
        HotlineFunction::CaseIntake,
        HotlineFunction::Referral,
        HotlineFunction::PsychologicalAid,
        HotlineFunction::GuardianshipGuidance,
    ];
    let scenario = registered(&reference).given([now(classify(&four))]);
    let all =
        ["report-or-help-request", "transfer", "psychological-aid", "guardianship-guidance", "follow-up"];
    assert_eq!(missing(&scenario.when(now(told())).then_refused("INF-3")), all);
    let scenario = registered(&reference).given([
        now(classify(&four)),
        now(reported(named(), &[Situation::LivingAlone])),
        now(aid(HotlineFunction::PsychologicalAid)),
    ]);
    let refused = scenario.when(now(told())).then_refused("INF-3");
    assert_eq!(missing(&refused), ["transfer", "guardianship-guidance", "follow-up"]);
    registered(&reference)
        .given([
            now(classify(&four)),
            now(ask_for_help(&[HelpKind::PsychologicalCounselling])),
            now(transfer("township-430903111")),
            now(follow_up(FollowUpResult::Resolved)),
        ])
        .when(now(told()))
        .then_types(&["CallClosed"]);
}

#[test]
fn inf_3_a_call_closes_with_feedback_to_the_caller_and_then_for_good() {
    let reference = reference();
    let scenario = resolved(&reference).when(now(told())).then_types(&["CallClosed"]);
    assert_eq!(scenario.state().stage(), CallState::Closed);
    assert_eq!(scenario.when(now(told())).then_refused("INF-3").reason, Reason::WrongState);
    for silent in [
        close(FeedbackMeans::Phone, None),
        close(FeedbackMeans::NotPossible, None),
        close(FeedbackMeans::Unspecified, Some("已办结")),
    ] {
        let refused = resolved(&reference).when(now(silent)).then_refused("INF-3");
        assert_eq!(refused.field.as_deref(), Some("feedback"));
    }
}

#[test]
fn inf_3_who_left_no_number_is_told_by_the_receipt() {
    let reference = reference();
    let unknown = || {
        Scenario::<Call>::new("call", noon(), &reference).given([
            ring(None),
            now(answer()),
            now(registered_by(anonymous())),
            now(classify(&[HotlineFunction::PsychologicalAid])),
            now(aid(HotlineFunction::PsychologicalAid)),
            now(follow_up(FollowUpResult::Resolved)),
        ])
    };
    let refused = unknown().when(now(told())).then_refused("INF-3");
    assert_eq!(refused.field.as_deref(), Some("means"));
    unknown().when(now(close(FeedbackMeans::Receipt, Some("已办结")))).then_types(&["CallClosed"]);
}

#[test]
fn inf_3_what_comes_after_the_matter_was_resolved_is_followed_up_anew() {
    let reference = reference();
    let scenario = resolved(&reference)
        .when(now(transfer("township-430903111")))
        .then_types(&["CallTransferred", "ClockStarted"]);
    assert!(clock(&scenario, "hotline-follow-up-1").outcome.is_none());
    let refused = scenario.when(now(told())).then_refused("INF-3");
    assert_eq!(missing(&refused), ["follow-up"]);
}

#[test]
fn inf_3_a_call_nobody_was_reached_by_closes_only_after_ringing_back_in_vain() {
    let reference = reference();
    let abandoned = || ringing(&reference).given([now(hang_up())]);
    let given_up = || now(close(FeedbackMeans::NotPossible, None));
    assert_eq!(missing(&abandoned().when(given_up()).then_refused("INF-3")), ["return"]);
    let in_vain = || abandoned().given([now(ring_back(ReturnOutcome::NotReached))]);
    in_vain().when(now(told())).then_refused("INF-3");
    let scenario = in_vain().when(given_up()).then_types(&["CallClosed"]);
    assert!(scenario.state().clocks.open().next().is_none());
}
