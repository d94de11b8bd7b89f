//! Clock events of every aggregate to what is due and what became of it.

use super::rows::{Missed, Outcome, Work};
use kinward_contracts::assessment::v1::{ReliefEvent, relief_event};
use kinward_contracts::notification::v1::{NoticeEvent, notice_event};
use kinward_contracts::reporting::v1::{OmissionEvent, omission_event};
use kinward_contracts::r#type::v1::{ClockOutcome, ClockStarted, Department};
use kinward_contracts::{ClockEvent, EventMessage, instant};
use kinward_eventsourcing::{Recorded, event_name};
use kinward_projection::{Apply, Rows, TableSpec};
use kinward_statute::Catalogue;

/// The tables.
pub(crate) fn tables() -> [TableSpec; 3] {
    [TableSpec::of::<Work>(), TableSpec::of::<Outcome>(), TableSpec::of::<Missed>()]
}

/// Whose work a read model keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose {
    /// That of these departments.
    Of(&'static [Department]),
    /// Everybody's.
    Everybody,
}

/// What one event changes, whatever it is.
pub(crate) fn apply(rows: &mut Rows, event: &Recorded, whose: Whose) -> Result<(), Apply> {
    apply_of_units(rows, event, whose, |_| Ok(String::new()))
}

/// The same, where a unit's work is its own; `unit` tells whose a clock is that starts.
pub(crate) fn apply_of_units(
    rows: &mut Rows,
    event: &Recorded,
    whose: Whose,
    unit: impl FnOnce(&Rows) -> Result<String, Apply>,
) -> Result<(), Apply> {
    make_up(rows, event)?;
    let Some(clock) = ClockEvent::in_event(&event.event().data) else { return Ok(()) };
    let key = |clock_id: &str| format!("{}#{clock_id}", event.subject.as_str());
    let changed = event.position.0.cast_signed();
    match clock {
        ClockEvent::Started(started) => {
            let departments = bearers(event, &started);
            let mine = match whose {
                Whose::Everybody => true,
                Whose::Of(own) => departments.iter().any(|bears| own.contains(bears)),
            };
            if mine {
                let unit_id = unit(rows)?;
                if let Some(work) = work(event, started, &departments, unit_id) {
                    rows.put(work);
                }
            }
            Ok(())
        }
        ClockEvent::Warned(warned) => rows.update::<Work>(&key(&warned.clock_id), |work| {
            work.warned = true;
            work.changed = changed;
        }),
        ClockEvent::Recomputed(moved) => rows.update::<Work>(&key(&moved.clock_id), |work| {
            work.warn_at = moved.warn_at.as_ref().and_then(instant);
            work.due_at = moved.due_at.as_ref().and_then(instant).unwrap_or(work.due_at);
            work.changed = changed;
        }),
        ClockEvent::Met(met) => end(rows, event, &key(&met.clock_id), ClockOutcome::Met),
        ClockEvent::Missed(missed) => end(rows, event, &key(&missed.clock_id), ClockOutcome::Missed),
        ClockEvent::Superseded(by) => end(rows, event, &key(&by.clock_id), ClockOutcome::Superseded),
        ClockEvent::Voided(voided) => end(rows, event, &key(&voided.clock_id), ClockOutcome::Void),
    }
}

/// A duty that was missed is owed until an event makes it up. Where an aggregate has several of a kind, the event names
/// which: the clock's id ends with it.
fn make_up(rows: &mut Rows, event: &Recorded) -> Result<(), Apply> {
    let made_up = Catalogue::made_up_by(event.name());
    if made_up.is_empty() {
        return Ok(());
    }
    let subject = event.subject.as_str();
    let Some(mut missed) = rows.get::<Missed>(subject)? else { return Ok(()) };
    let data = &event.event().data;
    let of_this = |(clock, clock_id): &(String, String)| {
        let which = clock_id.strip_prefix(clock.as_str()).unwrap_or(clock_id).trim_start_matches('-');
        let named = which.is_empty() || data.windows(which.len()).any(|bytes| bytes == which.as_bytes());
        // some clocks of a kind are told apart by no id
        let is_id = which.len() >= 32;
        made_up.contains(&clock.as_str()) && (named || !is_id)
    };
    let (done, left): (Vec<_>, Vec<_>) = missed.clocks.into_iter().partition(of_this);
    for (_, clock_id) in &done {
        rows.delete::<Work>(&format!("{subject}#{clock_id}"));
    }
    missed.clocks = left;
    keep(rows, missed);
    Ok(())
}

