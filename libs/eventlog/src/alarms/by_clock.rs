//! Alarms that fire as a test advances its clock.

use super::{Alarm, Alarms, By, Fired, pause};
use crate::Error;
use async_trait::async_trait;
use kinward_eventsourcing::{Clock as _, SetClock, Subject};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use tokio::time::Instant;

/// Alarms in memory, driven by a clock that is set.
#[derive(Debug)]
pub struct ClockAlarms {
    clock: Arc<SetClock>,
    kept: Arc<Kept>,
}

/// Those that are set, each until it is done.
#[derive(Debug, Default)]
struct Kept {
    all: Mutex<BTreeMap<Place, Set>>,
    numbers: AtomicU64,
    changed: watch::Sender<()>,
}

type Place = (Subject, String);

#[derive(Debug)]
struct Set {
    alarm: Alarm,
    /// Tells it from another one at its place.
    number: u64,
    /// How often it has fired.
    tries: u32,
    rests: Rests,
}

#[derive(Clone, Copy, Debug)]
enum Rests {
    /// Not fired.
    No,
    /// Fired, and somebody asks its aggregate.
    InHand,
    /// Fired, and its aggregate could not be asked.
    Until(Instant),
}

impl ClockAlarms {
    /// Alarms on this clock.
    pub fn new(clock: Arc<SetClock>) -> Self {
        Self { clock, kept: Arc::default() }
    }

    /// Moves the clock forward; what is due then fires.
    pub fn advance(&self, by: chrono::Duration) {
        self.clock.advance(by);
        self.wake();
    }

    /// The clock was moved by somebody else: what is due now fires.
    pub fn wake(&self) {
        self.kept.changed.send_replace(());
    }

    /// What fires now, the earliest first; and when something fires again.
    fn due(&self, aggregate: &str, most: usize) -> (Vec<Fired>, Option<Instant>) {
        let mut all = self.kept.lock();
        let (now, instant) = (self.clock.now(), Instant::now());
        let mut due: Vec<&mut Set> = all
            .values_mut()
            .filter(|set| set.alarm.due <= now && set.alarm.subject.aggregate() == aggregate)
            .collect();
        due.sort_by(|one, other| one.alarm.cmp(&other.alarm));
        let (mut fired, mut again) = (Vec::new(), None::<Instant>);
        for set in due {
            match set.rests {
                Rests::InHand => {}
                Rests::Until(then) if then > instant => {
                    again = Some(again.map_or(then, |before| before.min(then)));
                }
                Rests::No | Rests::Until(_) if fired.len() < most => {
                    set.rests = Rests::InHand;
                    set.tries += 1;
                    let (alarm, number, tries) = (set.alarm.clone(), set.number, set.tries);
                    let in_hand =
                        InHand { kept: Arc::clone(&self.kept), place: alarm.place(), number, tries };
                    fired.push(Fired { alarm, by: By::Clock(in_hand) });
                }
                Rests::No | Rests::Until(_) => {}
            }
        }
        (fired, again)
    }
}

impl Kept {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Place, Set>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An alarm that fired and is not done.
pub(super) struct InHand {
    kept: Arc<Kept>,
    place: Place,
    number: u64,
    tries: u32,
}

impl InHand {
    pub(super) fn tries(&self) -> u32 {
        self.tries
    }

    pub(super) fn done(self) {
        let mut all = self.kept.lock();
        // one that was set anew meanwhile fires for itself
        if all.get(&self.place).is_some_and(|set| set.number == self.number) {
            all.remove(&self.place);
        }
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        let mut all = self.kept.lock();
        if let Some(set) = all.get_mut(&self.place).filter(|set| set.number == self.number) {
            set.rests = Rests::Until(Instant::now() + pause(self.tries));
            self.kept.changed.send_replace(());
        }
    }
}

impl Alarm {
    fn place(&self) -> Place {
        (self.subject.clone(), self.name.clone())
    }
}

#[async_trait]
impl Alarms for ClockAlarms {
    async fn set(&self, alarm: Alarm) -> Result<(), Error> {
        let place = alarm.place();
        let number = self.kept.numbers.fetch_add(1, Ordering::Relaxed);
        self.kept.lock().insert(place, Set { alarm, number, tries: 0, rests: Rests::No });
        self.wake();
        Ok(())
    }

    /// Memory loses nothing while the test runs.
    async fn restore(&self, _: &str, _: Vec<Alarm>) -> Result<(), Error> {
        Ok(())
    }

    async fn fired(&self, aggregate: &str, most: usize) -> Result<Vec<Fired>, Error> {
        let mut changed = self.kept.changed.subscribe();
        loop {
            let (fired, again) = self.due(aggregate, most);
            if !fired.is_empty() {
                return Ok(fired);
            }
            let rested = async {
                match again {
                    Some(then) => tokio::time::sleep_until(then).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = changed.changed() => {}
                () = rested => {}
            }
        }
    }
}
