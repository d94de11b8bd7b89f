//! Steps towards the parents (DSP-2a to DSP-2c): who they are, whether they answer, what they are told.

use super::State;
use super::step::{Facts, Step};
use crate::rules::{DSP_2A, DSP_2B, DSP_2C};
use kinward_contracts::dispatch::v1::{
    ContactOutcome, ParentAnswer, ParentContactAttempted, ParentRecorded, ParentStatus, incident_event::Event,
};
use kinward_contracts::r#type::v1::Relation;
use kinward_eventsourcing::{Rejection, Rule};

const FATHERS: [Relation; 3] = [Relation::Father, Relation::Stepfather, Relation::AdoptiveFather];
const MOTHERS: [Relation; 3] = [Relation::Mother, Relation::Stepmother, Relation::AdoptiveMother];

/// Whether no parent can be reached: both are on record, and each who is alive and known was tried in vain (DSP-2c).
pub(super) fn out_of_reach(state: &State) -> bool {
    let mut parents = state.parents.values();
    let on_record =
        |relations: &[Relation]| state.parents.values().any(|parent| relations.contains(&parent.relation()));
    on_record(&FATHERS)
        && on_record(&MOTHERS)
        && parents.all(|parent| !parent.can_be_reached() || parent.failed_attempts > 0)
}

pub(super) fn recorded(step: &Step<'_>, parent: &ParentRecorded) -> Result<Facts, Rejection> {
    let relation = parent.relation();
    if !FATHERS.contains(&relation) && !MOTHERS.contains(&relation) {
        return Err(Rejection::invalid(
            "relation",
            DSP_2C,
            "此处只登记父母（含继父母、养父母）",
            "record parents here: father or mother, step or adoptive ones too",
        ));
    }
    if parent.status() == ParentStatus::Unspecified {
        let (zh, en) = ("须写明父母是否在世、是否清楚下落", "say whether there is anybody to be reached");
        return Err(Rejection::invalid("status", DSP_2C, zh, en));
    }
    Ok(step.fact(parent.clone()))
}

pub(super) fn contacted(step: &Step<'_>, attempt: &ParentContactAttempted) -> Result<Facts, Rejection> {
    let parent = step.state.parents.get(&attempt.person_id).ok_or_else(|| unknown(DSP_2C))?;
    let answered = attempt.answer() != ParentAnswer::Unspecified;
    match attempt.outcome() {
        ContactOutcome::Unspecified => Err(Rejection::invalid(
            "outcome",
            DSP_2C,
            "须写明是否联系上",
            "say whether the parent was reached",
        )),
        ContactOutcome::Reached if !answered => Err(Rejection::invalid(
            "answer",
            DSP_2B,
            "联系上的须记录答复",
            "a parent who was reached answered something",
        )),
        ContactOutcome::Failed if answered => Err(Rejection::invalid(
            "answer",
            DSP_2C,
            "未联系上的没有答复",
            "a parent who was not reached answered nothing",
        )),
        ContactOutcome::Reached | ContactOutcome::Failed => {
            Ok(step.fact(ParentContactAttempted { relation: parent.relation, ..attempt.clone() }))
        }
    }
}

/// Parents are ordered, admonished or notified: parents on record, at least one.
pub(super) fn addressed(step: &Step<'_>, event: &Event) -> Result<Facts, Rejection> {
    let (person_ids, rule) = match event {
        Event::ParentsOrderedToReturn(ordered) => (ordered.person_ids.as_slice(), DSP_2A),
        Event::ParentsAdmonished(admonished) => (admonished.person_ids.as_slice(), DSP_2A),
        Event::ParentsNotified(notified) => (notified.person_ids.as_slice(), DSP_2C),
        _ => (&[][..], DSP_2A),
    };
    if person_ids.is_empty() {
        return Err(Rejection::invalid("person_ids", rule, "请写明父或母", "name the parents"));
    }
    if !person_ids.iter().all(|person_id| step.state.parents.contains_key(person_id)) {
        return Err(unknown(rule));
    }
    Ok(step.fact(event.clone()))
}

fn unknown(rule: Rule) -> Rejection {
    Rejection::unknown(rule, "未登记此父母", "record this parent first")
}
