//! Reporters' units help police (DSP-5): asked, and answered or declined by the unit that was asked.

use super::Assistance;
use super::step::{Facts, Step};
use crate::rules::DSP_5;
use kinward_contracts::dispatch::v1::{
    AssistanceAnswered, AssistanceDeclined, AssistanceKind, AssistanceRequested, AssistanceState,
};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::Rejection;

pub(super) fn request(step: &Step<'_>, requested: &AssistanceRequested) -> Result<Facts, Rejection> {
    if requested.kind() == AssistanceKind::Unspecified {
        return Err(Rejection::invalid("kind", DSP_5, "请写明协助事项", "say what for"));
    }
    let unit = step.reference().units.get(&requested.unit_id);
    if unit.is_some_and(|unit| unit.department == i32::from(Department::PublicSecurity)) {
        let (zh, en) = ("公安机关不是报告单位", "police are no reporter's unit");
        return Err(Rejection::invalid("unit_id", DSP_5, zh, en));
    }
    if step.state.assistance.contains_key(&requested.assistance_id) {
        let (zh, en) = ("此协助请求已登记", "this request is registered already");
        return Err(Rejection::exists(DSP_5, &requested.assistance_id, zh, en));
    }
    // one that the register does not know is asked all the same: police do not wait for the register (BEY-5)
    let (department, area) = unit.map(|unit| (unit.department, unit.area.clone())).unwrap_or_default();
    Ok(step.fact(AssistanceRequested { department, area, ..requested.clone() }))
}

pub(super) fn answer(step: &Step<'_>, answered: &AssistanceAnswered) -> Result<Facts, Rejection> {
    own(step, &answered.assistance_id)?;
    if answered.answer.is_none() {
        return Err(Rejection::invalid("answer", DSP_5, "请写明协助情况", "say what was done"));
    }
    let village_code = step.state.village_code.clone();
    Ok(step.fact(AssistanceAnswered { village_code, ..answered.clone() }))
}

pub(super) fn decline(step: &Step<'_>, declined: &AssistanceDeclined) -> Result<Facts, Rejection> {
    own(step, &declined.assistance_id)?;
    if declined.reason.is_none() {
        return Err(Rejection::invalid("reason", DSP_5, "请说明不能协助的理由", "say why not"));
    }
    let village_code = step.state.village_code.clone();
    Ok(step.fact(AssistanceDeclined { village_code, ..declined.clone() }))
}

/// The request is to the caller's unit, and waits for an answer.
fn own(step: &Step<'_>, assistance_id: &str) -> Result<(), Rejection> {
    let Some(Assistance { unit_id, state, requested_at, .. }) = step.state.assistance.get(assistance_id)
    else {
        let (zh, en) = ("没有此协助请求", "there is no such request");
        return Err(Rejection::unknown(DSP_5, zh, en));
    };
    if step.actor().unit_id != *unit_id {
        let (zh, en) = ("只能由被请求单位答复", "only the unit that was asked answers");
        return Err(Rejection::not_entitled(DSP_5, zh, en));
    }
    if *state != i32::from(AssistanceState::Requested) {
        return Err(Rejection::wrong_state(DSP_5, "此协助请求已答复", "it is answered already"));
    }
    step.not_before(Some(*requested_at))
}
