//! The end of the log, read once for all readers of a process: they share each commit and its decoding. Who is further
//! behind reads for itself until it has come here.

use crate::provision::EVENTS;
use crate::reader::{Consumer, Source, StoredCommit};
use futures::FutureExt as _;
use kinward_eventsourcing::Position;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Commits kept for readers that are a little behind.
const KEPT: usize = 4096;
/// Commits told together at most.
const TOGETHER: usize = 256;
/// Between two attempts to find the end of the log.
const AGAIN: Duration = Duration::from_millis(500);

/// The last commits.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    /// `None`: not begun, or broken off.
    window: Mutex<Option<Window>>,
    changed: watch::Sender<()>,
}

#[derive(Debug)]
struct Window {
    /// Position before the first commit kept.
    before: Position,
    commits: VecDeque<Arc<StoredCommit>>,
}

/// What follows a position.
pub(crate) enum Next {
    Commit(Arc<StoredCommit>),
    /// Nothing yet.
    NotYet,
    /// It lies before what is kept here.
    Elsewhere,
}

impl Tail {
    /// Tells each time that something may follow.
    pub(crate) fn changed(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    pub(crate) fn after(&self, last: Position) -> Next {
        let window = self.lock();
        let Some(window) = window.as_ref() else { return Next::Elsewhere };
        let Some(index) = last.0.checked_sub(window.before.0) else { return Next::Elsewhere };
        let found = usize::try_from(index).ok().and_then(|index| window.commits.get(index));
        found.map_or(Next::NotYet, |commit| Next::Commit(Arc::clone(commit)))
    }

    /// Reads on from the end of the log, for ever.
    pub(crate) async fn follow(&self, source: Source) {
        loop {
            match end(&source).await {
                Some(end) => self.follow_from(&source, end).await,
                None => tokio::time::sleep(AGAIN).await,
            }
        }
    }

    /// Until the log is not dense: whoever reads there for himself finds that too, and says so.
    async fn follow_from(&self, source: &Source, end: Position) {
        let mut consumer = Consumer::new(source.clone(), end);
        self.begin(end);
        let mut dense = true;
        while dense {
            // what has arrived together is told together: each telling wakes every reader
            let mut commits = Vec::new();
            let mut next = Some(consumer.next().await);
            while let Some(Ok(commit)) = next {
                commits.push(commit);
                next = if commits.len() < TOGETHER { consumer.next().now_or_never() } else { None };
            }
            dense = next.is_none();
            self.push(commits);
        }
        self.change(|window| *window = None);
        tokio::time::sleep(AGAIN).await;
    }

    fn begin(&self, end: Position) {
        self.change(|window| *window = Some(Window { before: end, commits: VecDeque::new() }));
    }

    fn push(&self, commits: Vec<StoredCommit>) {
        self.change(|window| {
            let Some(window) = window else { return };
            window.commits.extend(commits.into_iter().map(Arc::new));
            while window.commits.len() > KEPT {
                window.commits.pop_front();
                window.before = window.before.next();
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Option<Window>)) {
        change(&mut self.lock());
        self.changed.send_replace(());
    }

    fn lock(&self) -> MutexGuard<'_, Option<Window>> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn end(source: &Source) -> Option<Position> {
    let stream = source.jetstream.get_stream(EVENTS).await.ok()?;
    Some(Position(stream.cached_info().state.last_sequence))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(tail: &Tail, last: u64) -> Option<u64> {
        match tail.after(Position(last)) {
            Next::Commit(commit) => Some(commit.position.0),
            Next::NotYet => Some(0),
            Next::Elsewhere => None,
        }
    }

    #[test]
    fn who_is_near_the_end_gets_what_follows_and_who_is_further_behind_reads_elsewhere() {
        let tail = Tail::default();
        assert_eq!(at(&tail, 3), None, "not begun");
        tail.begin(Position(3));
        assert_eq!((at(&tail, 2), at(&tail, 3), at(&tail, 9)), (None, Some(0), Some(0)));
        tail.push(vec![StoredCommit::new(Position(4), String::new(), "four".into())]);
        assert_eq!((at(&tail, 2), at(&tail, 3), at(&tail, 4)), (None, Some(4), Some(0)));
        let kept = KEPT as u64;
        tail.push(
            (5..=4 + kept).map(|at| StoredCommit::new(Position(at), String::new(), "more".into())).collect(),
        );
        assert_eq!((at(&tail, 3), at(&tail, 4), at(&tail, 3 + kept)), (None, Some(5), Some(4 + kept)));
    }
}
