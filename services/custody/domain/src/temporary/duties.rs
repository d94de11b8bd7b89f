//! Which duties of temporary guardianship are open (BEY-2): civil affairs decides every stay, at the latest when its clock
//! runs out.

use super::State;
use crate::duty::OpenDuty;
use crate::rules::{LAW_3, LAW_3_RETURN};
use kinward_contracts::r#type::v1::Department;

/// The open duties.
pub fn duties(state: &State) -> Vec<OpenDuty> {
    let Some(stay) = state.stay() else { return Vec::new() };
    let says = (
        "对临时监护作出决定：送回监护人、交由指定监护人或者转为长期监护",
        "decide the temporary guardianship: return, the designated guardian, or long-term guardianship",
    );
    let clock = state.clocks.get(&State::clock_id(&stay.stay_id));
    let duty =
        OpenDuty::of(Department::CivilAffairs, "decide-temporary-guardianship", LAW_3, stay.began_at, says)
            .about(&stay.stay_id)
            .timed(clock);
    if stay.fit().next().is_some() {
        return vec![duty.needs(
            "return",
            "送回经评估合格的监护人",
            "the return to the guardian who was found fit",
        )];
    }
    vec![OpenDuty { rule: LAW_3_RETURN, ..duty }.needs(
        "guardian-assessed-fit",
        "评估监护人是否重新具备履行监护职责条件",
        "an assessment of whether the guardian is fit again",
    )]
}
