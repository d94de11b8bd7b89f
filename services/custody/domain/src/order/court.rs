//! What the court does with an application and an order (LAW-4): it accepts, decides in time, serves, extends, varies,
//! revokes.

use super::State;
use super::decide::{DECISION, Facts, Now};
use crate::rules::{BEY_1, LAW_4, LAW_4_SERVICE, LAW_4_VALIDITY};
use chrono::{DateTime, NaiveDate, Utc};
use kinward_contracts::custody::v1::{
    Measure, OrderApplicationAccepted, OrderStage, ProtectionOrderExtended, ProtectionOrderGranted,
    ProtectionOrderRefused, ProtectionOrderRevoked, ProtectionOrderServed, ProtectionOrderVaried, ServedOn,
};
use kinward_contracts::r#type::v1::{Department, Sealed};
use kinward_eventsourcing::{Fact, Rejection, clock_facts};
use kinward_statute::{add_months, day_of, more_than};

/// Months for which an order is in force at most; "at most" includes the day on which they are full.
pub(super) const MONTHS_IN_FORCE: u32 = 6;

/// The court accepts: from now on it has 72 hours, 24 where it is urgent.
pub(super) fn accept(
    state: &State,
    accepted: OrderApplicationAccepted,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    step(state, OrderStage::Applied, at, context)?;
    let variant = if accepted.urgent { "urgent" } else { "" };
    let area = state.village_code.as_deref().unwrap_or_default();
    let mut facts = vec![Fact::at(at, accepted)];
    facts.extend(context.reference.start("protection-order", variant, DECISION, at, area).map(Fact::now));
    Ok(facts)
}

/// The court grants, for at most six months from that day.
pub(super) fn grant(
    state: &State,
    granted: &ProtectionOrderGranted,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    step(state, OrderStage::Accepted, at, context)?;
    measures(&granted.measures, granted.other_measures.as_ref())?;
    let until = day("valid_until", &granted.valid_until)?;
    if until < day_of(at) {
        return Err(Rejection::time(
            "valid_until",
            LAW_4_VALIDITY,
            "有效期不能早于作出之日",
            "the last day lies before the order",
        ));
    }
    at_most(until, day_of(at))?;
    let made = ProtectionOrderGranted {
        child: Some(state.child()),
        village_code: state.village_code.clone(),
        respondent_person_id: state.respondent_person_id.clone(),
        ..granted.clone()
    };
    let mut facts = vec![Fact::at(at, made)];
    facts.extend(clock_facts(state.clocks.done(DECISION, at)));
    Ok(facts)
}

/// The court refuses.
pub(super) fn refuse(
    state: &State,
    refused: &ProtectionOrderRefused,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    step(state, OrderStage::Accepted, at, context)?;
    let mut facts = vec![Fact::at(at, refused.clone())];
    facts.extend(clock_facts(state.clocks.done(DECISION, at)));
    Ok(facts)
}

/// The order as it now stands is served: on the applicant, the respondent, police and the village committee.
pub(super) fn serve(
    state: &State,
    served: ProtectionOrderServed,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    as_court(context)?;
    in_force(state, at)?;
    if served.served_on() == ServedOn::Unspecified {
        return Err(Rejection::invalid("served_on", LAW_4_SERVICE, "须注明送达对象", "name on whom"));
    }
    if at < state.stands_since {
        return Err(Rejection::time(
            "occurred_at",
            BEY_1,
            "不能早于保护令作出或者变更的时间",
            "this lies before the order as it now stands",
        ));
    }
    if state.served.contains(&served.served_on) {
        return Ok(Vec::new());
    }
    Ok(vec![Fact::at(at, served)])
}

