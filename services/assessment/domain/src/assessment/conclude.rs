//! The conclusion: by the township as lead, with nothing missing; its risk sets the day of reassessment (ASM-1, ASM-4).

use super::State;
use super::decide::{Facts, Now, clock};
use super::missing::missing;
use super::parties::as_party;
use super::reassess::REASSESSMENT;
use crate::rules::{ASM_1, ASM_4, BEY_1};
use chrono::{DateTime, Utc};
use kinward_contracts::assessment::v1::{AssessmentFinalised, Risk};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{Fact, Rejection, clock_facts};

pub(super) fn finalise(
    state: &State,
    finalised: &AssessmentFinalised,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    not_before(state, at)?;
    as_party(state, context)?;
    if context.actor.department() != Department::Township {
        return Err(Rejection::not_entitled(
            ASM_1,
            "由牵头的乡镇（街道、园区）形成结论",
            "the township finalises it, as lead",
        ));
    }
    let missing = missing(state);
    if !missing.is_empty() {
        return Err(Rejection::missing(ASM_1, missing));
    }
    let variant = match finalised.risk() {
        Risk::Unspecified => {
            return Err(Rejection::invalid("risk", ASM_4, "须注明风险等级", "name the risk"));
        }
        Risk::High => "high",
        Risk::Medium => "medium",
        Risk::Low => "low",
    };
    // without them no custody case can open, and the grounds would be lost
    if !finalised.grounds.is_empty() && finalised.guardian_person_ids.is_empty() {
        return Err(Rejection::invalid(
            "guardian_person_ids",
            ASM_4,
            "发现撤销监护人资格情形的须注明监护人",
            "grounds were found: name the guardians concerned",
        ));
    }
    let mut facts = vec![Fact::at(at, completed(state, finalised))];
    facts.extend(clock_facts(state.clocks.done("assessment", at)));
    // where a later assessment is under way already, that one sets when to assess again
    if state.later.is_none() {
        facts.extend(clock(REASSESSMENT, variant, at, state.village_code.as_ref(), context));
    }
    Ok(facts)
}

/// With what others need and the request does not say: whose conclusion it is, and what it rests on.
fn completed(state: &State, finalised: &AssessmentFinalised) -> AssessmentFinalised {
    let inputs = state.participants.values().filter_map(|one| one.input.as_ref());
    let findings = state.findings.values().chain(state.inputs.values()).chain(inputs);
    AssessmentFinalised {
        child: Some(state.child()),
        village_code: state.village_code.clone(),
        incident_id: state.incident_id.clone(),
        finding_event_ids: findings.cloned().collect(),
        ..finalised.clone()
    }
}

/// Nothing is concluded before it was opened.
fn not_before(state: &State, at: DateTime<Utc>) -> Result<(), Rejection> {
    if at < state.opened_at {
        return Err(Rejection::time(
            "occurred_at",
            BEY_1,
            "结论不能早于评估启动",
            "the assessment was not open yet",
        ));
    }
    Ok(())
}
