//! Runs a process: reads the log, reacts, saves where it stands and what it could not do yet. It needs nothing but the
//! log.

use crate::checkpoints::{Lease, RENEW};
use crate::parked::Parked;
use crate::react::{Taken, react_all};
use crate::reader::{Reader, StoredCommit};
use crate::trace;
use crate::{Call, Error, Handler, Log};
use futures::future::BoxFuture;
use futures::{FutureExt as _, StreamExt as _};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{CommandId, Position, Process, Recorded};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Commits taken together when a process is behind.
const CATCH_UP: usize = 256;
/// Parked commits read at the same time.
const READ: usize = 32;
/// Between two attempts at what is parked.
const AGAIN: Duration = Duration::from_secs(60);

/// Runs `P` until it is stopped; `instance` is this service instance's own, lasting name.
/// Tells through `reached` how far it is.
pub async fn run_process<P: Process>(
    log: Log,
    handler: Handler<P::Target>,
    instance: String,
    reached: watch::Sender<Position>,
    stop: CancellationToken,
) {
    while !stop.is_cancelled() {
        let lease = tokio::select! {
            lease = Lease::acquire(&log, P::NAME, &instance) => lease,
            () = stop.cancelled() => return,
        };
        let mut lease = match lease {
            Ok(lease) => lease,
            Err(error) => {
                tracing::warn!(process = P::NAME, %error, "no lease yet; trying again");
                tokio::time::sleep(RENEW).await;
                continue;
            }
        };
        let acted = act::<P>(&log, &handler, &mut lease, &reached, &stop).await;
        // what waits is told by who holds the lease
        log.set_parked(P::NAME, 0);
        match acted {
            Ok(()) => tracing::info!(process = P::NAME, "another instance acts now"),
            Err(error) => tracing::error!(process = P::NAME, %error, "the process stopped; starting again"),
        }
        if stop.is_cancelled() {
            lease.release().await;
            return;
        }
        tokio::time::sleep(RENEW).await;
    }
}

/// Reacts until the lease is lost (`Ok`) or the process is stopped.
async fn act<P: Process>(
    log: &Log,
    handler: &Handler<P::Target>,
    lease: &mut Lease,
    reached: &watch::Sender<Position>,
    stop: &CancellationToken,
) -> Result<(), Error> {
    let mut reader = log.read_after(lease.position());
    let mut saved = Instant::now();
    let (mut position, mut parked) = (lease.position(), lease.parked().clone());
    // at once: a program that was mended, or a peer that was restored, heals what waits
    let mut again = Instant::now();
    // more would have to wait than may: the process stays before these
    let mut held: Option<Vec<Taken>> = None;
    reached.send_replace(position);
    log.set_parked(P::NAME, parked.count());
    loop {
        let taken = tokio::select! {
            biased;
            () = stop.cancelled() => {
                let _ = lease.save_with(position, &parked).await;
                return Ok(());
            }
            () = tokio::time::sleep_until(again), if held.is_some() || !parked.is_empty() => {
                tokio::select! {
                    retried = retry::<P>(log, handler, &parked) => match retried {
                        Ok(waits) => parked = waits,
                        Err(error) => tracing::warn!(process = P::NAME, %error, "what is parked was not read"),
                    },
                    () = stop.cancelled() => return Ok(()),
                }
                again = Instant::now() + AGAIN;
                log.set_parked(P::NAME, parked.count());
                held.take()
            }
            some = take(&mut reader), if held.is_none() => Some(some?),
            () = tokio::time::sleep_until(saved + RENEW) => None,
        };
        if let Some(taken) = taken {
            let waits = tokio::select! {
                waits = react_all::<P>(handler, &taken, parked.clone()) => waits,
                () = stop.cancelled() => return Ok(()),
            };
            log.set_parked(P::NAME, waits.count());
            if waits.too_many() {
                tracing::error!(
                    process = P::NAME,
                    position = position.0,
                    "too much is parked: the process holds here"
                );
                held = Some(taken);
                again = Instant::now() + AGAIN;
            } else {
                if parked.is_empty() {
                    again = Instant::now() + AGAIN;
                }
                parked = waits;
                position = reader.position();
                reached.send_replace(position);
            }
        }
        if saved.elapsed() >= RENEW {
            match lease.save_with(position, &parked).await {
                Ok(true) => saved = Instant::now(),
                Ok(false) => return Ok(()),
                // the log is away: reactions wait for it too, and the fence holds
                Err(error) => {
                    tracing::debug!(process = P::NAME, %error, "checkpoint not saved");
                    saved = Instant::now();
                }
            }
        }
    }
}

/// The next commit and whatever has arrived behind it.
async fn take(reader: &mut Reader) -> Result<Vec<Taken>, Error> {
    let mut taken = Vec::new();
    let none = BTreeSet::new();
    open(&*reader.next().await?, 0, &none, &mut taken);
    for _ in 0..CATCH_UP {
        match reader.next().now_or_never() {
            Some(commit) => open(&*commit?, 0, &none, &mut taken),
            None => break,
        }
    }
    Ok(taken)
}

/// Does what is parked, in order; answers what waits still.
async fn retry<P: Process>(
    log: &Log,
    handler: &Handler<P::Target>,
    parked: &Parked,
) -> Result<Parked, Error> {
    let mut taken = Vec::new();
    let read: Vec<BoxFuture<'_, _>> =
        parked.iter().map(|waiting| log.commit_at(waiting.position).boxed()).collect();
    let commits: Vec<_> = futures::stream::iter(read).buffered(READ).collect().await;
    for (waiting, commit) in parked.iter().zip(commits) {
        open(&commit?, waiting.index, &waiting.done, &mut taken);
    }
    Ok(react_all::<P>(handler, &taken, Parked::default()).await)
}

/// The events of a commit from one of them on.
fn open(commit: &StoredCommit, index: usize, done: &BTreeSet<String>, taken: &mut Vec<Taken>) {
    match commit.recorded() {
        Ok(events) => taken.extend(events.iter().skip(index).cloned().map(|event| {
            let done = if event.index == index { done.clone() } else { BTreeSet::new() };
            Taken::Event { event, done }
        })),
        Err(error) => taken.push(Taken::Unreadable {
            position: commit.position,
            index,
            subject: commit.subject.clone(),
            why: error.to_string(),
        }),
    }
}

pub(crate) fn reaction_call(process: &str, event: &Recorded, ordinal: usize) -> Call {
    let commit = &event.commit;
    let command_id = CommandId::of_reaction(process, &event.event().event_id, ordinal);
    Call {
        correlation_id: commit.correlation_id.clone(),
        causation_id: event.event().event_id.clone(),
        purpose: commit.purpose.clone(),
        legal_basis: commit.legal_basis.clone(),
        traceparent: trace::traceparent(),
        ..Call::of_kinward(command_id, process, &commit.log_id)
    }
}

/// Kinward itself, acting for the whole district.
pub(crate) fn system_actor(unit: &str, area: &str) -> Actor {
    Actor {
        department: Department::Kinward.into(),
        role: "process".to_owned(),
        unit_id: unit.to_owned(),
        area: area.to_owned(),
        on_behalf_of_unit_id: String::new(),
        person: None,
    }
}
