//! A holiday notice or a school term moves running clocks (BEY-1), also to an earlier moment than their alarms are set
//! for. So whoever follows the clocks of an aggregate folds the calendar beside them, and wakes each aggregate whose
//! clocks a new calendar moves, at once. What moves, the aggregate decides.
//!
//! The fold begins at the first commit, however far the lease is: what was woken before is not woken again, and what
//! runs is known. It stands beside the setting of alarms, so that a long log never delays those.
//!
//! Since it knows what runs, it also sets what was lost: servers may lose the newest alarms in a crash, or all of them
//! with their disk. It looks when it has read the whole log, and after every connection that was lost.

use super::run::wake;
use super::{Alarm, Alarms};
use crate::checkpoints::{Lease, RENEW};
use crate::{Error, Log};
use chrono::{DateTime, Utc};
use kinward_contracts::{ClockEvent, EventMessage as _};
use kinward_eventsourcing::{Decider, Index as _, Position, Recorded, Subject};
use kinward_statute::{Clocks, ReferenceIndex};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::time::Instant;

/// What runs, and under which calendar it would run now.
#[derive(Default)]
struct Running {
    clocks: BTreeMap<Subject, Clocks>,
    /// The last wake-ups that events asked for.
    wakes: BTreeMap<(Subject, String), Alarm>,
    reference: ReferenceIndex,
    /// When the last commit was written.
    now: DateTime<Utc>,
}

/// Wake-ups that are so old have fired: whatever they were for is found when the aggregate is asked again.
const OLD: chrono::Duration = chrono::Duration::days(1);

/// Follows clocks and calendar; one instance at a time.
pub(super) async fn recompute<D: Decider>(log: &Log, alarms: &Arc<dyn Alarms>, instance: &str) {
    let name = format!("calendar-{}", D::Event::AGGREGATE.replace('.', "-"));
    loop {
        if let Err(error) = follow::<D>(log, alarms, &name, instance).await {
            tracing::warn!(process = name, %error, "following the calendar: trying again");
        }
        tokio::time::sleep(RENEW).await;
    }
}

async fn follow<D: Decider>(
    log: &Log,
    alarms: &Arc<dyn Alarms>,
    name: &str,
    instance: &str,
) -> Result<(), Error> {
    let mut lease = Lease::acquire(log, name, instance).await?;
    let (woken, mut running) = (lease.position(), Running::default());
    let mut reader = log.read_after(Position::default());
    let mut saved = Instant::now();
    let mut connections = log.connections();
    let mut whole = Some(log.last_position().await?);
    loop {
        let next = tokio::time::timeout_at(saved + RENEW, reader.next()).await;
        if let Ok(commit) = next {
            let commit = commit?;
            let events = commit.recorded_or_left_out(log, name);
            for alarm in running.fold::<D>(events, commit.position > woken) {
                alarms.set(alarm).await?;
            }
        }
        if connections.has_changed().unwrap_or_default() {
            connections.mark_unchanged();
            whole = Some(log.last_position().await?);
        }
        if whole.is_some_and(|whole| reader.position() >= whole) {
            alarms.restore(D::Event::AGGREGATE, running.alarms()).await?;
            whole = None;
        }
        if saved.elapsed() >= RENEW {
            if !lease.save(reader.position().max(woken)).await? {
                return Ok(());
            }
            saved = Instant::now();
        }
    }
}

impl Running {
    /// Folds a commit's events; answers with the wake-ups they call for, if they are `new`: behind what was woken before.
    fn fold<D: Decider>(&mut self, events: &[Recorded], new: bool) -> Vec<Alarm> {
        let before = self.reference.0.calendar_position;
        for event in events {
            if event.subject.aggregate() == D::Event::AGGREGATE {
                self.fold_clock(event);
                self.wakes.extend(
                    wake::<D>(event).map(|alarm| ((alarm.subject.clone(), alarm.name.clone()), alarm)),
                );
                self.now = event.recorded_at();
            } else if let Err(error) = self.reference.fold(event) {
                tracing::error!(%error, "a reference event was left out");
            }
        }
        let Some(last) = events.last().filter(|_| new) else { return Vec::new() };
        let now = self.reference.0.calendar_position;
        let moved: Vec<Subject> = if now > before {
            let all = self.clocks.iter().filter(|(_, clocks)| self.moves(clocks));
            all.map(|(subject, _)| subject.clone()).collect()
        } else if last.commit.reference_position < now {
            // decided just before the notice was read, and written behind it
            let own = self.clocks.get_key_value(&last.subject).filter(|(_, clocks)| self.moves(clocks));
            own.map(|(subject, _)| subject.clone()).into_iter().collect()
        } else {
            Vec::new()
        };
        // named by what called for it: asked once for each notice; no clock's own alarm is named so
        let (due, under, name) = (last.recorded_at(), Position(now), format!("calendar-{}", last.position));
        moved.into_iter().map(|subject| Alarm { due, subject, name: name.clone(), under }).collect()
    }

    fn fold_clock(&mut self, event: &Recorded) {
        let Some(clock) = ClockEvent::in_event(&event.event().data) else { return };
        let clocks = self.clocks.entry(event.subject.clone()).or_default();
        clocks.fold(&clock);
        clocks.forget_ended();
        if clocks.open().next().is_none() {
            self.clocks.remove(&event.subject);
        }
    }

    /// The alarms of every clock that runs, and of whatever else asked to be woken.
    fn alarms(&mut self) -> Vec<Alarm> {
        let now = self.now;
        self.wakes.retain(|_, alarm| alarm.due + OLD > now);
        let mut all: Vec<Alarm> = self.wakes.values().cloned().collect();
        for (subject, clocks) in &self.clocks {
            for (clock_id, clock) in clocks.open() {
                let warning = clock.warn_at.filter(|_| !clock.warned);
                let moments = [("warn", warning), ("due", Some(clock.due_at))];
                let alarm = |(moment, at)| Some(Alarm::of_clock(subject, clock_id, moment, at?));
                all.extend(moments.into_iter().filter_map(alarm));
            }
        }
        all
    }

    fn moves(&self, clocks: &Clocks) -> bool {
        !clocks.recompute(&self.reference.0).is_empty()
    }
}
