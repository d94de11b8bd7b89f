//! Sets an alarm for every moment of every clock of an aggregate, and asks the aggregate when one fires.

use super::calendar::recompute;
use super::{Alarm, Alarms, Fired};
use crate::checkpoints::{Lease, RENEW};
use crate::{Call, Error, Handler, Log};
use futures::future::BoxFuture;
use kinward_contracts::{ClockEvent, EventMessage as _, instant};
use kinward_eventsourcing::{Clock, CommandId, Decider, Position, Recorded, Subject};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Aggregates asked together when many alarms fire together: what they decide is stored in one batch, which costs one
/// write to disk whatever its size. One by one, five thousand of one second would take longer than five.
const TOGETHER: usize = 200;
/// An alarm that has fired more often is asked about alone; the second time may only be a crash of who asked.
const TRIES_TOGETHER: u32 = 2;
/// Batches at the same time. While these are stored, what fires meanwhile gathers for the next.
const IN_PARALLEL: usize = 4;

/// How long a service is given to read a notice that it is asked about before it has, again and again.
const UNREAD: Duration = Duration::from_millis(10);

/// Makes the command that asks the aggregate with this id to look at its clocks; an error: the alarm fires again. It may
/// open what the rules need and the log holds sealed.
pub type Observe<C> = Arc<dyn Fn(String) -> BoxFuture<'static, Result<C, Error>> + Send + Sync>;

/// Asks every aggregate in the same way.
pub fn observe_by<C: Send + 'static>(make: fn() -> C) -> Observe<C> {
    Arc::new(move |_| Box::pin(std::future::ready(Ok(make()))))
}

/// Runs until `stop`: `observe` makes the command that asks an aggregate to look at its clocks.
pub async fn run_alarms<D: Decider>(
    log: Log,
    clock: Arc<dyn Clock>,
    alarms: Arc<dyn Alarms>,
    handler: Handler<D>,
    instance: String,
    observe: Observe<D::Command>,
    stop: CancellationToken,
) {
    let asking = ask(&log, &clock, &alarms, &handler, &observe);
    let setting = set::<D>(&log, &alarms, &instance);
    let recomputing = recompute::<D>(&log, &alarms, &instance);
    tokio::select! {
        () = asking => {}
        () = setting => {}
        () = recomputing => {}
        () = stop.cancelled() => {}
    }
}

/// Follows the log and sets alarms; one instance at a time.
async fn set<D: Decider>(log: &Log, alarms: &Arc<dyn Alarms>, instance: &str) {
    let name = format!("alarms-{}", D::Event::AGGREGATE.replace('.', "-"));
    loop {
        if let Err(error) = set_all::<D>(log, alarms, &name, instance).await {
            tracing::warn!(process = name, %error, "setting alarms: trying again");
        }
        tokio::time::sleep(RENEW).await;
    }
}

async fn set_all<D: Decider>(
    log: &Log,
    alarms: &Arc<dyn Alarms>,
    name: &str,
    instance: &str,
) -> Result<(), Error> {
    let mut lease = Lease::acquire(log, name, instance).await?;
    let mut reader = log.read_after(lease.position());
    let mut saved = Instant::now();
    loop {
        let next = tokio::time::timeout_at(saved + RENEW, reader.next()).await;
        if let Ok(commit) = next {
            for event in commit?.recorded_or_left_out(log, name) {
                for alarm in moments::<D>(event) {
                    alarms.set(alarm).await?;
                }
            }
        }
        if saved.elapsed() >= RENEW {
            if !lease.save(reader.position()).await? {
                return Ok(());
            }
            saved = Instant::now();
        }
    }
}

/// The moments at which an event wants its aggregate asked.
fn moments<D: Decider>(event: &Recorded) -> Vec<Alarm> {
    if event.subject.aggregate() != D::Event::AGGREGATE {
        return Vec::new();
    }
    if let Some(alarm) = wake::<D>(event) {
        return vec![alarm];
    }
    let (clock_id, warn_at, due_at) = match ClockEvent::in_event(&event.event().data) {
        Some(ClockEvent::Started(clock)) => (clock.clock_id, clock.warn_at, clock.due_at),
        Some(ClockEvent::Recomputed(clock)) => (clock.clock_id, clock.warn_at, clock.due_at),
        _ => return Vec::new(),
    };
    [("warn", warn_at), ("due", due_at)]
        .into_iter()
        .filter_map(|(moment, at)| {
            Some(Alarm::of_clock(&event.subject, &clock_id, moment, at.as_ref().and_then(instant)?))
        })
        .collect()
}

/// The wake-up that an event asks for, beside those of clocks.
pub(super) fn wake<D: Decider>(event: &Recorded) -> Option<Alarm> {
    let (name, due) = D::wakes(&event.decode::<D::Event>().ok()??)?;
    Some(Alarm { due, subject: event.subject.clone(), name, under: Position::default() })
}

