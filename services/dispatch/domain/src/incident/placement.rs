//! Temporary care (DSP-2c, DSP-2e): when police may bring the child there, and who holds the child (BEY-3).

use super::step::{Facts, Step};
use super::{Placement, parents};
use crate::rules::{BEY_3, DSP_2C};
use kinward_contracts::dispatch::v1::{
    ChildPlacedTemporarily, PlacementEnd, PlacementEnded, PlacementKind, PlacementReviewed,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::Situation;
use kinward_eventsourcing::Rejection;

/// Situations in which police take the child out of danger, whatever the parents say (DSP-2e, DSP-2f).
const REMOVAL: [Situation; 3] =
    [Situation::DomesticViolence, Situation::UnlawfulInfringement, Situation::CoercedBegging];

pub(super) fn place(step: &Step<'_>, placed: &ChildPlacedTemporarily) -> Result<Facts, Rejection> {
    let state = step.state;
    has_giver_and_taker(placed)?;
    if state.placements.iter().any(|known| known.placement_id == placed.placement_id) {
        let (zh, en) = ("此临时照料已登记", "this placement is recorded already");
        return Err(Rejection::exists(BEY_3, &placed.placement_id, zh, en));
    }
    if state.open_placement().is_some() {
        return Err(Rejection::wrong_state(BEY_3, "已有未结束的临时照料", "end the open placement first"));
    }
    if let Some(last) = state.handed_on() {
        return hand_on(step, last, placed);
    }
    if !state.is_any(&REMOVAL) && !parents::out_of_reach(state) {
        return Err(Rejection::wrong_state(
            DSP_2C,
            "须先登记父母双方，并对每位在世且已知的父母有未联系上的记录",
            "record both parents first, and a failed contact attempt for each who is alive and known",
        ));
    }
    if state.placements.last().and_then(|last| last.until).is_some_and(|until| step.at < until) {
        return Err(contiguous());
    }
    Ok(begin(step, placed))
}

/// The next placement begins when the last one ended, and its giver is who held the child.
fn hand_on(step: &Step<'_>, last: &Placement, placed: &ChildPlacedTemporarily) -> Result<Facts, Rejection> {
    if last.taker_unit_id.as_ref().is_some_and(|holder| *holder != placed.giver_unit_id) {
        return Err(Rejection::wrong_state(
            BEY_3,
            "移交单位并非现照料单位",
            "the giver does not hold the child",
        ));
    }
    let step = last.until.and_then(|until| step.moved_to(until)).ok_or_else(contiguous)?;
    Ok(begin(&step, placed))
}

fn begin(step: &Step<'_>, placed: &ChildPlacedTemporarily) -> Facts {
    let clock_id = care_clock(&placed.placement_id);
    let from_at = Some(timestamp(step.at));
    let mut facts =
        step.fact(ChildPlacedTemporarily { from_at, child: Some(step.child()), ..placed.clone() });
    step.start(&mut facts, "temporary-care-review", "", &clock_id);
    facts
}

/// Every hand-over has giver, taker and place; the taker is a relative, or a unit of that kind.
fn has_giver_and_taker(placed: &ChildPlacedTemporarily) -> Result<(), Rejection> {
    let missing = |field: &str, zh: &str, en: &str| Err(Rejection::invalid(field, BEY_3, zh, en));
    if placed.giver_unit_id.is_empty() {
        return missing("giver_unit_id", "请写明移交单位", "name the unit that gives the child");
    }
    if placed.place.is_none() {
        return missing("place", "请写明交接地点", "name the place of the hand-over");
    }
    let (relative, unit) = (placed.taker_person_id.is_some(), placed.taker_unit_id.is_some());
    match placed.kind() {
        PlacementKind::Unspecified => missing("kind", "请写明去处", "say what kind of care it is"),
        PlacementKind::CloseRelative if !relative || unit => missing(
            "taker_name",
            "请写明接收的近亲属（且仅此一方）",
            "name the relative who takes the child, and no unit",
        ),
        PlacementKind::CloseRelative => Ok(()),
        _ if !unit || relative => missing(
            "taker_unit_id",
            "请写明接收单位（且仅此一方）",
            "name the unit that takes the child, and no relative",
        ),
        _ => Ok(()),
    }
}

/// Care goes on, and is reviewed again: it is never open-ended.
pub(super) fn review(step: &Step<'_>, reviewed: &PlacementReviewed) -> Result<Facts, Rejection> {
    open(step, &reviewed.placement_id)?;
    let mut facts = step.fact(reviewed.clone());
    step.restart(&mut facts, "temporary-care-review", &care_clock(&reviewed.placement_id))?;
    Ok(facts)
}

pub(super) fn end(step: &Step<'_>, ended: &PlacementEnded) -> Result<Facts, Rejection> {
    let from = open(step, &ended.placement_id)?.from;
    if ended.end() == PlacementEnd::Unspecified {
        return Err(Rejection::invalid("end", DSP_2C, "请写明如何结束", "say how it ended"));
    }
    if step.at < from {
        return Err(Rejection::time(
            "occurred_at",
            BEY_3,
            "不能早于开始时间",
            "lies before the placement began",
        ));
    }
    Ok(over(step, ended))
}

/// Civil affairs took over, and who takes the child is on its record from that moment on: neither overlap nor gap.
/// Where the placement began later, there is nothing to end; the list of hand-overs shows the overlap.
pub(super) fn taken_over(step: &Step<'_>) -> Facts {
    let held = step.state.open_placement().filter(|open| open.from <= step.at);
    let ended = held.map(|open| PlacementEnded {
        placement_id: open.placement_id.clone(),
        end: PlacementEnd::CustodyCase.into(),
        until_at: None,
    });
    ended.map(|ended| over(step, &ended)).unwrap_or_default()
}

fn over(step: &Step<'_>, ended: &PlacementEnded) -> Facts {
    let mut facts = step.fact(PlacementEnded { until_at: Some(timestamp(step.at)), ..ended.clone() });
    step.done(&mut facts, &care_clock(&ended.placement_id));
    facts
}

fn open<'a>(step: &Step<'a>, placement_id: &str) -> Result<&'a Placement, Rejection> {
    let open = step.state.open_placement().filter(|open| open.placement_id == placement_id);
    open.ok_or_else(|| {
        let (zh, en) = ("没有此未结束的临时照料", "there is no such open placement");
        Rejection::unknown(BEY_3, zh, en)
    })
}

fn contiguous() -> Rejection {
    let zh = "须与上一次交接的时间相接";
    Rejection::time("occurred_at", BEY_3, zh, "must follow the last hand-over without overlap or gap")
}

pub(super) fn care_clock(placement_id: &str) -> String {
    format!("temporary-care-review-{placement_id}")
}
