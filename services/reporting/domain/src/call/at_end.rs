//! Following up to the end, and closing with feedback to the caller (INF-3).

use super::State;
use super::step::{Facts, Step, follow_up as clock_of};
use crate::rules::INF_3;
use kinward_contracts::reporting::v1::{
    CallClosed, CallFollowedUp, FeedbackMeans, FollowUpResult, HotlineFunction,
};
use kinward_eventsourcing::{Missing, Rejection};

/// What is not resolved is followed up again, with a new clock.
pub(super) fn follow_up(step: &Step<'_>, followed_up: &CallFollowedUp) -> Result<Facts, Rejection> {
    if followed_up.result() == FollowUpResult::Unspecified {
        return Err(Rejection::invalid("result", INF_3, "须注明回访结果", "say what the follow-up found"));
    }
    let nth = step.state.follow_ups;
    let mut facts = step.fact(followed_up.clone());
    step.done(&mut facts, &clock_of(nth));
    if followed_up.result() != FollowUpResult::Resolved {
        step.start_follow_up(&mut facts, nth + 1);
    }
    Ok(facts)
}

/// Everything the call was for has been done, it was followed up to the end, and the caller is told.
pub(super) fn close(step: &Step<'_>, closed: &CallClosed) -> Result<Facts, Rejection> {
    let missing = missing(step.state);
    if !missing.is_empty() {
        return Err(Rejection::missing(INF_3, missing));
    }
    let possible = !matches!(closed.means(), FeedbackMeans::Unspecified | FeedbackMeans::NotPossible);
    if !possible || closed.feedback.is_none() {
        return Err(Rejection::invalid(
            "feedback",
            INF_3,
            "须向来电人反馈；匿名的可凭回执查询",
            "tell the caller the result; who is anonymous asks with the receipt code",
        ));
    }
    let unreachable =
        step.state.phone.is_none() && step.state.caller.as_ref().is_none_or(|caller| caller.phone.is_none());
    if closed.means() == FeedbackMeans::Phone && unreachable {
        return Err(Rejection::invalid(
            "means",
            INF_3,
            "没有来电人电话",
            "no number of the caller is known: choose another means",
        ));
    }
    Ok(step.fact(closed.clone()))
}

/// A call that was never registered ends when ringing back was in vain: nobody is left to be told.
pub(super) fn give_up(step: &Step<'_>, closed: &CallClosed) -> Result<Facts, Rejection> {
    if step.state.returned_in_vain == 0 {
        let back = lacks("return", "须先回拨", "ring back first");
        return Err(Rejection::missing(INF_3, vec![back]));
    }
    if closed.means() != FeedbackMeans::NotPossible || closed.feedback.is_some() {
        return Err(Rejection::invalid(
            "means",
            INF_3,
            "未接通的来电无法反馈",
            "nobody was reached: feedback is not possible",
        ));
    }
    Ok(step.fact(closed.clone()))
}

/// What a call still lacks before it may be closed.
fn missing(state: &State) -> Vec<Missing> {
    let is = |function: HotlineFunction| state.functions.contains(&i32::from(function));
    let helped = |function: HotlineFunction| {
        state.aid.contains(&i32::from(function))
            || !state.help_requests.is_empty()
            || !state.to_unit_ids.is_empty()
    };
    let mut missing = Vec::new();
    if state.functions.is_empty() {
        missing.push(lacks("classification", "须先分类", "classify the call"));
    }
    if is(HotlineFunction::CaseIntake) && state.reports.is_empty() && state.help_requests.is_empty() {
        missing.push(lacks(
            "report-or-help-request",
            "个案受理须转为报告或求助登记",
            "turn the case into a report or a request for help",
        ));
    }
    if is(HotlineFunction::Referral) && state.to_unit_ids.is_empty() {
        missing.push(lacks("transfer", "转接处置须转至承办单位", "give the matter to a unit"));
    }
    let aids = [
        (HotlineFunction::PsychologicalAid, "psychological-aid", "须提供心理援助", "give psychological aid"),
        (
            HotlineFunction::GuardianshipGuidance,
            "guardianship-guidance",
            "须提供家庭监护指导",
            "give guardianship guidance",
        ),
    ];
    for (function, what, zh, en) in aids {
        if is(function) && !helped(function) {
            missing.push(lacks(what, zh, en));
        }
    }
    if !state.resolved {
        missing.push(lacks("follow-up", "须回访至已解决", "follow up until the matter is resolved"));
    }
    missing
}

fn lacks(what: &str, zh: &str, en: &str) -> Missing {
    Missing::new(INF_3, what, zh, en)
}
