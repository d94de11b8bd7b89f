//! Reading the log by position, in order, for ever: no acknowledgements, every position checked.

use crate::provision::EVENTS;
use crate::tail::{Next, Tail};
use crate::{Error, Log};
use async_nats::jetstream::consumer::{DeliverPolicy, push};
use async_nats::jetstream::stream::DirectGetErrorKind;
use async_nats::{Client, jetstream};
use futures::future::BoxFuture;
use futures::{FutureExt as _, StreamExt as _};
use kinward_contracts::log::v1::Commit;
use kinward_eventsourcing::{Position, Recorded};
use prost::Message as _;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::watch;

/// Reads commits in order. It outlives restarts of the server; it fails only when the log is not dense.
pub struct Reader {
    /// Held: who fills the tail ends with the last clone of its log.
    log: Log,
    tail: Arc<Tail>,
    changed: watch::Receiver<()>,
    last: Position,
    /// Reads what lies before the tail.
    own: Option<Consumer>,
}

/// A commit as stored; all readers of a process share it.
#[derive(Debug)]
pub struct StoredCommit {
    /// Its place.
    pub position: Position,
    /// The subject that it stands under.
    pub subject: String,
    /// Its bytes, as they are hashed.
    pub bytes: bytes::Bytes,
    recorded: OnceLock<Vec<Recorded>>,
}

impl StoredCommit {
    pub(crate) fn new(position: Position, subject: String, bytes: bytes::Bytes) -> Self {
        Self { position, subject, bytes, recorded: OnceLock::new() }
    }

    /// Its events.
    pub fn recorded(&self) -> Result<&[Recorded], Error> {
        if let Some(known) = self.recorded.get() {
            return Ok(known);
        }
        let commit = Commit::decode(self.bytes.clone()).map_err(|_| Error::NotACommit(self.position))?;
        let recorded = Recorded::of_commit(self.position, commit)?;
        Ok(self.recorded.get_or_init(|| recorded))
    }

    /// Its events, for a reader who must go on: a commit that cannot be read is counted as left out and has none.
    pub(crate) fn recorded_or_left_out(&self, log: &Log, by: &str) -> &[Recorded] {
        self.recorded().unwrap_or_else(|error| {
            tracing::error!(by, %error, position = self.position.0, "a commit is left out");
            log.leave_out();
            &[]
        })
    }
}

impl Log {
    /// Reads from the commit after `last` on.
    pub fn read_after(&self, last: Position) -> Reader {
        let tail = self.tail();
        let changed = tail.changed();
        Reader { log: self.clone(), tail, changed, last, own: None }
    }

    /// The commit at a position. It costs no consumer; a replica that is behind is made up for by the leader.
    pub async fn commit_at(&self, position: Position) -> Result<StoredCommit, Error> {
        let stream = self.jetstream().get_stream_no_info(EVENTS).await.map_err(Error::unavailable)?;
        let found = match stream.direct_get(position.0).await {
            Err(error) if error.kind() == DirectGetErrorKind::NotFound => {
                stream.get_raw_message(position.0).await.map_err(Error::unavailable)?
            }
            found => found.map_err(Error::unavailable)?,
        };
        Ok(StoredCommit::new(position, found.subject.to_string(), found.payload))
    }
}

impl Reader {
    /// Position of the last commit read.
    pub fn position(&self) -> Position {
        self.last
    }

    /// The next commit; waits for it.
    pub async fn next(&mut self) -> Result<Arc<StoredCommit>, Error> {
        let commit = loop {
            self.changed.mark_unchanged();
            match self.tail.after(self.last) {
                Next::Commit(commit) => {
                    self.own = None;
                    break commit;
                }
                Next::NotYet => {
                    self.own = None;
                    // its sender lives as long as its tail, which we hold
                    let _ = self.changed.changed().await;
                }
                Next::Elsewhere => {
                    let begun = || Consumer::new(self.log.source(), self.last);
                    break Arc::new(self.own.get_or_insert_with(begun).next().await?);
                }
            }
        };
        self.last = commit.position;
        Ok(commit)
    }
}

/// Where commits are read from.
#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) client: Client,
    pub(crate) jetstream: jetstream::Context,
    /// Counts connections: a new one has lost what the old one was waiting for.
    pub(crate) connections: watch::Receiver<u64>,
}

/// Between two attempts to open a consumer, at first and at most.
const AGAIN: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// Reads from the server.
pub(crate) struct Consumer {
    source: Source,
    last: Position,
    messages: Option<push::Ordered>,
    /// Kept when `next` is dropped: whoever waits for it beside a timer that is quicker would else begin to open again and
    /// again, and never read.
    opening: Option<Opening>,
    /// Before the next attempt to open.
    pause: Duration,
}

type Opening = BoxFuture<'static, Result<push::Ordered, Error>>;

impl Consumer {
    pub(crate) fn new(source: Source, last: Position) -> Self {
        Self { source, last, messages: None, opening: None, pause: Duration::ZERO }
    }

    /// The next commit. Dropped while it waits, it loses nothing.
    pub(crate) async fn next(&mut self) -> Result<StoredCommit, Error> {
        loop {
            let messages = if let Some(messages) = &mut self.messages {
                messages
            } else {
                let (source, last, pause) = (&self.source, self.last, self.pause);
                let begun = || open_after(pause, source.clone(), last).boxed();
                let opened = self.opening.get_or_insert_with(begun).await;
                self.opening = None;
                match opened {
                    Ok(messages) => {
                        self.pause = Duration::ZERO;
                        self.messages.insert(messages)
                    }
                    Err(error) => {
                        tracing::warn!(%error, last = self.last.0, "reading the log: trying again");
                        self.pause = (self.pause * 2).clamp(AGAIN.0, AGAIN.1);
                        continue;
                    }
                }
            };
            let message = tokio::select! {
                message = messages.next() => message,
                _ = self.source.connections.changed() => None,
            };
            match message {
                Some(Ok(message)) => {
                    let Ok(info) = message.info() else { continue };
                    let position = Position(info.stream_sequence);
                    if position <= self.last {
                        continue;
                    }
                    if position != self.last.next() {
                        return Err(Error::Gap { last: self.last, found: position });
                    }
                    self.last = position;
                    let subject = message.message.subject.to_string();
                    return Ok(StoredCommit::new(position, subject, message.message.payload.clone()));
                }
                Some(Err(error)) => {
                    tracing::info!(%error, last = self.last.0, "reading the log: opening it again");
                    self.messages = None;
                }
                None => self.messages = None,
            }
        }
    }
}

async fn open_after(pause: Duration, source: Source, last: Position) -> Result<push::Ordered, Error> {
    tokio::time::sleep(pause).await;
    let config = push::OrderedConfig {
        deliver_subject: source.client.new_inbox(),
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: last.0 + 1 },
        ..push::OrderedConfig::default()
    };
    let stream = source.jetstream.get_stream_no_info(EVENTS).await.map_err(Error::unavailable)?;
    let consumer = stream.create_consumer(config).await.map_err(Error::unavailable)?;
    consumer.messages().await.map_err(Error::unavailable)
}
