//! Alarms that fire as a test advances its clock.

use super::{Alarm, Alarms, Fired};
use crate::Error;
use async_trait::async_trait;
use kinward_eventsourcing::{Clock as _, SetClock, Subject};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// Alarms in memory, driven by a clock that is set.
#[derive(Debug)]
pub struct ClockAlarms {
    clock: Arc<SetClock>,
    set: Mutex<BTreeMap<(Subject, String), Alarm>>,
    changed: watch::Sender<()>,
}

impl ClockAlarms {
    /// Alarms on this clock.
    pub fn new(clock: Arc<SetClock>) -> Self {
        Self { clock, set: Mutex::default(), changed: watch::Sender::new(()) }
    }

    /// Moves the clock forward; what is due then fires.
    pub fn advance(&self, by: chrono::Duration) {
        self.clock.advance(by);
        self.wake();
    }

    /// The clock was moved by somebody else: what is due now fires.
    pub fn wake(&self) {
        self.changed.send_replace(());
    }

    fn take_due(&self, aggregate: &str) -> Option<Alarm> {
        let mut set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        let first = set
            .values()
            .filter(|alarm| alarm.due <= now && alarm.subject.aggregate() == aggregate)
            .min()?
            .clone();
        set.remove(&(first.subject.clone(), first.name.clone()))
    }
}

#[async_trait]
impl Alarms for ClockAlarms {
    async fn set(&self, alarm: Alarm) -> Result<(), Error> {
        let key = (alarm.subject.clone(), alarm.name.clone());
        self.set.lock().unwrap_or_else(PoisonError::into_inner).insert(key, alarm);
        self.changed.send_replace(());
        Ok(())
    }

    /// Memory loses nothing while the test runs.
    async fn restore(&self, _: &str, _: Vec<Alarm>) -> Result<(), Error> {
        Ok(())
    }

    async fn fired(&self, aggregate: &str, most: usize) -> Result<Vec<Fired>, Error> {
        let mut changed = self.changed.subscribe();
        loop {
            let due = std::iter::from_fn(|| self.take_due(aggregate)).take(most);
            let fired: Vec<Fired> = due.map(|alarm| Fired { alarm, message: None }).collect();
            if !fired.is_empty() {
                return Ok(fired);
            }
            let _ = changed.changed().await;
        }
    }
}
