//! The rapid search for a missing child (DSP-2d): opened once, reviewed until it ends, found or not.

use super::step::{Facts, Step};
use crate::rules::DSP_2D;
use kinward_contracts::dispatch::v1::{
    BulletinAddressee, SearchEnd, SearchEnded, SearchOpened, SearchReviewed, SightingRecorded,
};
use kinward_contracts::r#type::v1::{Department, Situation};
use kinward_contracts::{instant, timestamp};
use kinward_eventsourcing::Rejection;
use std::collections::BTreeSet;

/// Names the clock, and its only id: one search runs at a time.
pub(super) const REVIEW: &str = "missing-search-review";

pub(super) fn open(step: &Step<'_>, opened: &SearchOpened) -> Result<Facts, Rejection> {
    if !step.state.is_any(&[Situation::Missing]) {
        return refused("仅失踪情形启动查找", "a search is for a missing child");
    }
    if step.state.search_is_open() {
        return refused("查找正在进行，请登记复核", "the search is open: record a review of it");
    }
    let addressees = addressees(step, opened);
    let mut facts = step.fact(SearchOpened { addressees, ..opened.clone() });
    step.start(&mut facts, REVIEW, "", REVIEW);
    Ok(facts)
}

/// Police of the areas, and the units that the register knows, each once.
fn addressees(step: &Step<'_>, opened: &SearchOpened) -> Vec<BulletinAddressee> {
    let police = |area: &String| (Department::PublicSecurity.into(), area.clone());
    let units = opened.unit_ids.iter().filter_map(|unit_id| step.reference().units.get(unit_id));
    let units = units.map(|unit| (unit.department, unit.area.clone()));
    written(opened.areas.iter().map(police).chain(units).collect::<BTreeSet<_>>())
}

fn written(addressees: impl IntoIterator<Item = (i32, String)>) -> Vec<BulletinAddressee> {
    addressees.into_iter().map(|(department, area)| BulletinAddressee { department, area }).collect()
}

pub(super) fn review(step: &Step<'_>, reviewed: &SearchReviewed) -> Result<Facts, Rejection> {
    must_be_open(step)?;
    let mut facts = step.fact(reviewed.clone());
    step.restart(&mut facts, REVIEW, REVIEW)?;
    Ok(facts)
}

pub(super) fn end(step: &Step<'_>, ended: &SearchEnded) -> Result<Facts, Rejection> {
    must_be_open(step)?;
    if ended.end() == SearchEnd::Unspecified {
        return Err(Rejection::invalid("end", DSP_2D, "请写明是否找到", "say whether the child was found"));
    }
    step.not_before(step.state.clocks.get(REVIEW).map(|clock| clock.started_at))?;
    let addressees = written(step.state.bulletin_to.clone());
    let mut facts = step.fact(SearchEnded { addressees, ..ended.clone() });
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
