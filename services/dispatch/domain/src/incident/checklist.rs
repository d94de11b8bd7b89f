//! Which dispositions are mandatory: the union over the incident's situations (DSP-2, DSP-3).
//!
//! How the policy is read: parents who can be reached are ordered to return or name a trustee, and admonished
//! (DSP-2a), or their answer is on record (DSP-2b); in both, the child is in somebody's care. Where they refuse, that
//! is a trustee police name, or civil affairs, who must step in (LAW-3). Where no parent can be reached, escort to
//! temporary care and help to notify them stand in for it (DSP-2c); whom nobody knows, or who is dead, is not
//! notified. DSP-3 applies to violence, infringement and accident always, and to the others when there are signs of
//! injury or crime, or where the district reads 上述情形 so (`evidence_scope`). A search ends before police are done (DSP-2d), and no child is between two placements (BEY-3).

use super::{State, parents};
use crate::rules::{BEY_3, DSP_2A, DSP_2B, DSP_2C, DSP_2D, DSP_2E, DSP_2F, DSP_3};
use kinward_contracts::dispatch::v1::ParentAnswer;
use kinward_contracts::r#type::v1::Situation;
use kinward_eventsourcing::{Missing, Rule};

/// One mandatory disposition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Machine-readable name.
    pub what: &'static str,
    /// Rule that requires it.
    pub rule: Rule,
    /// Event that did it; `None`: missing.
    pub done_by: Option<String>,
    /// What to do, Chinese.
    pub zh: &'static str,
    /// What to do, English.
    pub en: &'static str,
}

/// Situations of DSP-2b.
const GUARDIAN_FAILS: [Situation; 3] =
    [Situation::GuardianLostCapacity, Situation::GuardianNotPerforming, Situation::PoorGuardianship];
/// Situations of DSP-2f.
const INFRINGEMENT: [Situation; 3] =
    [Situation::UnlawfulInfringement, Situation::AccidentalInjury, Situation::CoercedBegging];

/// Every mandatory disposition, done or missing.
pub fn checklist(state: &State) -> Vec<Requirement> {
    let mut all = Vec::new();
    let mut require = |what, rule, done_by: Option<&str>, zh, en| {
        all.push(Requirement { what, rule, done_by: done_by.map(str::to_owned), zh, en });
    };
    if state.handed_on().is_some() {
        require(
            "child-handed-on",
            BEY_3,
            None,
            "登记交接后的去处",
            "record where the child was handed on to",
        );
    }
    let alone = state.is_any(&[Situation::LivingAlone]);
    let guardian_fails = state.is_any(&GUARDIAN_FAILS);
    let violence = state.is_any(&[Situation::DomesticViolence]);
    let infringement = state.is_any(&INFRINGEMENT);
    if (alone || guardian_fails) && parents::out_of_reach(state) {
        require(
            "child-placed",
            DSP_2C,
            state.done("child-placed"),
            "就近护送至临时监护照料",
            "escort the child to temporary care",
        );
        require(
            "parents-notified",
            DSP_2C,
            state.done("parents-notified"),
            "协助通知父母",
            "help to notify the parents",
        );
    } else {
        if alone {
            let ordered = state.done("parents-ordered-to-return").or(state.done("trustee-named"));
            require(
                "parents-ordered-to-return",
                DSP_2A,
                ordered,
                "责令父母立即返回或确定受委托监护人",
                "order the parents to return, or name a trustee",
            );
            require(
                "parents-admonished",
                DSP_2A,
                state.done("parents-admonished"),
                "对父母训诫",
                "admonish the parents",
            );
            let cared_for = answer(state).or(state.done("trustee-named")).or(state.done("child-placed"));
            require(
                "child-cared-for",
                DSP_2A,
                cared_for,
                "落实照料：父母返回、受委托监护人或临时照料",
                "see to care: a parent who returns, a trustee, or temporary care",
            );
        }
        if guardian_fails {
            let answered = answer(state).or(state.done("trustee-named"));
            require(
                "parents-contacted",
                DSP_2B,
                answered,
                "联系父母返回或委托其他亲属，并记录答复",
                "contact the parents to return or entrust a relative, with the answer",
            );
        }
    }
    if state.is_any(&[Situation::Missing]) {
        require(
            "search-opened",
            DSP_2D,
            state.done("search-opened"),
            "启动儿童失踪快速查找",
            "open the rapid search",
        );
        let ended = state.search_ended.as_deref().filter(|_| !state.search_is_open());
        require("search-ended", DSP_2D, ended, "查找有结果", "end the search, found or not");
    }
    if violence {
        require(
            "violence-stopped",
            DSP_2E,
            state.done("violence-stopped"),
            "依法制止家庭暴力",
            "stop the violence",
        );
        let in_institution = state.placements.iter().any(super::Placement::in_institution);
        if in_institution || state.all_signs().serious_injury {
            require(
                "civil-affairs-asked",
                DSP_2E,
                state.done("civil-affairs-asked"),
                "通知并协助民政部门安置",
                "notify civil affairs and help with placement",
            );
        }
    }
    if infringement {
        require(
            "infringement-stopped",
            DSP_2F,
            state.done("infringement-stopped"),
            "依法制止、实施保护",
            "stop it and protect the child",
        );
    }
    let set = state.all_situations().iter().any(|situation| state.evidence_always.contains(situation));
    if violence || infringement || set || state.all_signs().of_injury_or_crime() {
        require("evidence-taken", DSP_3, state.done("evidence-taken"), "调查取证", "take evidence");
        require(
            "medical-care-referred",
            DSP_3,
            state.done("medical-care-referred"),
            "协助就医",
            "help with medical care",
        );
        require(
            "injury-appraisal-referred",
            DSP_3,
            state.done("injury-appraisal-referred"),
            "鉴定伤情",
            "have the injuries appraised",
        );
    }
    all
}

/// What is missing of the checklist.
pub fn missing(state: &State) -> Vec<Missing> {
    checklist(state)
        .into_iter()
        .filter(|requirement| requirement.done_by.is_none())
        .map(|requirement| Missing::new(requirement.rule, requirement.what, requirement.zh, requirement.en))
        .collect()
}

/// Event in which a parent agreed to return or to entrust.
fn answer(state: &State) -> Option<&str> {
    state.parents.values().find_map(|parent| {
        parent.answered(ParentAnswer::Returns).or_else(|| parent.answered(ParentAnswer::Entrusts))
    })
}
