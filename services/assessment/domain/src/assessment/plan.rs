//! The plan: needs, each with services or the reason why none; six services, each ordered, delivered, reviewed, closed
//! with its outcome (ASM-2).

use super::missing::DIMENSIONS;
use super::{Item, State};
use crate::rules::ASM_2;
use kinward_contracts::assessment::v1::{
    Dimension, PlanDrawnUp, ServiceClosed, ServiceKind, ServiceOutcome, assessment_event::Event,
};
use kinward_eventsourcing::{Missing, Rejection};
use std::collections::BTreeSet;

/// A plan has goals, answers every dimension of concern with a need, and every need with services or the reason why
/// none.
pub(super) fn draw_up(state: &State, plan: &PlanDrawnUp) -> Result<(), Rejection> {
    if plan.goals.is_none() {
        return Err(Rejection::invalid("goals", ASM_2, "计划须有目标", "a plan has goals"));
    }
    let (needs, items) = (&plan.needs, &plan.items);
    let dimensions_named = needs.iter().all(|need| need.dimension() != Dimension::Unspecified);
    if needs.is_empty() || !once(needs.iter().map(|need| &need.need_id)) || !dimensions_named {
        return Err(Rejection::invalid(
            "needs",
            ASM_2,
            "计划须列明需求及其所属评估维度",
            "a plan names the needs, and the dimension that shows each",
        ));
    }
    let named = items.iter().all(|item| item.service() != ServiceKind::Unspecified);
    let placed = items.iter().all(|item| needs.iter().any(|need| need.need_id == item.need_id));
    if !once(items.iter().map(|item| &item.item_id)) || !named || !placed {
        return Err(Rejection::invalid(
            "services",
            ASM_2,
            "每项服务须为六类之一，并对应一项需求",
            "each service is one of the six, and answers a need",
        ));
    }
    let missing = unanswered(state, plan);
    if missing.is_empty() { Ok(()) } else { Err(Rejection::missing(ASM_2, missing)) }
}

fn once<'a>(ids: impl Iterator<Item = &'a String>) -> bool {
    let mut seen = BTreeSet::new();
    ids.into_iter().all(|id| seen.insert(id))
}

/// Dimensions of concern without a need, and needs without an answer: exactly one of services and a reason.
fn unanswered(state: &State, plan: &PlanDrawnUp) -> Vec<Missing> {
    let of_concern = DIMENSIONS.iter().filter(|(dimension, ..)| {
        let score = state.dimensions.get(&i32::from(*dimension)).copied().unwrap_or_default();
        score > 0 && !plan.needs.iter().any(|need| need.dimension() == *dimension)
    });
    let needs = of_concern.map(|(_, what, zh, en)| {
        Missing::new(
            ASM_2,
            what.replace("dimension", "need"),
            format!("{zh}显示的需求"),
            format!("the need that {en} shows"),
        )
    });
    let unclear = plan.needs.iter().enumerate().filter(|(_, need)| {
        let served = plan.items.iter().any(|item| item.need_id == need.need_id);
        served == need.no_service_reason.is_some()
    });
    let answers = unclear.map(|(index, _)| {
        Missing::new(
            ASM_2,
            format!("answer-needs[{index}]"),
            format!("第{}项需求的服务，或者不安排服务的理由（二者取一）", index + 1),
            format!("services for need {}, or the reason why none: one of the two", index + 1),
        )
    });
    needs.chain(answers).collect()
}

/// A step of one item.
pub(super) fn step(state: &State, event: &Event) -> Result<(), Rejection> {
    match event {
        Event::ServiceOrdered(ordered) => {
            let item = open(state, &ordered.item_id)?;
            require(item.provider.is_none(), "已安排", "it is ordered already")
        }
        Event::ServiceDelivered(delivered) => {
            let item = open(state, &delivered.item_id)?;
            require(item.provider.is_some(), "须先安排", "order it first")?;
            require(!item.ended, "评议后不再继续，须结项", "a review ended it: close it")
        }
        Event::ServiceReviewed(reviewed) => {
            let item = open(state, &reviewed.item_id)?;
            require(item.delivered > 0, "须先提供", "deliver it first")
        }
        Event::ServiceClosed(closed) => close(state, closed),
        _ => Ok(()),
    }
}

fn close(state: &State, closed: &ServiceClosed) -> Result<(), Rejection> {
    let item = open(state, &closed.item_id)?;
    match closed.outcome() {
        ServiceOutcome::Unspecified => {
            Err(Rejection::invalid("outcome", ASM_2, "须注明服务结果", "name the outcome"))
        }
        // what is not needed any more is neither delivered nor reviewed
        ServiceOutcome::NoLongerNeeded => Ok(()),
        _ => require(
            item.reviewed,
            "须先提供并评议，或者以不再需要结项",
            "deliver and review it first, or close it as no longer needed",
        ),
    }
}

/// The plan closes only when every item has an outcome.
pub(super) fn close_plan(state: &State) -> Result<(), Rejection> {
    let missing = open_items(state);
    if missing.is_empty() { Ok(()) } else { Err(Rejection::missing(ASM_2, missing)) }
}

/// Items without an outcome: what stands in the way of closing the plan.
pub fn open_items(state: &State) -> Vec<Missing> {
    let open = state.items.iter().filter(|(_, item)| item.outcome == 0);
    open.map(|(item_id, _)| {
        Missing::new(
            ASM_2,
            format!("outcome-{item_id}"),
            format!("项目 {item_id} 的结果"),
            format!("the outcome of item {item_id}"),
        )
    })
    .collect()
}

fn open<'a>(state: &'a State, item_id: &str) -> Result<&'a Item, Rejection> {
    match state.items.get(item_id) {
        None => Err(Rejection::unknown(ASM_2, "计划中没有此项目", "the plan has no such item")),
        Some(item) if item.outcome != 0 => {
            Err(Rejection::wrong_state(ASM_2, "项目已结项", "the item has its outcome"))
        }
        Some(item) => Ok(item),
    }
}

fn require(holds: bool, zh: &str, en: &str) -> Result<(), Rejection> {
    if holds { Ok(()) } else { Err(Rejection::wrong_state(ASM_2, zh, en)) }
}
