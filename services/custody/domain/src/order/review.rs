//! The one review, asked for within five days of the decision; the order stays in force meanwhile (LAW-4, 反家庭暴力法 31).

use super::State;
use super::court::{as_court, not_before, revoked};
use super::decide::{Facts, Now};
use crate::rules::LAW_4_REVIEW;
use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::{OrderStage, ReviewDecided, ReviewOutcome, ReviewRequested};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{Fact, Rejection};
use kinward_statute::{Period, Reference, Unit};

/// Within which the review is asked for: a period to act in, so a last day off moves to the next working day.
pub(super) const WITHIN: Period = Period { amount: 5, unit: Unit::Days };

/// The respondent asks when the order was granted, the applicant when it was refused.
pub(super) fn request(
    state: &State,
    requested: ReviewRequested,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let department = context.actor.department();
    let own = i32::from(department) == state.applicant_department;
    let takes_in = [Department::Court, Department::Justice].contains(&department);
    if !takes_in && (requested.by_respondent || !own) {
        return Err(Rejection::not_entitled(
            LAW_4_REVIEW,
            "由申请人、被申请人向作出裁定的人民法院申请",
            "the applicant or the respondent asks the court",
        ));
    }
    if state.review.is_some() {
        return Err(Rejection::wrong_state(LAW_4_REVIEW, "只能申请复议一次", "a review is asked for once"));
    }
    let decided = match (requested.by_respondent, state.stage()) {
        (true, OrderStage::InForce) | (false, OrderStage::Refused) => state.decided_at,
        _ => None,
    };
    let Some(decided) = decided else {
        return Err(Rejection::wrong_state(
            LAW_4_REVIEW,
            "没有可由其申请复议的裁定",
            "there is no decision of which this party may ask a review",
        ));
    };
    not_before(decided, at)?;
    let Reference { calendar, .. } = context.reference;
    if at >= calendar.end_of(decided, WITHIN, None).at {
        return Err(Rejection::time(
            "occurred_at",
            LAW_4_REVIEW,
            "须自裁定之日起五日内申请复议",
            "a review is asked for within five days of the decision",
        ));
    }
    Ok(vec![Fact::at(at, requested)])
}

/// The court upholds its decision or sets it aside: an order that is set aside is revoked, a refusal is decided anew.
pub(super) fn decide(
    state: &State,
    decided: ReviewDecided,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    as_court(context)?;
    let Some(review) = state.review.as_ref().filter(|review| !review.decided) else {
        return Err(Rejection::wrong_state(LAW_4_REVIEW, "没有待决定的复议", "no review is pending"));
    };
    not_before(review.at, at)?;
    let mut facts = vec![Fact::at(at, decided)];
    match decided.outcome() {
        ReviewOutcome::Unspecified => {
            return Err(Rejection::invalid("outcome", LAW_4_REVIEW, "须注明复议结果", "name the outcome"));
        }
        ReviewOutcome::SetAside if state.in_force_at(at) => {
            facts.push(Fact::at(at, revoked(state, true)));
        }
        ReviewOutcome::SetAside | ReviewOutcome::Upheld => {}
    }
    Ok(facts)
}
