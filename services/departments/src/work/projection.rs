//! Clock events of every aggregate to what is due and what became of it.

use super::rows::{Outcome, Work};
use kinward_contracts::assessment::v1::{ReliefEvent, relief_event};
use kinward_contracts::notification::v1::{NoticeEvent, notice_event};
use kinward_contracts::reporting::v1::{OmissionEvent, omission_event};
use kinward_contracts::r#type::v1::{ClockOutcome, ClockStarted, Department};
use kinward_contracts::{ClockEvent, EventMessage, instant};
use kinward_eventsourcing::Recorded;
use kinward_projection::{Apply, Rows, TableSpec};
use kinward_statute::Catalogue;

/// The tables.
pub(crate) fn tables() -> [TableSpec; 2] {
    [TableSpec::of::<Work>(), TableSpec::of::<Outcome>()]
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
    let Some(clock) = ClockEvent::in_event(&event.event().data) else { return Ok(()) };
    let key = |clock_id: &str| format!("{}#{clock_id}", event.subject.as_str());
    let changed = event.position.0.cast_signed();
    match clock {
        ClockEvent::Started(started) => {
            let departments = bearers(event, &started.clock);
            let mine = match whose {
                Whose::Everybody => true,
                Whose::Of(own) => departments.iter().any(|bears| own.contains(bears)),
            };
            if mine && let Some(work) = work(event, started, &departments) {
                rows.put(work);
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

fn work(event: &Recorded, started: ClockStarted, departments: &[Department]) -> Option<Work> {
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
        changed: event.position.0.cast_signed(),
    })
}

fn end(rows: &mut Rows, event: &Recorded, key: &str, outcome: ClockOutcome) -> Result<(), Apply> {
    let Some(work) = rows.get::<Work>(key)? else { return Ok(()) };
    rows.delete::<Work>(key);
    rows.put(Outcome {
        event_id: event.event().event_id.clone(),
        subject: work.subject,
        clock: work.clock,
        rule: work.rule,
        area: work.area,
        outcome: outcome.into(),
        due_at: work.due_at,
        ended_at: event.occurred_at(),
        changed: event.position.0.cast_signed(),
    });
    Ok(())
}

/// Whose duty a clock is: by the catalogue, or as what started it in the same commit says.
fn bearers(event: &Recorded, clock: &str) -> Vec<Department> {
    let known = Catalogue::bearers(clock);
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
