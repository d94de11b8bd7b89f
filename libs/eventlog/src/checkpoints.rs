//! Where a process stands, and which instance of it may act. One subject a process; its sequence is the fence.

use crate::parked::Parked;
use crate::provision::PROCESSES;
use crate::wire::{self, Published};
use crate::{Error, Log};
use kinward_eventsourcing::Position;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::Instant;

/// Without a sign of life for this long the holder is taken for dead.
const LEASE: Duration = Duration::from_secs(5);
/// How often a holder gives a sign of life.
pub(crate) const RENEW: Duration = Duration::from_secs(1);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Checkpoint {
    position: Position,
    owner: String,
    /// Which run of the owner wrote it: two may have been given one name.
    #[serde(default)]
    run: u64,
    /// What lies before the position and is not done.
    #[serde(default, skip_serializing_if = "Parked::is_empty")]
    parked: Parked,
}

/// The right to act as a process, from a position on.
#[derive(Debug)]
pub(crate) struct Lease {
    log: Log,
    subject: String,
    owner: String,
    fence: Position,
    position: Position,
    parked: Parked,
}

impl Lease {
    /// Waits until the process `name` has no living holder, then takes its place. An instance that was killed and
    /// started again under the same name goes on at once, and so does one that holds it already. One that has lost it to
    /// another run of its own name does not: the two would take it from each other for ever.
    pub(crate) async fn acquire(log: &Log, name: &str, owner: &str) -> Result<Self, Error> {
        let subject = format!("kwp.{name}");
        let claim = format!("{name} {owner}");
        let mut seen: Option<(Position, Instant)> = None;
        loop {
            let (fence, checkpoint) = read(log, &subject).await?;
            let free = match (&checkpoint, seen) {
                (None, _) => true,
                (Some(held), _) if held.owner.is_empty() => true,
                (Some(held), _) if held.owner == owner && (held.run == log.run() || !log.held(&claim)) => {
                    true
                }
                (Some(_), Some((same, since))) => same == fence && since.elapsed() >= LEASE,
                (Some(_), None) => false,
            };
            if free {
                let (position, parked) =
                    checkpoint.map(|held| (held.position, held.parked)).unwrap_or_default();
                let mut lease = Self {
                    log: log.clone(),
                    subject: subject.clone(),
                    owner: owner.to_owned(),
                    fence,
                    position,
                    parked,
                };
                if lease.save(position).await? {
                    log.holds(claim);
                    return Ok(lease);
                }
                seen = None;
            } else if seen.is_none_or(|(before, _)| before != fence) {
                if seen.is_some() && checkpoint.is_some_and(|held| held.owner == owner) {
                    tracing::error!(name, owner, "another instance runs under this name: give each its own");
                }
                seen = Some((fence, Instant::now()));
            }
            tokio::time::sleep(RENEW / 4).await;
        }
    }

    /// Everything up to here was reacted to, but for what is parked.
    pub(crate) fn position(&self) -> Position {
        self.position
    }

    /// What was not done yet.
    pub(crate) fn parked(&self) -> &Parked {
        &self.parked
    }

    /// Saves the checkpoint with what is parked: in one write, so that nothing is passed without being in the list.
    pub(crate) async fn save_with(&mut self, position: Position, parked: &Parked) -> Result<bool, Error> {
        self.parked.clone_from(parked);
        self.save(position).await
    }

    /// Saves the checkpoint, which renews the lease too. `false`: another instance has taken over; stop.
    pub(crate) async fn save(&mut self, position: Position) -> Result<bool, Error> {
        self.write(position, &self.owner.clone()).await
    }

    /// Gives the lease back, so that a successor need not wait.
    pub(crate) async fn release(mut self) {
        let position = self.position;
        let _ = self.write(position, "").await;
    }

    async fn write(&mut self, position: Position, owner: &str) -> Result<bool, Error> {
        let (run, parked) = (self.log.run(), self.parked.clone());
        let checkpoint = Checkpoint { position, owner: owner.to_owned(), run, parked };
        let bytes = serde_json::to_vec(&checkpoint).map_err(Error::unavailable)?;
        match wire::publish_to(self.log.client(), PROCESSES, &self.subject, self.fence, bytes).await {
            Published::At(fence) => {
                self.fence = fence;
                self.position = position;
                Ok(true)
            }
            Published::Conflict => {
                // a write of ours may have lost its answer, or been lost with its server: either way nobody else holds it
                let (fence, held) = read(&self.log, &self.subject).await?;
                let ours = held.is_some_and(|held| held.owner == self.owner && held.run == checkpoint.run);
                if ours {
                    self.fence = fence;
                    self.position = position;
                }
                Ok(ours)
            }
            Published::NotStored(cause) | Published::Refused(cause) => Err(Error::Unavailable(cause)),
            Published::InFlight | Published::Unknown => {
                Err(Error::Unavailable("no answer to a checkpoint".to_owned()))
            }
        }
    }
}

async fn read(log: &Log, subject: &str) -> Result<(Position, Option<Checkpoint>), Error> {
    let stream = log.jetstream().get_stream_no_info(PROCESSES).await.map_err(Error::unavailable)?;
    match stream.get_last_raw_message_by_subject(subject).await {
        Ok(message) => Ok((Position(message.sequence), serde_json::from_slice(&message.payload).ok())),
        Err(error)
            if error.kind() == async_nats::jetstream::stream::LastRawMessageErrorKind::NoMessageFound =>
        {
            Ok((Position(0), None))
        }
        Err(error) => Err(Error::unavailable(error)),
    }
}
