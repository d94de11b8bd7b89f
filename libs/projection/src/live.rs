//! The live backend: reads the log by position and writes micro-batches to PostgreSQL, effects and checkpoint
//! in one transaction. What the checkpoint says happened, happened; the rest is done again.

use crate::hold::Hold;
use crate::{Error, Projection, ReadModel};
use kinward_eventlog::{Log, Reader, StoredCommit};
use std::convert::Infallible;
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Commits in one transaction at most.
const MOST: usize = 500;
/// How long a transaction waits for more commits.
const GATHER: Duration = Duration::from_millis(20);

/// How often a projector on stand-by looks where the other one is.
const LOOK: Duration = Duration::from_millis(100);
/// How long the other one may stand still, with commits before it, until it is taken over.
const STANDS_STILL: Duration = Duration::from_secs(5);

/// The live projector of one read model.
pub struct Live<P: Projection> {
    log: Log,
    model: ReadModel<P>,
    projection: PhantomData<P>,
}

impl<P: Projection> Live<P> {
    /// A projector; it begins in `run`.
    pub fn new(log: Log, model: ReadModel<P>) -> Self {
        Self { log, model, projection: PhantomData }
    }

    /// Projects until `stop`, over every failure of log and database. While another projector has taken over, tells how
    /// far that one is.
    pub async fn run(self, stop: CancellationToken) {
        let mut backoff = Duration::from_millis(100);
        loop {
            let started = Instant::now();
            let ended = tokio::select! {
                ended = self.project() => ended,
                () = stop.cancelled() => return,
            };
            let Err(error) = ended;
            match error {
                Error::Fenced => {
                    tracing::info!(projection = P::NAME, "another projector has taken over");
                    tokio::select! {
                        () = self.stand_by() => continue,
                        () = stop.cancelled() => return,
                    }
                }
                error => tracing::warn!(projection = P::NAME, %error, "projecting again from the checkpoint"),
            }
            if started.elapsed() > Duration::from_secs(10) {
                backoff = Duration::from_millis(100);
            }
            tokio::time::sleep(backoff).await;
            backoff = (backoff * 2).min(Duration::from_secs(5));
        }
    }

    /// Follows the other projector's checkpoint, until it is free, or no longer follows the log.
    async fn stand_by(&self) {
        let mut moved = Instant::now();
        loop {
            tokio::time::sleep(LOOK).await;
            // without the database nobody projects
            let Ok(held) = self.model.held().await else { continue };
            let at = held.position;
            if self.model.reached.send_replace(at) != at || held.paused {
                moved = Instant::now();
            } else if held.free {
                return;
            } else if moved.elapsed() > STANDS_STILL {
                if self.log.last_position().await.is_ok_and(|last| last > at) {
                    return;
                }
                moved = Instant::now();
            }
        }
    }

    /// Folds one batch while the one before is written.
    async fn project(&self) -> Result<Infallible, Error> {
        let mut hold = Hold::take(&self.model).await?;
        let mut reader = self.log.read_after(hold.position());
        loop {
            let batch = gather(&mut reader, &mut hold).await?;
            let changes = hold.fold(&batch).await?;
            hold.write(changes).await?;
        }
    }
}

/// The next commits; meanwhile the end of a write is told at once.
async fn gather<P: Projection>(
    reader: &mut Reader,
    hold: &mut Hold<P>,
) -> Result<Vec<Arc<StoredCommit>>, Error> {
    let mut batch = Vec::new();
    let mut gathered = pin!(tokio::time::sleep(GATHER));
    while batch.len() < MOST {
        tokio::select! {
            written = hold.written(), if hold.is_writing() => written?,
            commit = reader.next() => {
                if batch.is_empty() {
                    gathered.as_mut().reset(Instant::now() + GATHER);
                }
                batch.push(commit?);
            }
            () = &mut gathered, if !batch.is_empty() => break,
        }
    }
    Ok(batch)
}
