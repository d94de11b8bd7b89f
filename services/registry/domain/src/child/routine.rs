//! The clocks that run because a child is on the roll: contact with the parents (FAM-3), visits (TWN-2, TWN-5),
//! difficulties (TWN-6). Decided after every command from what the file was and what it is.

use super::ahead::Ahead;
use super::care::difficulty_clock;
use super::{Care, State, birthday};
use chrono::{DateTime, Utc};
use kinward_contracts::registry::v1::ChildStatus;
use kinward_contracts::r#type::v1::ClockStarted;
use kinward_contracts::{ClockEvent, timestamp};

const CONTACT: &str = "parent-contact";
const VISIT: &str = "village-visit";
const KEY_CASE: &str = "key-case";
const OFF_THE_ROLL: &str = "no-longer-left-behind";

/// Which clocks follow from the change.
pub(super) fn follow_up(ahead: &mut Ahead<'_>) {
    contact(ahead);
    visits(ahead);
    difficulties(ahead);
    if ahead.state.status == i32::from(ChildStatus::TurnedSixteen) {
        birthday::end(ahead);
    }
    if ahead.before.registered && ahead.before.village_code != ahead.state.village_code {
        hand_over(ahead);
    }
}

fn on_the_roll(state: &State) -> bool {
    state.status == i32::from(ChildStatus::LeftBehind)
}

/// Runs while the child is on the roll; starts anew with each contact.
fn contact(ahead: &mut Ahead<'_>) {
    let (was, is) = (on_the_roll(ahead.before), on_the_roll(&ahead.state));
    let news = ahead.state.care.last_contact.filter(|_| newer(ahead, |care| care.last_contact));
    again(ahead, CONTACT, was.then_some(""), is.then_some(""), news);
}

/// Runs while the child is on the roll, and faster while it is a key case, on the roll or not.
fn visits(ahead: &mut Ahead<'_>) {
    let variant = |state: &State| match &state.care.key_case {
        Some(_) => Some(KEY_CASE),
        None => on_the_roll(state).then_some(""),
    };
    let (was, is) = (variant(ahead.before), variant(&ahead.state));
    let news = if is == Some(KEY_CASE) {
        ahead.state.care.last_key_visit.filter(|_| newer(ahead, |care| care.last_key_visit))
    } else {
        ahead.state.care.last_visit.filter(|_| newer(ahead, |care| care.last_visit))
    };
    again(ahead, VISIT, was, is, news);
}

fn newer(ahead: &Ahead<'_>, last: fn(&Care) -> Option<DateTime<Utc>>) -> bool {
    last(&ahead.state.care) > last(&ahead.before.care)
}

/// A clock that has another variant than before, or whose duty was done: `None` is that it does not run.
/// What was done before the running clock began does not move it.
fn again(
    ahead: &mut Ahead<'_>,
    clock: &str,
    was: Option<&str>,
    is: Option<&str>,
    news: Option<DateTime<Utc>>,
) {
    let running = ahead.state.clocks.get(clock).filter(|clock| clock.outcome.is_none());
    let began = running.map(|clock| clock.started_at);
    let Some(variant) = is else { return ahead.void(clock, OFF_THE_ROLL) };
    if was != is {
        ahead.supersede(clock, clock);
        ahead.start(clock, variant, clock, ahead.context.now);
    } else if let Some(at) = news.filter(|at| began.is_none_or(|began| *at > began)) {
        ahead.done(clock, at);
        ahead.start(clock, variant, clock, at);
    }
}

fn difficulties(ahead: &mut Ahead<'_>) {
    let mut opened = Vec::new();
    let mut resolved = Vec::new();
    for (difficulty_id, difficulty) in &ahead.state.care.difficulties {
        match ahead.before.care.difficulties.get(difficulty_id) {
            None => opened.push((difficulty_id.clone(), difficulty.opened_at)),
            Some(before) if difficulty.resolved && !before.resolved => resolved.push(difficulty_id.clone()),
            Some(_) => {}
        }
    }
    for (difficulty_id, at) in opened {
        ahead.start("difficulty", "", &difficulty_clock(&difficulty_id), at);
    }
    let at = ahead.facts.first().and_then(|fact| fact.occurred_at).unwrap_or(ahead.context.now);
    for difficulty_id in resolved {
        ahead.done(&difficulty_clock(&difficulty_id), at);
    }
}

/// The household moved: the village it came to has the duties from now on, at the moments they had.
fn hand_over(ahead: &mut Ahead<'_>) {
    let village = ahead.state.village_code.clone();
    let open: Vec<(String, kinward_statute::Clock)> = ahead
        .state
        .clocks
        .open()
        .filter(|(_, clock)| clock.area != village)
        .map(|(clock_id, clock)| (clock_id.to_owned(), clock.clone()))
        .collect();
    for (clock_id, clock) in open {
        ahead.supersede(&clock_id, &clock_id);
        ahead.clocks([ClockEvent::Started(ClockStarted {
            clock_id,
            clock: clock.clock,
            rule: clock.rule,
            article: clock.article,
            basis: clock.basis,
            started_at: Some(timestamp(clock.started_at)),
            warn_at: clock.warn_at.map(timestamp),
            due_at: Some(timestamp(clock.due_at)),
            escalates_to: clock.escalates_to,
            variant: clock.variant,
            area: village.clone(),
        })]);
    }
}
