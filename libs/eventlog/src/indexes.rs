//! Keeps an index: restores its snapshot, folds the log behind it, answers look-ups.

use crate::{Error, Log};
use kinward_eventsourcing::{Index, Position};
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Commits folded between snapshots of an index.
const SNAPSHOT_EVERY: u64 = 20_000;

/// A live index. Cheap to clone.
pub struct Live<I: Index> {
    index: Arc<RwLock<I>>,
    reached: watch::Receiver<Position>,
}

impl<I: Index> Clone for Live<I> {
    fn clone(&self) -> Self {
        Self { index: Arc::clone(&self.index), reached: self.reached.clone() }
    }
}

impl<I: Index> Live<I> {
    /// Starts to keep the index; the future runs until `stop`.
    pub async fn start(log: Log, stop: CancellationToken) -> (Self, impl Future<Output = ()> + Send) {
        let name = format!("index.{}", I::NAME);
        let (position, index) = log.snapshot::<I>(&name, I::SCHEMA).await.unwrap_or_default();
        let index = Arc::new(RwLock::new(index));
        let (send, reached) = watch::channel(position);
        let keep = keep(log, name, Arc::clone(&index), send, stop);
        (Self { index, reached }, keep)
    }

    /// Looks something up; tells the position the answer is of.
    pub fn read<T>(&self, look: impl FnOnce(&I) -> T) -> (T, Position) {
        let index = self.index.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        // the position is read under the lock, as it is written
        let position = *self.reached.borrow();
        (look(&index), position)
    }

    /// How far the index is.
    pub fn position(&self) -> Position {
        *self.reached.borrow()
    }

    /// Changes of the position, to wait on.
    pub fn reached(&self) -> watch::Receiver<Position> {
        self.reached.clone()
    }

    /// Waits until the index holds everything up to `position`.
    pub async fn wait_for(&self, position: Position) {
        let mut reached = self.reached.clone();
        let _ = reached.wait_for(|at| *at >= position).await;
    }
}

async fn keep<I: Index>(
    log: Log,
    name: String,
    index: Arc<RwLock<I>>,
    reached: watch::Sender<Position>,
    stop: CancellationToken,
) {
    let mut snapshot_at = reached.borrow().0;
    // nothing was left out since the snapshot it began with
    let mut whole = true;
    loop {
        let ended = tokio::select! {
            ended = follow(&log, &name, &index, &reached, &mut snapshot_at, &mut whole) => ended,
            () = stop.cancelled() => return,
        };
        if let Err(error) = ended {
            tracing::error!(index = I::NAME, %error, "the index stopped; starting again");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

async fn follow<I: Index>(
    log: &Log,
    name: &str,
    index: &Arc<RwLock<I>>,
    reached: &watch::Sender<Position>,
    snapshot_at: &mut u64,
    whole: &mut bool,
) -> Result<(), Error> {
    let mut reader = log.read_after(*reached.borrow());
    loop {
        let stored = reader.next().await?;
        let events = stored.recorded_or_left_out(log, I::NAME);
        *whole &= !events.is_empty();
        let copy = {
            let mut index = index.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            for event in events {
                // one event that does not decode must not blind the index to the others
                if let Err(error) = index.fold(event) {
                    tracing::error!(index = I::NAME, %error, position = stored.position.0, "event left out");
                    log.leave_out();
                    *whole = false;
                }
            }
            // a program that knows what this one does not must not begin behind it
            let due = *whole && stored.position.0 >= *snapshot_at + SNAPSHOT_EVERY;
            reached.send_replace(stored.position);
            due.then(|| index.clone())
        };
        if let Some(copy) = copy {
            *snapshot_at = stored.position.0;
            let kept = log.keep_snapshot(name, I::SCHEMA, 0, stored.position, &[], &copy).await;
            if let Err(error) = kept {
                tracing::warn!(index = I::NAME, %error, "a snapshot was not kept: the next start reads the whole log");
            }
        }
    }
}
