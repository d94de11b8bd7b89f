//! The rapid search for a missing child (DSP-2d): opened once, reviewed until it ends, found or not.

use super::step::{Facts, Step};
use crate::rules::DSP_2D;
use kinward_contracts::dispatch::v1::{
    SearchEnd, SearchEnded, SearchOpened, SearchReviewed, SightingRecorded,
};
use kinward_contracts::r#type::v1::Situation;
use kinward_contracts::{instant, timestamp};
use kinward_eventsourcing::Rejection;

/// Names the clock, and its only id: one search runs at a time.
pub(super) const REVIEW: &str = "missing-search-review";

pub(super) fn open(step: &Step<'_>, opened: &SearchOpened) -> Result<Facts, Rejection> {
    if !step.state.is_any(&[Situation::Missing]) {
        return refused("仅失踪情形启动查找", "a search is for a missing child");
    }
    if step.state.search_is_open() {
        return refused("查找正在进行，请登记复核", "the search is open: record a review of it");
    }
    let mut facts = step.fact(opened.clone());
    step.start(&mut facts, REVIEW, "", REVIEW);
    Ok(facts)
}

pub(super) fn review(step: &Step<'_>, reviewed: &SearchReviewed) -> Result<Facts, Rejection> {
    must_be_open(step)?;
    let mut facts = step.fact(reviewed.clone());
    step.restart(&mut facts, REVIEW, REVIEW)?;
    Ok(facts)
}

pub(super) fn end(step: &Step<'_>, ended: SearchEnded) -> Result<Facts, Rejection> {
    must_be_open(step)?;
    if ended.end() == SearchEnd::Unspecified {
        return Err(Rejection::invalid("end", DSP_2D, "请写明是否找到", "say whether the child was found"));
    }
    step.not_before(step.state.clocks.get(REVIEW).map(|clock| clock.started_at))?;
    let mut facts = step.fact(ended);
    step.done(&mut facts, REVIEW);
    Ok(facts)
}

/// Somebody saw the child: it may have been before anybody searched, and never in the future.
pub(super) fn sighting(step: &Step<'_>, sighting: &SightingRecorded) -> Result<Facts, Rejection> {
    must_be_open(step)?;
    if sighting.place.is_none() {
        return Err(Rejection::invalid("place", DSP_2D, "请写明地点", "say where the child was seen"));
    }
    let seen_at = step.moment(sighting.seen_at.as_ref().and_then(instant))?;
    Ok(step.fact(SightingRecorded { seen_at: Some(timestamp(seen_at)), ..sighting.clone() }))
}

fn must_be_open(step: &Step<'_>) -> Result<(), Rejection> {
    if step.state.search_is_open() {
        Ok(())
    } else {
        refused("没有进行中的查找", "no search is open")
    }
}

fn refused<T>(zh: &str, en: &str) -> Result<T, Rejection> {
    Err(Rejection::wrong_state(DSP_2D, zh, en))
}
