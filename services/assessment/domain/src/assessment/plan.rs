//! The plan: six services, each ordered, delivered, reviewed, closed with its outcome (ASM-2).

use super::{Item, State};
use crate::rules::ASM_2;
use kinward_contracts::assessment::v1::{
    PlanDrawnUp, ServiceClosed, ServiceKind, ServiceOutcome, assessment_event::Event,
};
use kinward_contracts::r#type::v1::Reason;
use kinward_eventsourcing::{Missing, Rejection};

/// A plan names at least one service, each item once.
pub(super) fn draw_up(plan: &PlanDrawnUp) -> Result<(), Rejection> {
    let mut ids: Vec<&str> = plan.items.iter().map(|item| item.item_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let named = plan.items.iter().all(|item| item.service() != ServiceKind::Unspecified);
    if plan.items.is_empty() || ids.len() < plan.items.len() || !named {
        return Err(Rejection::invalid(
            "services",
            ASM_2,
            "计划须列明至少一项服务",
            "a plan names at least one of the six services",
        ));
    }
    Ok(())
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
    open.map(|(item_id, _)| Missing {
        what: format!("outcome-{item_id}"),
        zh: format!("项目 {item_id} 的结果"),
        en: format!("the outcome of item {item_id}"),
        rule: ASM_2,
    })
    .collect()
}

fn open<'a>(state: &'a State, item_id: &str) -> Result<&'a Item, Rejection> {
    match state.items.get(item_id) {
        None => Err(Rejection::new(
            Reason::UnknownReference,
            ASM_2,
            "计划中没有此项目",
            "the plan has no such item",
        )),
        Some(item) if item.outcome != 0 => {
            Err(Rejection::wrong_state(ASM_2, "项目已结项", "the item has its outcome"))
        }
        Some(item) => Ok(item),
    }
}

fn require(holds: bool, zh: &str, en: &str) -> Result<(), Rejection> {
    if holds { Ok(()) } else { Err(Rejection::wrong_state(ASM_2, zh, en)) }
}
