//! Which duties of an incident are open (BEY-2): the next step of police, every mandatory disposition that is missing,
//! and what runs on beside. From the checklist and the clocks that decide.

use super::checklist::{checklist, missing};
use super::found::{ON_SCENE, ON_SCENE_AT_ONCE};
use super::placement::care_clock;
use super::search::REVIEW;
use super::{State, parts::Placement};
use crate::rules::{DSP_1, DSP_2C, DSP_2D, DSP_5, LAW_1};
use chrono::{DateTime, Utc};
use kinward_contracts::dispatch::v1::{AssistanceState, Stage};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::Rule;
use kinward_statute::Duty;

/// A duty of police.
fn of(what: &'static str, rule: Rule, since: DateTime<Utc>, says: (&str, &str)) -> Duty {
    Duty::new(what, says, Department::PublicSecurity, since, rule)
}

/// The open duties, the next step first. An incident that follows another has none: they are the main one's.
pub fn duties(state: &State) -> Vec<Duty> {
    let Some(since) = state.stage_since.or(state.opened_at) else { return Vec::new() };
    if state.linked.is_some() {
        return Vec::new();
    }
    let mut open = Vec::new();
    if state.stage() == Stage::Concluded {
        open.extend(feedback(state, since));
    } else {
        open.extend(next_step(state, since));
        open.extend(dispositions(state, since));
    }
    open.extend(state.search_is_open().then(|| {
        let says = ("复核查找进展", "review the search");
        let clock = state.clocks.get(REVIEW);
        of("review-search", DSP_2D, clock.map_or(since, |clock| clock.started_at), says).timed(clock)
    }));
    open.extend(state.open_placement().map(|placement| care(state, placement)));
    open.extend(assistance(state));
    open
}

fn next_step(state: &State, since: DateTime<Utc>) -> Option<Duty> {
    let on_the_way = [ON_SCENE_AT_ONCE, ON_SCENE];
    let on_the_way = on_the_way.iter().find_map(|id| state.clocks.get(id));
    let step = |what, says, clock| Some(of(what, DSP_1, since, says).timed(clock));
    match state.stage() {
        Stage::Open => {
            step("accept-incident", ("受理警情", "accept the incident"), state.clocks.get("police-accept"))
        }
        Stage::Accepted => step("dispatch-unit", ("派出警力", "dispatch a unit"), on_the_way),
        Stage::Dispatched => step("arrive", ("到达现场", "be on the scene"), on_the_way),
        Stage::OnScene => {
            let says = ("完成处置", "conclude, every mandatory disposition done");
            step("conclude-incident", says, None).map(|duty| duty.lacking(missing(state)))
        }
        Stage::Unspecified | Stage::Concluded => None,
    }
}

fn dispositions(state: &State, since: DateTime<Utc>) -> impl Iterator<Item = Duty> {
    let missing = checklist(state).into_iter().filter(|requirement| requirement.done_by.is_none());
    missing.map(move |one| of(one.what, one.rule, since, (one.zh, one.en)))
}

/// Reporters who wait for the result; which of them, only police know.
fn feedback(state: &State, since: DateTime<Utc>) -> impl Iterator<Item = Duty> {
    let waiting = state.reports().into_iter().filter(|(report, _)| !state.told.contains(*report));
    waiting.map(move |(_, clock_id)| {
        let says = ("向报告人反馈结果", "tell the reporter the result");
        of("reporter-feedback", LAW_1, since, says).timed(state.clocks.get(&clock_id))
    })
}

fn care(state: &State, placement: &Placement) -> Duty {
    let says = ("复核或结束临时照料", "review the temporary care, or end it");
    let clock = state.clocks.get(&care_clock(&placement.placement_id));
    of("review-placement", DSP_2C, placement.from, says).timed(clock).about(&placement.placement_id)
}

fn assistance(state: &State) -> impl Iterator<Item = Duty> {
    let asked = i32::from(AssistanceState::Requested);
    state.assistance.iter().filter(move |(_, request)| request.state == asked).map(|(id, request)| {
        let says = ("答复协助请求", "answer the request for assistance");
        Duty::new("answer-assistance", says, Department::Unspecified, request.requested_at, DSP_5)
            .by_unit(&request.unit_id)
            .about(id)
    })
}
