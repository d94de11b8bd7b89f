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
use kinward_eventsourcing::{Missing, Rule};
use kinward_statute::{Clock, Outcome};

/// A duty that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDuty {
    /// What is to be done, such as `accept-incident`, or the name of a disposition.
    pub what: &'static str,
    /// The placement or request it is about; empty: the whole.
    pub about: String,
    /// Department that owes it; unspecified: the unit named.
    pub department: Department,
    /// Unit that owes it; empty: the department's.
    pub unit_id: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it is due; `None`: no clock runs for it.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether its clock was missed.
    pub overdue: bool,
    /// By which rule.
    pub rule: Rule,
    /// What to do, Chinese.
    pub zh: &'static str,
    /// What to do, English.
    pub en: &'static str,
    /// What is missing for it.
    pub missing: Vec<Missing>,
}

impl OpenDuty {
    fn of(
        what: &'static str,
        rule: Rule,
        since: DateTime<Utc>,
        (zh, en): (&'static str, &'static str),
    ) -> Self {
        Self {
            what,
            about: String::new(),
            department: Department::PublicSecurity,
            unit_id: String::new(),
            since,
            due_at: None,
            overdue: false,
            rule,
            zh,
            en,
            missing: Vec::new(),
        }
    }

    fn timed(self, clock: Option<&Clock>) -> Self {
        let overdue = clock.is_some_and(|clock| clock.outcome == Some(Outcome::Missed));
        Self { due_at: clock.map(|clock| clock.due_at), overdue, ..self }
    }
}

/// The open duties, the next step first. An incident that follows another has none: they are the main one's.
pub fn duties(state: &State) -> Vec<OpenDuty> {
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
        OpenDuty::of("review-search", DSP_2D, clock.map_or(since, |clock| clock.started_at), says)
            .timed(clock)
    }));
    open.extend(state.open_placement().map(|placement| care(state, placement)));
    open.extend(assistance(state));
    open
}

fn next_step(state: &State, since: DateTime<Utc>) -> Option<OpenDuty> {
    let on_the_way = [ON_SCENE_AT_ONCE, ON_SCENE];
    let on_the_way = on_the_way.iter().find_map(|id| state.clocks.get(id));
    let of = |what, says, clock| Some(OpenDuty::of(what, DSP_1, since, says).timed(clock));
    match state.stage() {
        Stage::Open => {
            of("accept-incident", ("受理警情", "accept the incident"), state.clocks.get("police-accept"))
        }
        Stage::Accepted => of("dispatch-unit", ("派出警力", "dispatch a unit"), on_the_way),
        Stage::Dispatched => of("arrive", ("到达现场", "be on the scene"), on_the_way),
        Stage::OnScene => {
            let says = ("完成处置", "conclude, every mandatory disposition done");
            of("conclude-incident", says, None).map(|duty| OpenDuty { missing: missing(state), ..duty })
        }
        Stage::Unspecified | Stage::Concluded => None,
    }
}

fn dispositions(state: &State, since: DateTime<Utc>) -> impl Iterator<Item = OpenDuty> {
    let missing = checklist(state).into_iter().filter(|requirement| requirement.done_by.is_none());
    missing.map(move |one| OpenDuty::of(one.what, one.rule, since, (one.zh, one.en)))
}

/// Reporters who wait for the result; which of them, only police know.
fn feedback(state: &State, since: DateTime<Utc>) -> impl Iterator<Item = OpenDuty> {
    let waiting = state.reports().into_iter().filter(|(report, _)| !state.told.contains(*report));
    waiting.map(move |(_, clock_id)| {
        let says = ("向报告人反馈结果", "tell the reporter the result");
        OpenDuty::of("reporter-feedback", LAW_1, since, says).timed(state.clocks.get(&clock_id))
    })
}

fn care(state: &State, placement: &Placement) -> OpenDuty {
    let says = ("复核或结束临时照料", "review the temporary care, or end it");
    let clock = state.clocks.get(&care_clock(&placement.placement_id));
    let duty = OpenDuty::of("review-placement", DSP_2C, placement.from, says).timed(clock);
    OpenDuty { about: placement.placement_id.clone(), ..duty }
}

fn assistance(state: &State) -> impl Iterator<Item = OpenDuty> {
    let asked = i32::from(AssistanceState::Requested);
    state.assistance.iter().filter(move |(_, request)| request.state == asked).map(|(id, request)| {
        let says = ("答复协助请求", "answer the request for assistance");
        OpenDuty {
            about: id.clone(),
            department: Department::Unspecified,
            unit_id: request.unit_id.clone(),
            ..OpenDuty::of("answer-assistance", DSP_5, request.requested_at, says)
        }
    })
}
