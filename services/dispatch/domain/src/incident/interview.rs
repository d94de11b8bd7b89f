//! How police ask a minor, as victim or witness (LAW-5).

use super::step::{Facts, Step};
use crate::rules::{BEY_4, LAW_5};
use kinward_contracts::dispatch::v1::{Interviewee, MinorInterviewed};
use kinward_contracts::r#type::v1::Situation;
use kinward_eventsourcing::Rejection;
use kinward_statute::conducted_well;

/// Situations that make a case a violent one.
const VIOLENT: [Situation; 2] = [Situation::DomesticViolence, Situation::UnlawfulInfringement];

pub(super) fn interview(step: &Step<'_>, interviewed: &MinorInterviewed) -> Result<Facts, Rejection> {
    let (state, interview) = (step.state, interviewed.interview.clone().unwrap_or_default());
    let interviewee = interviewed.interviewee();
    if interviewee == Interviewee::Unspecified {
        return Err(Rejection::invalid("interviewee", LAW_5, "请写明被询问人", "say who was asked"));
    }
    if interview.adult_person_id.as_ref().is_some_and(|adult| state.infringers.contains(adult)) {
        let (zh, en) = ("涉嫌侵害人不得作为合适成年人", "the alleged infringer is no suitable adult");
        return Err(Rejection::not_entitled(BEY_4, zh, en));
    }
    if let Some(evidence_id) = &interviewed.evidence_id
        && !state.evidence.contains_key(evidence_id)
    {
        let (zh, en) = ("没有此证据", "there is no such evidence");
        return Err(Rejection::unknown(LAW_5, zh, en));
    }
    let grave = state.is_any(&VIOLENT) || state.all_signs().sexual_abuse_suspected;
    // witnesses may be several
    let asked_before = interviewee == Interviewee::Victim && state.interviews.contains(&interviewee.into());
    conducted_well(&interview, grave, asked_before)?;
    Ok(step.fact(interviewed.clone()))
}
