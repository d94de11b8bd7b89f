//! Streams of what changes: what changed since a position, then a checkpoint, and so on until the caller's token expires,
//! the caller is gone or the service stops.

use crate::{Caller, Gate, Runtime, status};
use kinward_eventsourcing::Position;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::Status;

/// A checkpoint at least so often, as a sign of life.
const CHECKPOINT: Duration = Duration::from_secs(5);
/// Messages that wait for a slow listener.
const WAITING: usize = 64;

/// A stream of messages.
pub type Stream<T> = ReceiverStream<Result<T, Status>>;

/// What a stream tells its listener.
pub trait Watched: Send + 'static {
    /// One change.
    type Change: Send;
    /// The rpc's message.
    type Message: Send + 'static;

    /// What changed after a position, and the position that this is of.
    fn changes(
        &mut self,
        after: u64,
    ) -> impl Future<Output = Result<(Vec<Self::Change>, Position), Status>> + Send;

    /// A change, on the way from `position`; none: a checkpoint, everything up to `position` was told.
    fn message(change: Option<Self::Change>, position: u64) -> Self::Message;
}

/// Opens streams. Cheap to clone.
#[derive(Clone)]
pub struct Watching {
    gate: Gate,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Watching {
    /// Of a service.
    pub fn new(runtime: &Runtime) -> Self {
        Self { gate: runtime.gate.clone(), stop: runtime.stop_serving.clone(), tasks: runtime.tasks.clone() }
    }

    /// A stream for a caller who was let in, beginning after a position; `reached` tells how far what is watched is.
    /// Refused where the service has as many listeners as it can serve.
    pub fn stream<W: Watched>(
        &self,
        caller: Caller,
        after: u64,
        mut reached: watch::Receiver<Position>,
        mut watched: W,
    ) -> Result<Stream<W::Message>, Status> {
        let room = self.gate.listen()?;
        let (send, receive) = mpsc::channel(WAITING);
        let (gate, stop) = (self.gate.clone(), self.stop.clone());
        self.tasks.spawn(async move {
            let _room = room;
            let told = async {
                let mut after = after;
                loop {
                    gate.still(&caller)?;
                    let (changes, position) = watched.changes(after).await?;
                    for change in changes {
                        if send.send(Ok(W::message(Some(change), after))).await.is_err() {
                            return Ok(());
                        }
                    }
                    after = position.0.max(after);
                    if send.send(Ok(W::message(None, after))).await.is_err() {
                        return Ok(());
                    }
                    tokio::select! {
                        moved = reached.wait_for(|at| at.0 > after) => if moved.is_err() { return Ok(()) },
                        () = tokio::time::sleep(CHECKPOINT) => {}
                    }
                }
            };
            let ended: Option<Result<(), Status>> = tokio::select! {
                ended = told => Some(ended),
                () = stop.cancelled() => None,
            };
            if let Some(Err(refused)) = ended {
                // a listener who is gone needs no reason
                let _ = send.send(Err(refused)).await;
            }
        });
        Ok(ReceiverStream::new(receive))
    }
}

impl Gate {
    /// A listener's place; its end gives it back.
    fn listen(&self) -> Result<tokio::sync::OwnedSemaphorePermit, Status> {
        self.listeners().try_acquire_owned().map_err(|_| status::overloaded())
    }
}
