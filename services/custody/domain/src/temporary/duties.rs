//! Which duties of temporary guardianship are open (BEY-2): civil affairs decides every stay, at the latest when its clock
//! runs out.

use super::State;
use crate::rules::{LAW_3, LAW_3_RETURN};
use kinward_contracts::r#type::v1::Department;
use kinward_statute::Duty;

/// The open duties.
pub fn duties(state: &State) -> Vec<Duty> {
    let Some(stay) = state.stay() else { return Vec::new() };
    let says = (
        "对临时监护作出决定：送回监护人、交由指定监护人或者转为长期监护",
        "decide the temporary guardianship: return, the designated guardian, or long-term guardianship",
    );
    let clock = state.clocks.get(&State::clock_id(&stay.stay_id));
    let duty =
        Duty::new("decide-temporary-guardianship", says, Department::CivilAffairs, stay.began_at, LAW_3)
            .about(&stay.stay_id)
            .timed(clock);
    if stay.fit().next().is_some() {
        return vec![duty.needs(
            "return",
            "送回经评估合格的监护人",
            "the return to the guardian who was found fit",
        )];
    }
    vec![Duty { rule: LAW_3_RETURN, ..duty }.needs(
        "guardian-assessed-fit",
        "评估监护人是否重新具备履行监护职责条件",
        "an assessment of whether the guardian is fit again",
    )]
}
