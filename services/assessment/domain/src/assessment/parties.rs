//! Who may do what in an assessment: the three parties of the child's place, and those they invited (ASM-1).

use super::State;
use super::missing::PARTIES;
use crate::rules::ASM_1;
use kinward_contracts::assessment::v1::Answer;
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::Rejection;
use kinward_statute::lies_in;

/// Whether a department handles the case: township, civil affairs or police of the child's place.
pub fn handles(state: &State, department: Department, area: &str) -> bool {
    let of_the_place = lies_in(state.village_code.as_deref(), area);
    of_the_place && PARTIES.iter().any(|(party, ..)| *party == department)
}

/// Whether a unit is an assessor of the case: a party, or invited and not staying away.
pub fn assesses(state: &State, department: Department, unit: &str, area: &str) -> bool {
    let invited = state.participant_of(department.into(), unit);
    handles(state, department, area) || invited.is_some_and(|(_, one)| one.answer() != Answer::Declined)
}

/// Township, civil affairs or police of the child's place: they assess and plan.
pub(super) fn as_party(state: &State, context: &super::decide::Now<'_>) -> Result<(), Rejection> {
    let actor = context.actor;
    if handles(state, actor.department(), &actor.area) {
        return Ok(());
    }
    Err(Rejection::not_entitled(
        ASM_1,
        "由儿童所在地的乡镇（街道、园区）、民政部门、公安机关办理",
        "the township, civil affairs or police of the child's place do this",
    ))
}

/// One of the three, or a party they invited.
pub(super) fn as_participant(state: &State, context: &super::decide::Now<'_>) -> Result<(), Rejection> {
    let actor = context.actor;
    if assesses(state, actor.department(), &actor.unit_id, &actor.area) {
        return Ok(());
    }
    Err(Rejection::not_entitled(ASM_1, "未受邀参与评估", "not invited to this assessment"))
}