/// Asks the aggregates whose alarms fire.
async fn ask<D: Decider>(
    log: &Log,
    clock: &Arc<dyn Clock>,
    alarms: &Arc<dyn Alarms>,
    handler: &Handler<D>,
    observe: &Observe<D::Command>,
) {
    let asking = TaskTracker::new();
    let room = Arc::new(tokio::sync::Semaphore::new(IN_PARALLEL));
    loop {
        let fired = match alarms.fired(D::Event::AGGREGATE, TOGETHER).await {
            Ok(fired) => fired,
            Err(error) => {
                tracing::warn!(%error, "waiting for alarms: trying again");
                tokio::time::sleep(RENEW).await;
                continue;
            }
        };
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let (log, clock, handler) = (log.clone(), Arc::clone(clock), handler.clone());
        let asked = Asking { log, clock, handler, observe: Arc::clone(observe) };
        let alarms = Arc::clone(alarms);
        asking.spawn(async move {
            asked.ask(&alarms, fired).await;
            drop(permit);
        });
    }
}

/// What it takes to ask aggregates.
struct Asking<D: Decider> {
    log: Log,
    clock: Arc<dyn Clock>,
    handler: Handler<D>,
    observe: Observe<D::Command>,
}

impl<D: Decider> Asking<D> {
    /// Asks each aggregate once, whichever of its alarms fired.
    async fn ask(&self, alarms: &Arc<dyn Alarms>, fired: Vec<Fired>) {
        let mut due: BTreeMap<Subject, Vec<Fired>> = BTreeMap::new();
        for one in fired {
            if self.clock.now() < one.alarm.due {
                // the server's clock is ahead of ours
                let set = alarms.set(one.alarm.clone()).await;
                settle(set, vec![one]).await;
            } else {
                due.entry(one.alarm.subject.clone()).or_default().push(one);
            }
        }
        let under = due.values().flatten().map(|one| one.alarm.under).max().unwrap_or_default();
        while self.handler.reference_position() < under {
            // this service has not read the notice yet: under the old calendar nothing would move
            tokio::time::sleep(UNREAD).await;
        }
        // what has failed before would fail the others with it
        let (failed, due): (BTreeMap<_, _>, BTreeMap<_, _>) =
            due.into_iter().partition(|(_, of_one)| of_one.iter().any(|one| one.tries() > TRIES_TOGETHER));
        let due = if due.len() > 1 && self.together(&due).await.is_ok() {
            settle(Ok(()), due.into_values().flatten().collect()).await;
            BTreeMap::new()
        } else {
            due
        };
        // one that is refused, or in conflict with other writers, must not keep the others waiting
        let mut alone = Vec::with_capacity(due.len() + failed.len());
        for (subject, of_one) in due.into_iter().chain(failed) {
            alone.push(async move {
                let asked = self.alone(&subject, &of_one).await;
                settle(asked, of_one).await;
            });
        }
        futures::future::join_all(alone).await;
    }

    async fn together(&self, due: &BTreeMap<Subject, Vec<Fired>>) -> Result<(), Error> {
        let mut parts = Vec::with_capacity(due.len());
        for (subject, of_one) in due {
            let command = (self.observe)(subject.id().to_owned()).await?;
            parts.push(self.handler.row(self.call(subject, of_one), subject.id(), command)?);
        }
        let Some((subject, of_one)) = due.first_key_value() else { return Ok(()) };
        self.log.transact(&self.call(subject, of_one), &parts).await.map(|_| ())
    }

    async fn alone(&self, subject: &Subject, of_one: &[Fired]) -> Result<(), Error> {
        let call = self.call(subject, of_one);
        let command = (self.observe)(subject.id().to_owned()).await?;
        match self.handler.execute(&call, subject.id(), &command).await {
            Ok(_) | Err(Error::Rejected(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The command of all alarms of an aggregate that fired together: one among them that was answered before must not
    /// pass for the others.
    fn call(&self, subject: &Subject, of_one: &[Fired]) -> Call {
        let alarms: Vec<String> =
            of_one.iter().map(|one| format!("{}@{}", one.alarm.name, one.alarm.due)).collect();
        let command_id = CommandId::of_alarm(subject.as_str(), &alarms.join(","));
        Call::of_kinward(command_id, "alarms", &self.log.settings().log_id)
    }
}

/// Those that were asked are done; the others fire again.
async fn settle(asked: Result<(), Error>, fired: Vec<Fired>) {
    if let Err(error) = &asked {
        tracing::warn!(%error, alarms = fired.len(), "alarms will fire again");
    }
    let mut settling = Vec::with_capacity(fired.len());
    for one in fired {
        let asked = asked.is_ok();
        settling.push(async move { if asked { one.done().await } else { one.again().await } });
    }
    for settled in futures::future::join_all(settling).await {
        if let Err(error) = settled {
            tracing::warn!(%error, "an alarm fires again, since it could not be answered");
        }
    }
}
