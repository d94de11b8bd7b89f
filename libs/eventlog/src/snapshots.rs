//! Folded states kept beside the log, so that a cold load need not read a whole stream. Never authoritative:
//! a snapshot that is missing, old or damaged is ignored.

use crate::provision::SNAPSHOTS;
use crate::{Error, Log};
use async_nats::jetstream::stream::DirectGetErrorKind;
use bytes::Bytes;
use kinward_contracts::log::v1::Snapshot;
use kinward_eventsourcing::Position;
use prost::Message as _;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

/// Bytes of a state that one message holds: half of what a server takes if nobody tells it otherwise.
const PART: usize = 512 * 1024;

/// Subject of the snapshot of `name`, which is an aggregate's subject or `index.<name>`.
fn subject(name: &str) -> String {
    format!("kws.{name}")
}

/// Subject of what a snapshot's first message does not hold, from 1 on.
fn rest(name: &str, part: usize) -> String {
    format!("kws.{name}.more.{part}")
}

impl Log {
    /// The snapshot of `name`, if there is one of this schema and it is whole.
    pub async fn snapshot<S: DeserializeOwned>(&self, name: &str, schema: u32) -> Option<(Position, S)> {
        let snapshot = Snapshot::decode(self.snapshot_message(subject(name)).await?).ok()?;
        if snapshot.schema != schema {
            return None;
        }
        let mut state = snapshot.state;
        for part in 1..=snapshot.more as usize {
            state.extend(self.snapshot_message(rest(name, part)).await?);
        }
        // whoever keeps one at the same time, or was cut off while keeping one, may have written some of it
        if snapshot.checksum != Sha256::digest(&state).as_slice() {
            return None;
        }
        let state = serde_json::from_slice(&state).ok()?;
        Some((Position(snapshot.position), state))
    }

    async fn snapshot_message(&self, subject: String) -> Option<Bytes> {
        let stream = self.jetstream().get_stream_no_info(SNAPSHOTS).await.ok()?;
        match stream.direct_get_last_for_subject(subject).await {
            Ok(message) => Some(message.payload),
            Err(error) => {
                if !matches!(error.kind(), DirectGetErrorKind::NotFound) {
                    tracing::debug!(%error, "a snapshot could not be read");
                }
                None
            }
        }
    }

    /// Keeps a snapshot; a later one takes its place.
    pub async fn keep_snapshot<S: Serialize>(
        &self,
        name: &str,
        schema: u32,
        revision: u64,
        position: Position,
        hash: &[u8],
        state: &S,
    ) -> Result<(), Error> {
        let state = serde_json::to_vec(state).map_err(Error::unavailable)?;
        let mut parts = state.chunks(PART);
        let first = parts.next().unwrap_or_default();
        let snapshot = Snapshot {
            schema,
            revision,
            position: position.0,
            hash: hash.to_vec(),
            checksum: Sha256::digest(&state).to_vec(),
            state: first.to_vec(),
            more: u32::try_from(parts.len()).map_err(Error::unavailable)?,
        };
        for (before, part) in parts.enumerate() {
            self.keep(rest(name, before + 1), Bytes::copy_from_slice(part)).await?;
        }
        self.keep(subject(name), snapshot.encode_to_vec().into()).await
    }

    async fn keep(&self, subject: String, bytes: Bytes) -> Result<(), Error> {
        let sent = self.jetstream().publish(subject, bytes).await;
        let acknowledged = sent.map_err(Error::unavailable)?.await;
        acknowledged.map(|_| ()).map_err(Error::unavailable)
    }
}
