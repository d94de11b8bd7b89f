//! Delivering: attempt, outcome, retry, dead letter, request (DSP-4); quiet hours; who is never sent anything (BEY-4).

use super::delivery::{Delivery, Phase, message_id};
use super::{Attempt, State};
use crate::quiet::quiet_until;
use crate::rules::{BEY_4, DSP_4};
use chrono::{DateTime, TimeDelta, Utc};
use kinward_contracts::notification::v1::{
    DeliveryAttempted, DeliveryDeadLettered, DeliveryDeferred, DeliveryFailed, DeliveryFellDue,
    DeliveryOutcomeUnknown, DeliveryResendRequested, DeliverySucceeded, DeliveryWithheld, FailureKind,
    NoticeEvent,
};
use kinward_contracts::timestamp;
use kinward_eventsourcing::{Context, Fact, Rejection};
use kinward_statute::Reference;
use serde::{Deserialize, Serialize};

type Facts = Vec<Fact<NoticeEvent>>;
type Now<'a> = Context<'a, Reference>;

/// Seconds between an attempt that did not succeed and the next one; after the last the delivery is given up.
const BACKOFF: [i64; 5] = [30, 120, 600, 3_600, 21_600];

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Came {
    /// The receiving server took it.
    Taken(String),
    /// It certainly did not succeed; trying again can help.
    Refused(String),
    /// It certainly did not succeed, and never will.
    Impossible(String),
    /// No answer came: it may have arrived.
    NoAnswer(String),
    /// The sender was stopped in between: it may have arrived.
    Interrupted,
}

fn not_now(zh: &str, en: &str) -> Rejection {
    Rejection::wrong_state(DSP_4, zh, en)
}

/// Records that an attempt is about to be made; or that it is not made now, or never.
pub(super) fn attempt(state: &State, attempt: &Attempt, context: &Now<'_>) -> Result<Facts, Rejection> {
    let endpoint_id = attempt.endpoint_id.clone();
    let delivery = state.deliveries.get(&endpoint_id).cloned().unwrap_or_default();
    if delivery.phase != Phase::Due || attempt.number != delivery.attempts + 1 {
        return Err(not_now("此投递不在待投递状态", "the delivery is not due, or another sender was first"));
    }
    let holder = attempt.endpoint.holder_person_id.as_ref();
    if holder.is_some_and(|holder| attempt.infringers.contains(holder)) {
        return Ok(vec![Fact::now(DeliveryWithheld { endpoint_id })]);
    }
    let quiet = attempt.endpoint.quiet_hours.and_then(|quiet| quiet_until(quiet, context.now));
    if let (Some(until), false) = (quiet, state.immediate()) {
        return Ok(vec![Fact::now(DeliveryDeferred { endpoint_id, until: Some(timestamp(until)) })]);
    }
    Ok(vec![Fact::now(DeliveryAttempted {
        attempt_id: context.command_id.new_id("attempt"),
        channel: attempt.endpoint.channel,
        message_id: message_id(context.id, &endpoint_id),
        endpoint_id,
        number: attempt.number,
        child_named: attempt.child_named,
    })])
}

/// Records what came of an attempt; a second word on it changes nothing.
pub(super) fn settle(
    state: &State,
    endpoint_id: &str,
    attempt: &str,
    came: &Came,
    context: &Now<'_>,
) -> Facts {
    let Some(delivery) = state.deliveries.get(endpoint_id) else { return Vec::new() };
    if !matches!(&delivery.phase, Phase::Attempting { attempt_id } if attempt_id == attempt) {
        return Vec::new();
    }
    let (endpoint_id, attempt_id) = (endpoint_id.to_owned(), attempt.to_owned());
    let wait = usize::try_from(delivery.tried).ok().and_then(|tried| BACKOFF.get(tried.saturating_sub(1)));
    let retry_at = wait.map(|seconds| timestamp(context.now + TimeDelta::seconds(*seconds)));
    let dead = |code: &str| {
        let (endpoint_id, code) = (endpoint_id.clone(), code.to_owned());
        Fact::now(DeliveryDeadLettered { endpoint_id, attempts: delivery.attempts, code })
    };
    let (fact, last) = match came {
        Came::Taken(code) => {
            let (endpoint_id, code) = (endpoint_id.clone(), code.clone());
            (Fact::now(DeliverySucceeded { attempt_id, endpoint_id, code }), None)
        }
        Came::Refused(code) | Came::Impossible(code) => {
            let transient = matches!(came, Came::Refused(_));
            let kind = if transient { FailureKind::Transient } else { FailureKind::Permanent };
            let failed = DeliveryFailed {
                attempt_id,
                endpoint_id: endpoint_id.clone(),
                kind: kind.into(),
                code: code.clone(),
                retry_at: retry_at.filter(|_| transient),
            };
            let last = (!transient || retry_at.is_none()).then(|| dead(code));
            (Fact::now(failed), last)
        }
        Came::NoAnswer(_) | Came::Interrupted => {
            let (code, retry_at_once) = match came {
                Came::NoAnswer(code) => (code.as_str(), false),
                _ => ("interrupted", true),
            };
            let unknown = DeliveryOutcomeUnknown {
                attempt_id,
                endpoint_id: endpoint_id.clone(),
                code: code.to_owned(),
                retry_at: retry_at.filter(|_| !retry_at_once),
            };
            (Fact::now(unknown), retry_at.is_none().then(|| dead(code)))
        }
    };
    std::iter::once(fact).chain(last).collect()
}

/// Gives up what cannot be attempted, so that it is seen.
pub(super) fn give_up(state: &State, endpoint_id: &str, code: &str) -> Facts {
    let delivery = state.deliveries.get(endpoint_id).cloned().unwrap_or_default();
    if delivery.phase != Phase::Due {
        return Vec::new();
    }
    let (endpoint_id, code) = (endpoint_id.to_owned(), code.to_owned());
    vec![Fact::now(DeliveryDeadLettered { endpoint_id, attempts: delivery.attempts, code })]
}

/// Somebody wants it sent again.
pub(super) fn resend(
    state: &State,
    endpoint_id: &str,
    occurred_at: Option<DateTime<Utc>>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let at = context.happened(occurred_at, crate::rules::BEY_1)?;
    match state.deliveries.get(endpoint_id).map(|delivery| &delivery.phase) {
        None => Err(Rejection::not_found(DSP_4, "没有此投递", "nothing was sent there")),
        Some(Phase::Withheld) => Err(Rejection::not_entitled(
            BEY_4,
            "对方涉嫌侵害，不得告知",
            "an alleged infringer is told nothing",
        )),
        Some(Phase::Delivered | Phase::DeadLettered) => {
            Ok(vec![Fact::at(at, DeliveryResendRequested { endpoint_id: endpoint_id.to_owned() })])
        }
        Some(_) => Err(not_now("投递尚在进行", "the delivery is still under way")),
    }
}

/// Deliveries whose moment has come.
pub(super) fn due(state: &State, now: DateTime<Utc>) -> Facts {
    let come = |delivery: &Delivery| delivery.until().is_some_and(|until| until <= now);
    let due = state.deliveries.iter().filter(|(_, delivery)| come(delivery));
    due.map(|(endpoint_id, _)| Fact::now(DeliveryFellDue { endpoint_id: endpoint_id.clone() })).collect()
}
