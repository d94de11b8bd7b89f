//! What a server of a test answers, and what came to it.

use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// What a server answers, until told otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// This status: of SMTP, as 250 or 451; of HTTP, as 200 or 503.
    Status(u16),
    /// Nothing, until told otherwise: then whatever waits is answered late.
    Silence,
    /// Nothing: the connection is cut after everything was taken.
    Cut,
}

/// The answer, and everything that came.
#[derive(Debug)]
pub(crate) struct Book<T> {
    answer: watch::Sender<Answer>,
    came: Mutex<Vec<T>>,
    count: watch::Sender<usize>,
}

impl<T: Clone> Book<T> {
    pub(crate) fn new(answer: Answer) -> Self {
        Self { answer: watch::Sender::new(answer), came: Mutex::default(), count: watch::Sender::new(0) }
    }

    pub(crate) fn answer(&self, answer: Answer) {
        self.answer.send_replace(answer);
    }

    /// Notes what came, then waits for something to answer; `None`: the connection is to be cut.
    pub(crate) async fn take(&self, one: T) -> Option<u16> {
        let count = {
            let mut came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
            came.push(one);
            came.len()
        };
        self.count.send_replace(count);
        let mut answer = self.answer.subscribe();
        let answer = answer.wait_for(|answer| *answer != Answer::Silence).await.ok()?;
        match *answer {
            Answer::Status(status) => Some(status),
            Answer::Silence | Answer::Cut => None,
        }
    }

    pub(crate) fn came(&self) -> Vec<T> {
        self.came.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until so many came.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<T> {
        let mut counted = self.count.subscribe();
        let _ = counted.wait_for(|came| *came >= count).await;
        self.came()
    }
}
