//! Runs a process: reads the log, reacts, saves where it stands. It needs nothing but the log.

use crate::checkpoints::{Lease, RENEW};
use crate::reader::Reader;
use crate::trace;
use crate::{Call, Error, Handler, Log};
use futures::future::BoxFuture;
use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{CommandId, Decider, Position, Process, Reaction, Recorded};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

/// Commits taken together when a process is behind.
const CATCH_UP: usize = 256;
/// Aggregates reacted on at the same time.
const IN_PARALLEL: usize = 32;

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
        match act::<P>(&log, &handler, &mut lease, &reached, &stop).await {
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
    let mut position = lease.position();
    reached.send_replace(position);
    loop {
        tokio::select! {
            some = take(&mut reader) => {
                let events = some?;
                tokio::select! {
                    done = react_all::<P>(handler, &events) => done?,
                    () = stop.cancelled() => return Ok(()),
                }
                position = reader.position();
                reached.send_replace(position);
            }
            () = tokio::time::sleep_until(saved + RENEW) => {}
            () = stop.cancelled() => {
                let _ = lease.save(position).await;
                return Ok(());
            }
        }
        if saved.elapsed() >= RENEW {
            match lease.save(position).await {
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
async fn take(reader: &mut Reader) -> Result<Vec<Recorded>, Error> {
    let mut events = reader.next().await?.recorded()?.to_vec();
    for _ in 0..CATCH_UP {
        match reader.next().now_or_never() {
            Some(commit) => events.extend_from_slice(commit?.recorded()?),
            None => break,
        }
    }
    Ok(events)
}

type Reactions<'a, P> = Vec<(&'a Recorded, usize, Reaction<<<P as Process>::Target as Decider>::Command>)>;

async fn react_all<P: Process>(handler: &Handler<P::Target>, events: &[Recorded]) -> Result<(), Error> {
    let mut by_aggregate: BTreeMap<String, Reactions<'_, P>> = BTreeMap::new();
    for event in events {
        let reactions = match P::react(event) {
            Ok(reactions) => reactions,
            // the events behind it are somebody's report: one that cannot be read must not hold them up
            Err(error) => {
                tracing::error!(process = P::NAME, %error, position = event.position.0, "an event was left out");
                handler.log().leave_out();
                continue;
            }
        };
        for (ordinal, reaction) in reactions.into_iter().enumerate() {
            by_aggregate.entry(reaction.id.clone()).or_default().push((event, ordinal, reaction));
        }
    }
    let groups: Vec<BoxFuture<'_, Result<(), Error>>> =
        by_aggregate.into_values().map(|reactions| react_in_order::<P>(handler, reactions).boxed()).collect();
    futures::stream::iter(groups).buffer_unordered(IN_PARALLEL).try_collect::<Vec<()>>().await?;
    Ok(())
}

/// One aggregate's reactions keep their order.
async fn react_in_order<P: Process>(
    handler: &Handler<P::Target>,
    reactions: Reactions<'_, P>,
) -> Result<(), Error> {
    for (event, ordinal, reaction) in &reactions {
        let span = tracing::info_span!("reaction", process = P::NAME, position = event.position.0);
        trace::link(&span, &event.commit.traceparent);
        react::<P>(handler, event, *ordinal, reaction).instrument(span).await?;
    }
    Ok(())
}

async fn react<P: Process>(
    handler: &Handler<P::Target>,
    event: &Recorded,
    ordinal: usize,
    reaction: &Reaction<<P::Target as Decider>::Command>,
) -> Result<(), Error> {
    let mut backoff = Duration::from_millis(20);
    loop {
        let call = reaction_call(P::NAME, event, ordinal);
        match handler.execute(&call, &reaction.id, &reaction.command).await {
            Ok(_) => return Ok(()),
            Err(Error::Rejected(rejection)) => {
                tracing::info!(
                    process = P::NAME,
                    rule = rejection.rule.id,
                    position = event.position.0,
                    "the rules refuse a reaction"
                );
                return Ok(());
            }
            Err(error) if error.passes() => {
                tracing::warn!(process = P::NAME, %error, position = event.position.0, "reacting again");
                tokio::time::sleep(backoff).await;
                backoff = (backoff * 2).min(Duration::from_secs(2));
            }
            // waiting would not mend it, and the events behind it are somebody's report
            Err(error) => {
                tracing::error!(process = P::NAME, %error, position = event.position.0, "a reaction was left out");
                handler.log().leave_out();
                return Ok(());
            }
        }
    }
}

fn reaction_call(process: &str, event: &Recorded, ordinal: usize) -> Call {
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
