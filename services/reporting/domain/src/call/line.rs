//! The line: answered at once, registered before the caller hangs up, rung back when it broke (INF-3).

use super::step::{ANSWER, Facts, Step};
use crate::rules::{INF_3, RPT_1};
use kinward_contracts::reporting::v1::{
    CallAbandoned, CallAnswered, CallHungUp, CallRegistered, CallReturned, ReturnOutcome,
};
use kinward_eventsourcing::Rejection;

pub(super) fn answer(step: &Step<'_>) -> Facts {
    let mut facts = step.fact(CallAnswered {});
    step.done(&mut facts, ANSWER);
    facts
}

/// The caller gave up; nobody has to answer any more, but the call stays visible until somebody rings back.
pub(super) fn abandon(step: &Step<'_>) -> Facts {
    let mut facts = step.fact(CallAbandoned {});
    step.fell_away(&mut facts, ANSWER, "caller-hung-up");
    facts
}

pub(super) fn hang_up(step: &Step<'_>) -> Result<Facts, Rejection> {
    if !step.state.line_open {
        return Err(Rejection::wrong_state(INF_3, "已挂断", "the line is closed already"));
    }
    Ok(step.fact(CallHungUp {}))
}

pub(super) fn ring_back(step: &Step<'_>, returned: CallReturned) -> Result<Facts, Rejection> {
    match returned.outcome() {
        ReturnOutcome::Unspecified => {
            Err(Rejection::invalid("outcome", INF_3, "须注明回拨结果", "say what came of ringing back"))
        }
        ReturnOutcome::NoNumber if step.state.phone.is_some() => {
            Err(Rejection::wrong_state(INF_3, "有来电号码，须回拨", "the number is known: ring back"))
        }
        ReturnOutcome::Reached if step.state.phone.is_none() => Err(Rejection::wrong_state(
            INF_3,
            "无来电号码，无法回拨",
            "no number is known: nobody can ring back",
        )),
        _ => Ok(step.fact(returned)),
    }
}

/// With a receipt, while the caller is on the line: what is registered later is registered by ringing back.
pub(super) fn register(step: &Step<'_>, registered: &CallRegistered) -> Result<Facts, Rejection> {
    let caller = registered.caller.clone().unwrap_or_default();
    let named = caller.name.is_some() || caller.phone.is_some();
    if caller.anonymous && named {
        return Err(Rejection::invalid(
            "caller.anonymous",
            RPT_1,
            "匿名来电不得填写姓名或电话",
            "an anonymous call carries no name or phone",
        ));
    }
    if !caller.anonymous && caller.name.is_none() {
        return Err(Rejection::invalid(
            "caller.name",
            RPT_1,
            "请填写姓名，或选择匿名",
            "give a name, or register the call as anonymous",
        ));
    }
    let mut facts = step.fact(registered.clone());
    step.start_follow_up(&mut facts, 0);
    Ok(facts)
}