/// Before it expires, the court extends: again by at most six months.
pub(super) fn extend(
    state: &State,
    extended: &ProtectionOrderExtended,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    as_court(context)?;
    in_force(state, at)?;
    let (until, was) = (day("valid_until", &extended.valid_until)?, state.valid_until.unwrap_or_default());
    if until <= was {
        return Err(Rejection::time(
            "valid_until",
            LAW_4_VALIDITY,
            "延长后的期限须晚于原期限",
            "an extension ends later than before",
        ));
    }
    at_most(until, was)?;
    let was_valid_until = was.to_string();
    let extended = ProtectionOrderExtended {
        was_valid_until,
        child: Some(state.child()),
        village_code: state.village_code.clone(),
        ..extended.clone()
    };
    Ok(vec![Fact::at(at, extended)])
}

/// Before it expires, the court varies its measures.
pub(super) fn vary(
    state: &State,
    varied: &ProtectionOrderVaried,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    as_court(context)?;
    in_force(state, at)?;
    measures(&varied.measures, varied.other_measures.as_ref())?;
    let varied = ProtectionOrderVaried {
        child: Some(state.child()),
        village_code: state.village_code.clone(),
        ..varied.clone()
    };
    Ok(vec![Fact::at(at, varied)])
}

/// Before it expires, the court revokes it, because the applicant asks.
pub(super) fn revoke(state: &State, at: DateTime<Utc>, context: &Now<'_>) -> Result<Facts, Rejection> {
    as_court(context)?;
    in_force(state, at)?;
    Ok(vec![Fact::at(at, revoked(state, false))])
}

/// The order is revoked, on review or not.
pub(super) fn revoked(state: &State, on_review: bool) -> ProtectionOrderRevoked {
    ProtectionOrderRevoked { on_review, child: Some(state.child()), village_code: state.village_code.clone() }
}

/// A step of the court in its order, and not before the one before it.
fn step(state: &State, stage: OrderStage, at: DateTime<Utc>, context: &Now<'_>) -> Result<(), Rejection> {
    as_court(context)?;
    if state.stage() != stage {
        return Err(Rejection::wrong_state(LAW_4, "申请不在此阶段", "the application is not at this stage"));
    }
    not_before(state.since, at)
}

/// Nothing happens before what it follows.
pub(super) fn not_before(since: DateTime<Utc>, at: DateTime<Utc>) -> Result<(), Rejection> {
    if at >= since {
        return Ok(());
    }
    Err(Rejection::time("occurred_at", BEY_1, "不能早于上一步骤", "this lies before the last step"))
}

/// The order must be in force at that moment.
pub(super) fn in_force(state: &State, at: DateTime<Utc>) -> Result<(), Rejection> {
    if state.in_force_at(at) {
        return Ok(());
    }
    Err(Rejection::wrong_state(
        LAW_4_VALIDITY,
        "此时保护令未生效或者已失效",
        "no order is in force at that moment",
    ))
}

pub(super) fn as_court(context: &Now<'_>) -> Result<(), Rejection> {
    if context.actor.department() == Department::Court {
        return Ok(());
    }
    Err(Rejection::not_entitled(LAW_4, "由人民法院办理", "only the court does this"))
}

fn at_most(until: NaiveDate, from: NaiveDate) -> Result<(), Rejection> {
    if more_than(until, add_months(from, MONTHS_IN_FORCE)) {
        return Err(Rejection::time(
            "valid_until",
            LAW_4_VALIDITY,
            "有效期不超过六个月",
            "an order is in force for at most six months",
        ));
    }
    Ok(())
}

/// At least one of the four kinds; other measures are said in words, and nothing else is.
fn measures(kinds: &[i32], other: Option<&Sealed>) -> Result<(), Rejection> {
    let (field, zh, en) = if kinds.is_empty() || kinds.contains(&Measure::Unspecified.into()) {
        ("measures", "须注明保护措施", "name the measures")
    } else if kinds.contains(&Measure::Other.into()) != other.is_some() {
        ("other_measures", "其他措施须写明内容", "say what other measures, and only those")
    } else {
        return Ok(());
    };
    Err(Rejection::invalid(field, LAW_4, zh, en))
}

fn day(field: &str, text: &str) -> Result<NaiveDate, Rejection> {
    text.parse().map_err(|_| Rejection::invalid(field, BEY_1, "没有这一天", "there is no such day"))
}
