//! Reacts to events with commands: aggregate by aggregate in order, side by side otherwise; what cannot be done waits.

use crate::parked::{Parked, Rest};
use crate::process::reaction_call;
use crate::trace;
use crate::{Error, Handler};
use futures::FutureExt as _;
use futures::future::{BoxFuture, join_all};
use kinward_eventsourcing::{Decider, Position, Process, Reaction, Recorded};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tracing::Instrument as _;

/// Aggregates reacted on at the same time.
const IN_PARALLEL: usize = 32;

/// What a process takes up.
pub(crate) enum Taken {
    Event {
        event: Recorded,
        /// The aggregates that were commanded before.
        done: BTreeSet<String>,
    },
    /// A commit that this program cannot read.
    Unreadable {
        position: Position,
        /// The first of its events that is not done.
        index: usize,
        subject: String,
        why: String,
    },
}

type Reactions<P> = Vec<Reaction<<<P as Process>::Target as Decider>::Command>>;

/// What has an order: the aggregate that an event is of, and those that it commands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ordered {
    Source(String),
    Target(String),
}

struct Reacting<'a, P: Process> {
    handler: &'a Handler<P::Target>,
    parked: Mutex<Parked>,
    room: Semaphore,
}

/// Does what the events call for; answers what waits then.
pub(crate) async fn react_all<P: Process>(
    handler: &Handler<P::Target>,
    taken: &[Taken],
    parked: Parked,
) -> Parked {
    let room = Semaphore::new(IN_PARALLEL);
    let reacting = Reacting::<P> { handler, parked: Mutex::new(parked), room };
    // an event's turn comes when those before it, of the same aggregate or for the same, have had theirs
    let mut last: BTreeMap<Ordered, watch::Receiver<()>> = BTreeMap::new();
    let mut turns: Vec<BoxFuture<'_, ()>> = Vec::with_capacity(taken.len());
    for one in taken {
        let (subject, reactions) = match one {
            Taken::Event { event, .. } => {
                (event.subject.as_str(), P::react(event).map_err(|error| error.to_string()))
            }
            Taken::Unreadable { subject, why, .. } => (subject.as_str(), Err(why.clone())),
        };
        if reactions.as_ref().is_ok_and(Vec::is_empty) {
            continue;
        }
        let targets = reactions.iter().flatten().map(|reaction| Ordered::Target(reaction.id.clone()));
        let keys = std::iter::once(Ordered::Source(subject.to_owned())).chain(targets);
        let (turn, ended) = watch::channel(());
        let before: Vec<watch::Receiver<()>> = keys
            .filter_map(|key| last.insert(key, ended.clone()))
            .filter(|own| !own.same_channel(&ended))
            .collect();
        let reacting = &reacting;
        let waits_its_turn = async move {
            for mut earlier in before {
                // its sender says nothing: it ends
                let _ = earlier.changed().await;
            }
            reacting.take_up(one, reactions).await;
            drop(turn);
        };
        turns.push(waits_its_turn.boxed());
    }
    join_all(turns).await;
    reacting.parked.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl<P: Process> Reacting<'_, P> {
    async fn take_up(&self, one: &Taken, reactions: Result<Reactions<P>, String>) {
        let (event, done, reactions) = match (one, reactions) {
            (Taken::Event { event, done }, Ok(reactions)) => (event, done, reactions),
            (Taken::Event { event, .. }, Err(why)) => {
                tracing::error!(process = P::NAME, why, position = event.position.0, "an event is parked");
                return self.parked().park(event, Rest::unreadable(why));
            }
            (Taken::Unreadable { position, index, subject, why }, _) => {
                tracing::error!(process = P::NAME, why, position = position.0, "a commit is parked");
                return self.parked().park_at(*position, *index, subject, Rest::unreadable(why.clone()));
            }
        };
        let mut by_target: BTreeMap<&str, Vec<(usize, &Reaction<_>)>> = BTreeMap::new();
        let to_do = reactions.iter().enumerate().filter(|(_, reaction)| !done.contains(&reaction.id));
        for (ordinal, reaction) in to_do {
            by_target.entry(&reaction.id).or_default().push((ordinal, reaction));
        }
        let targets: BTreeSet<String> = by_target.keys().map(|target| (*target).to_owned()).collect();
        let mut rest = Rest { targets, done: done.clone(), why: String::new() };
        if self.parked().is_before(event.subject.as_str(), &rest.targets) {
            return self.parked().park(event, rest);
        }
        let mut groups: Vec<BoxFuture<'_, Result<String, String>>> = Vec::with_capacity(by_target.len());
        for (target, reactions) in by_target {
            groups.push(self.in_order(event, target, reactions).boxed());
        }
        for commanded in join_all(groups).await {
            match commanded {
                Ok(target) => {
                    rest.targets.remove(&target);
                    rest.done.insert(target);
                }
                Err(why) => rest.why = why,
            }
        }
        if !rest.targets.is_empty() {
            self.parked().park(event, rest);
        }
    }

    /// One aggregate's reactions keep their order; answers which, or why they cannot be done.
    async fn in_order(
        &self,
        event: &Recorded,
        target: &str,
        reactions: Vec<(usize, &Reaction<<P::Target as Decider>::Command>)>,
    ) -> Result<String, String> {
        // nobody closes it
        let _permit = self.room.acquire().await;
        for (ordinal, reaction) in reactions {
            let span = tracing::info_span!("reaction", process = P::NAME, position = event.position.0);
            trace::link(&span, &event.commit.traceparent);
            if let Err(error) = react::<P>(self.handler, event, ordinal, reaction).instrument(span).await {
                tracing::error!(process = P::NAME, %error, position = event.position.0, "a reaction is parked");
                return Err(error.to_string());
            }
        }
        Ok(target.to_owned())
    }

    fn parked(&self) -> MutexGuard<'_, Parked> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Until it is done, or refused by the rules; an error: waiting would not mend it.
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
            Err(error) => return Err(error),
        }
    }
}
