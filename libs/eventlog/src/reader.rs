//! Reading the log by position, in order, for ever: no acknowledgements, every position checked.

use crate::provision::EVENTS;
use crate::{Error, Log};
use async_nats::jetstream::consumer::{DeliverPolicy, push};
use futures::StreamExt as _;
use kinward_contracts::log::v1::Commit;
use kinward_eventsourcing::{Position, Recorded};
use prost::Message as _;
use std::time::Duration;
use tokio::sync::watch;

/// Reads commits in order. It outlives restarts of the server; it fails only when the log is not dense.
pub struct Reader {
    log: Log,
    last: Position,
    messages: Option<push::Ordered>,
    connections: watch::Receiver<u64>,
}

/// A commit as stored.
#[derive(Clone, Debug)]
pub struct StoredCommit {
    /// Its place.
    pub position: Position,
    /// Its bytes, as they are hashed.
    pub bytes: bytes::Bytes,
}

impl StoredCommit {
    /// Its events.
    pub fn recorded(&self) -> Result<Vec<Recorded>, Error> {
        let commit = Commit::decode(self.bytes.clone()).map_err(|_| Error::NotACommit(self.position))?;
        Ok(Recorded::of_commit(self.position, commit)?)
    }
}

impl Log {
    /// Reads from the commit after `last` on.
    pub fn read_after(&self, last: Position) -> Reader {
        Reader { log: self.clone(), last, messages: None, connections: self.connections() }
    }
}

impl Reader {
    /// Position of the last commit read.
    pub fn position(&self) -> Position {
        self.last
    }

    /// The next commit; waits for it.
    pub async fn next(&mut self) -> Result<StoredCommit, Error> {
        let mut backoff = Duration::from_millis(50);
        loop {
            let messages = match &mut self.messages {
                Some(messages) => messages,
                None => match open(&self.log, self.last).await {
                    Ok(messages) => self.messages.insert(messages),
                    Err(error) => {
                        tracing::warn!(%error, last = self.last.0, "reading the log: trying again");
                        tokio::time::sleep(backoff).await;
                        backoff = (backoff * 2).min(Duration::from_secs(2));
                        continue;
                    }
                },
            };
            let message = tokio::select! {
                message = messages.next() => message,
                _ = self.connections.changed() => None,
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
                    return Ok(StoredCommit { position, bytes: message.message.payload.clone() });
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

async fn open(log: &Log, last: Position) -> Result<push::Ordered, Error> {
    let unavailable = |error: &dyn std::fmt::Display| Error::Unavailable(error.to_string());
    let config = push::OrderedConfig {
        deliver_subject: log.client().new_inbox(),
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: last.0 + 1 },
        ..push::OrderedConfig::default()
    };
    let stream = log.jetstream().get_stream_no_info(EVENTS).await.map_err(|error| unavailable(&error))?;
    let consumer = stream.create_consumer(config).await.map_err(|error| unavailable(&error))?;
    consumer.messages().await.map_err(|error| unavailable(&error))
}