fn keep(rows: &mut Rows, missed: Missed) {
    if missed.clocks.is_empty() {
        rows.delete::<Missed>(&missed.subject);
    } else {
        rows.put(missed);
    }
}

fn work(
    event: &Recorded,
    started: ClockStarted,
    departments: &[Department],
    unit_id: String,
) -> Option<Work> {
    let subject = event.subject.as_str().to_owned();
    Some(Work {
        work_id: format!("{subject}#{}", started.clock_id),
        subject,
        started_at: started.started_at.as_ref().and_then(instant)?,
        warn_at: started.warn_at.as_ref().and_then(instant),
        due_at: started.due_at.as_ref().and_then(instant)?,
        clock_id: started.clock_id,
        clock: started.clock,
        variant: started.variant,
        rule: started.rule,
        article: started.article,
        basis: started.basis,
        area: started.area,
        departments: departments.iter().map(|department| i32::from(*department)).collect(),
        warned: false,
        missed: false,
        unit_id,
        changed: event.position.0.cast_signed(),
    })
}

fn end(rows: &mut Rows, event: &Recorded, key: &str, outcome: ClockOutcome) -> Result<(), Apply> {
    let Some(mut work) = rows.get::<Work>(key)? else { return Ok(()) };
    let changed = event.position.0.cast_signed();
    rows.put(Outcome {
        event_id: event.event().event_id.clone(),
        subject: work.subject.clone(),
        clock: work.clock.clone(),
        rule: work.rule.clone(),
        area: work.area.clone(),
        departments: work.departments.clone(),
        unit_id: work.unit_id.clone(),
        outcome: outcome.into(),
        due_at: work.due_at,
        ended_at: event.occurred_at(),
        changed,
    });
    // done too late is missed, and made up in the same commit
    let made_up = || {
        let mut clocks =
            event.commit.events.iter().flat_map(|beside| Catalogue::made_up_by(event_name(&beside.r#type)));
        clocks.any(|clock| *clock == work.clock)
    };
    // what nothing makes up is over
    if outcome != ClockOutcome::Missed || !Catalogue::can_be_made_up(&work.clock) || made_up() {
        rows.delete::<Work>(key);
        return Ok(());
    }
    let none = || Missed { subject: work.subject.clone(), clocks: Vec::new() };
    let mut missed = rows.get::<Missed>(&work.subject)?.unwrap_or_else(none);
    let clock = (work.clock.clone(), work.clock_id.clone());
    if !missed.clocks.contains(&clock) {
        missed.clocks.push(clock);
    }
    rows.put(missed);
    work.missed = true;
    work.changed = changed;
    rows.put(work);
    Ok(())
}

/// Whose duty a clock is: by the catalogue, or as what started it in the same commit says.
fn bearers(event: &Recorded, started: &ClockStarted) -> Vec<Department> {
    let known = Catalogue::bearers(&started.clock);
    // one of two who acknowledge, each by a clock of its own
    let of_one = |department: &&Department| {
        let name = department.as_str_name().trim_start_matches("DEPARTMENT_").to_lowercase();
        started.clock_id == format!("{}-{name}", started.clock)
    };
    if let Some(one) = known.iter().find(of_one) {
        return vec![*one];
    }
    if !known.is_empty() {
        return known.to_vec();
    }
    let notice = beside::<NoticeEvent>(event).filter_map(|notice| match notice.event? {
        notice_event::Event::NoticeSent(sent) => Some(sent.recipient?.department()),
        notice_event::Event::NoticeEscalated(escalated) => Some(escalated.recipient?.department()),
        _ => None,
    });
    let relief = beside::<ReliefEvent>(event).filter_map(|relief| match relief.event? {
        relief_event::Event::ReliefReferred(referred) => Some(referred.recipient()),
        _ => None,
    });
    let omission = beside::<OmissionEvent>(event).filter_map(|omission| match omission.event? {
        omission_event::Event::OmissionCaseOpened(opened) => Some(opened.superior?.department()),
        omission_event::Event::OmissionCaseEscalated(escalated) => Some(escalated.superior?.department()),
        _ => None,
    });
    notice.chain(relief).chain(omission).collect()
}

/// The events of one commit, if they are of this kind.
fn beside<E: EventMessage>(event: &Recorded) -> impl Iterator<Item = E> + '_ {
    let of_kind = event.subject.aggregate() == E::AGGREGATE;
    let all = event.commit.events.iter().filter(move |_| of_kind);
    all.filter_map(|stored| E::decode(stored.data.as_slice()).ok())
}
