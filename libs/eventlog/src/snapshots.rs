//! Folded states kept beside the log, so that a cold load need not read a whole stream. Never authoritative:
//! a snapshot that is missing, old or damaged is ignored.

use crate::provision::SNAPSHOTS;
use crate::{Error, Log};
use async_nats::jetstream::stream::DirectGetErrorKind;
use kinward_contracts::log::v1::Snapshot;
use kinward_eventsourcing::Position;
use prost::Message as _;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

/// Subject of the snapshot of `name`, which is an aggregate's subject or `index.<name>`.
fn subject(name: &str) -> String {
    format!("kws.{name}")
}

impl Log {
    /// The snapshot of `name`, if there is one of this schema and it is whole.
    pub async fn snapshot<S: DeserializeOwned>(&self, name: &str, schema: u32) -> Option<(Position, S)> {
        let stream = self.jetstream().get_stream_no_info(SNAPSHOTS).await.ok()?;
        let message = match stream.direct_get_last_for_subject(subject(name)).await {
            Ok(message) => message,
            Err(error) => {
                if !matches!(error.kind(), DirectGetErrorKind::NotFound) {
                    tracing::debug!(%error, "a snapshot could not be read");
                }
                return None;
            }
        };
        let snapshot = Snapshot::decode(message.payload).ok()?;
        if snapshot.schema != schema || snapshot.checksum != Sha256::digest(&snapshot.state).as_slice() {
            return None;
        }
        let state = serde_json::from_slice(&snapshot.state).ok()?;
        Some((Position(snapshot.position), state))
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
        let snapshot = Snapshot {
            schema,
            revision,
            position: position.0,
            hash: hash.to_vec(),
            checksum: Sha256::digest(&state).to_vec(),
            state,
        };
        let sent = self.jetstream().publish(subject(name), snapshot.encode_to_vec().into()).await;
        let acknowledged = sent.map_err(Error::unavailable)?.await;
        acknowledged.map(|_| ()).map_err(Error::unavailable)
    }
}
