//! What follows from the facts, whoever recorded them and whenever: grounds that are met now, and the two clocks that
//! run because of them. Decided after every command, so that neither a count nor a clock is lost (CUS-2, CUS-3).

use super::decide::{Case, Facts, Now};
use super::{Happened, Progress, State, grounds};
use crate::rules::ground_rule;
use chrono::NaiveDate;
use kinward_contracts::custody::v1::{CaseEvent, GroundMet};
use kinward_contracts::r#type::v1::{Basis, ClockStarted, Ground};
use kinward_contracts::{ClockEvent, timestamp};
use kinward_eventsourcing::{Fact, Folded, Occurrence, clock_facts};
use kinward_statute::{day_of, start_of_day};

/// Id of the clock `petition-fallback` of a guardian.
pub(super) fn fallback(guardian: &str) -> String {
    format!("petition-fallback-{guardian}")
}

/// Ids of the clocks `duty-refusal` of a guardian begin so; the first day of the refusal follows.
fn refusal_clocks(guardian: &str) -> String {
    format!("duty-refusal-{guardian}-")
}

/// The facts, and what follows from them.
pub(super) fn follow_up(before: &State, mut facts: Facts, context: &Now<'_>) -> Facts {
    let today = day_of(context.now);
    let mut after = before.clone();
    for (index, fact) in facts.iter().enumerate() {
        fold(&mut after, fact, index, context);
    }
    let mut follow = |after: &mut State, more: Facts| {
        for fact in more {
            fold(after, &fact, facts.len(), context);
            facts.push(fact);
        }
    };
    let found = newly_met(&after, today);
    let more = found.iter().cloned().map(Fact::now).collect();
    follow(&mut after, more);
    let guardians: Vec<String> = after.guardians.keys().cloned().collect();
    for guardian in &guardians {
        let more = refusal_clock(&after, guardian, today, context);
        follow(&mut after, more);
        let news = found.iter().any(|met| met.guardian_person_id == *guardian)
            || withdrawn(&after, guardian) > withdrawn(before, guardian);
        let more = fallback_clock(&after, guardian, news, context);
        follow(&mut after, more);
    }
    facts
}

/// Folds a fact of this command as the log will hold it.
fn fold(state: &mut State, fact: &Fact<CaseEvent>, index: usize, context: &Now<'_>) {
    let subject = Folded::<Case>::subject(context.id);
    let event_id = subject.map(|subject| context.command_id.event_id(&subject, index)).unwrap_or_default();
    let occurrence = Occurrence {
        event_id: &event_id,
        occurred_at: fact.occurred_at.unwrap_or(context.now),
        recorded_at: context.now,
        actor: context.actor,
    };
    state.evolve(&fact.event, &occurrence);
}

/// Grounds that are met and were not before, against guardians who are still guardians.
fn newly_met(state: &State, today: NaiveDate) -> Vec<GroundMet> {
    grounds::evaluate(state, today)
        .filter(|(guardian, assessed)| {
            let known = state.met.contains(&(assessed.ground.into(), (*guardian).to_owned()));
            assessed.is_met() && !known && !state.is_revoked(guardian)
        })
        .map(|(guardian, assessed)| GroundMet {
            ground: assessed.ground.into(),
            guardian_person_id: guardian.to_owned(),
            event_ids: assessed.event_ids,
        })
        .collect()
}

fn withdrawn(state: &State, guardian: &str) -> usize {
    let about = state.petitions.values().filter(|petition| petition.guardian_person_id == guardian);
    about.filter(|petition| petition.progress == Progress::Withdrawn).count()
}

/// While a ground is met and nobody petitions, `petition-fallback` runs; when no ground is left, it is void.
fn fallback_clock(state: &State, guardian: &str, news: bool, context: &Now<'_>) -> Facts {
    let clock_id = fallback(guardian);
    if !state.has_ground(guardian) {
        return clock_facts(state.clocks.void(&clock_id, "duty-resumed"));
    }
    let runs = state.clocks.get(&clock_id).is_some_and(|clock| clock.outcome.is_none());
    // once civil affairs must petition, only a petition ends that, not another ground
    let must = state.must_petition.contains_key(guardian);
    if !news || runs || must || state.is_before_the_court(guardian) || state.is_revoked(guardian) {
        return Vec::new();
    }
    let started = context.reference.start("petition-fallback", "", &clock_id, context.now, area(state));
    started.map(Fact::now).into_iter().collect()
}

/// While the duty is refused, `duty-refusal` runs until six months are full: time alone completes the ground then, so
/// somebody must ask (CUS-3c). Its length is the rule's own, not a setting, and no holiday moves it.
fn refusal_clock(state: &State, guardian: &str, today: NaiveDate, context: &Now<'_>) -> Facts {
    let Some(record) = state.guardians.get(guardian) else { return Vec::new() };
    let record = &*record.as_of(today);
    let revoked = state.is_revoked(guardian);
    let refusal = record.refusal(today);
    let runs_on = refusal.filter(|refusal| !revoked && grounds::full_on(refusal) > today);
    let prefix = refusal_clocks(guardian);
    let wanted = runs_on.map(|refusal| format!("{prefix}{}", day_of(refusal.at)));
    let others = state.clocks.open();
    let others = others.filter(|(id, _)| id.starts_with(&prefix) && Some(*id) != wanted.as_deref());
    let mut facts = clock_facts(others.filter_map(|(clock_id, clock)| match (&wanted, refusal) {
        _ if revoked => state.clocks.void(clock_id, "guardianship-revoked"),
        (Some(wanted), _) => state.clocks.supersede(clock_id, wanted),
        // full today: its own alarm says so
        (None, Some(_)) if clock.due_at <= context.now => None,
        (None, Some(_)) => state.clocks.void(clock_id, "six-months-full-earlier"),
        (None, None) => {
            state.clocks.done(clock_id, record.resumed(today).map_or(context.now, |resumed| resumed.at))
        }
    }));
    if let (Some(refusal), Some(clock_id)) = (runs_on, wanted)
        && state.clocks.get(&clock_id).is_none_or(|clock| clock.outcome.is_some())
    {
        facts.extend(clock_facts([ClockEvent::Started(refusal_clock_of(state, refusal, clock_id))]));
    }
    facts
}

fn refusal_clock_of(state: &State, refusal: &Happened, clock_id: String) -> ClockStarted {
    let rule = ground_rule(Ground::DutyRefused);
    ClockStarted {
        clock_id,
        clock: "duty-refusal".to_owned(),
        rule: rule.id.to_owned(),
        article: rule.article.to_owned(),
        basis: Basis::Policy.into(),
        started_at: Some(timestamp(refusal.at)),
        warn_at: None,
        due_at: Some(timestamp(start_of_day(grounds::full_on(refusal)))),
        escalates_to: "district-civil-affairs".to_owned(),
        variant: String::new(),
        area: area(state).to_owned(),
    }
}

fn area(state: &State) -> &str {
    state.village_code.as_deref().unwrap_or_default()
}
