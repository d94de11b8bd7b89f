//! Sets an alarm for every moment of every clock of an aggregate, and asks the aggregate when one fires.

use super::{Alarm, Alarms, Fired};
use crate::checkpoints::{Lease, RENEW};
use crate::process::system_actor;
use crate::{Call, Error, Handler, Log};
use futures::future::BoxFuture;
use kinward_contracts::r#type::v1::{ClockRecomputed, ClockStarted};
use kinward_contracts::{EventMessage as _, instant};
use kinward_eventsourcing::{Clock, CommandId, Decider, Position, Recorded};
use prost::Message;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Aggregates asked at the same time when many alarms fire together.
const IN_PARALLEL: usize = 64;

/// The clock events of an aggregate's wrapper: every wrapper has them at the same field numbers.
#[derive(Clone, PartialEq, Message)]
struct ClockEvents {
    #[prost(message, optional, tag = "101")]
    started: Option<ClockStarted>,
    #[prost(message, optional, tag = "107")]
    recomputed: Option<ClockRecomputed>,
}

/// Makes the command that asks the aggregate with this id to look at its clocks; an error: the alarm fires again. It may
/// open what the rules need and the log holds sealed.
pub type Observe<C> = Arc<dyn Fn(String) -> BoxFuture<'static, Result<C, Error>> + Send + Sync>;

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
    tokio::select! {
        () = asking => {}
        () = setting => {}
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
            for event in commit?.recorded()? {
                for alarm in moments::<D>(&event) {
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
    let Ok(clocks) = ClockEvents::decode(event.event().data.as_slice()) else { return Vec::new() };
    let started = clocks.started.map(|clock| (clock.clock_id, clock.warn_at, clock.due_at));
    let recomputed = clocks.recomputed.map(|clock| (clock.clock_id, clock.warn_at, clock.due_at));
    let Some((clock_id, warn_at, due_at)) = started.or(recomputed) else { return Vec::new() };
    [("warn", warn_at), ("due", due_at)]
        .into_iter()
        .filter_map(|(moment, at)| {
            let due = at.as_ref().and_then(instant)?;
            let name =
                format!("{}-{moment}", clock_id.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-"));
            Some(Alarm { due, subject: event.subject.clone(), name })
        })
        .collect()
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
        let fired = match alarms.fired().await {
            Ok(fired) => fired,
            Err(error) => {
                tracing::warn!(%error, "waiting for alarms: trying again");
                tokio::time::sleep(RENEW).await;
                continue;
            }
        };
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let (log, clock, alarms, handler, observe) =
            (log.clone(), Arc::clone(clock), Arc::clone(alarms), handler.clone(), Arc::clone(observe));
        asking.spawn(async move {
            if let Err(error) = ask_one(&log, &clock, &alarms, &handler, &observe, fired).await {
                tracing::warn!(%error, "an alarm will fire again");
            }
            drop(permit);
        });
    }
}

async fn ask_one<D: Decider>(
    log: &Log,
    clock: &Arc<dyn Clock>,
    alarms: &Arc<dyn Alarms>,
    handler: &Handler<D>,
    observe: &Observe<D::Command>,
    fired: Fired,
) -> Result<(), Error> {
    let alarm = fired.alarm.clone();
    if clock.now() < alarm.due {
        // the server's clock is ahead of ours
        alarms.set(alarm).await?;
        return fired.done().await;
    }
    let call = Call {
        command_id: CommandId::of_alarm(alarm.subject.as_str(), &format!("{}@{}", alarm.name, alarm.due)),
        request_hash: Vec::new(),
        expected_revision: None,
        actor: system_actor("alarms", &log.settings().log_id),
        correlation_id: String::new(),
        causation_id: String::new(),
        purpose: String::new(),
        legal_basis: String::new(),
        traceparent: String::new(),
        deadline: Instant::now() + Duration::from_secs(30),
    };
    let command = observe(alarm.subject.id().to_owned()).await?;
    let _: Position = match handler.execute(&call, alarm.subject.id(), &command).await {
        Ok(receipt) => receipt.position,
        Err(Error::Rejected(_)) => Position::default(),
        Err(error) => return Err(error),
    };
    fired.done().await
}
