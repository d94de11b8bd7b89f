//! Alarms: wake-ups at a moment. Whether a clock is due is decided by the rules against the injected clock;
//! an alarm only asks them. The log records the intent, so losing every alarm loses nothing.

mod by_clock;
mod by_log;
mod calendar;
mod run;

pub use by_clock::ClockAlarms;
pub use by_log::LogAlarms;
pub use run::{Observe, observe_by, run_alarms};

use crate::Error;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kinward_eventsourcing::{Position, Subject};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One wake-up of one aggregate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Alarm {
    /// When, by the injected clock.
    pub due: DateTime<Utc>,
    /// The aggregate.
    pub subject: Subject,
    /// Which of its wake-ups: setting the same name again replaces it. Letters, digits, `-` and `_`.
    pub name: String,
    /// Calendar and settings must be known up to here before the aggregate is asked; zero: whatever is known.
    #[serde(default)]
    pub under: Position,
}

/// A driver of alarms.
#[async_trait]
pub trait Alarms: Send + Sync {
    /// Sets an alarm; one with the same subject and name is replaced. A moment that has passed fires at once.
    async fn set(&self, alarm: Alarm) -> Result<(), Error>;

    /// Sets those of an aggregate's alarms that the driver has lost; the others stay as they are.
    async fn restore(&self, aggregate: &str, wanted: Vec<Alarm>) -> Result<(), Error>;

    /// The next alarm that fires of an aggregate such as `dispatch.incident`, waited for, and those that fire with it,
    /// at most so many. Each fires again after a crash until it is `done`.
    async fn fired(&self, aggregate: &str, most: usize) -> Result<Vec<Fired>, Error>;
}

impl Alarm {
    /// The alarm of one moment (`warn` or `due`) of one clock.
    fn of_clock(subject: &Subject, clock_id: &str, moment: &str, due: DateTime<Utc>) -> Self {
        let clock_id = clock_id.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
        let name = format!("{clock_id}-{moment}");
        Self { due, subject: subject.clone(), name, under: Position::default() }
    }
}

/// How soon an alarm fires again that was tried so often: what fails for good must not take the others' time.
fn pause(tries: u32) -> Duration {
    Duration::from_secs(1 << tries.saturating_sub(1).min(6)).min(Duration::from_mins(1))
}

/// An alarm that fired.
pub struct Fired {
    /// The alarm.
    pub alarm: Alarm,
    by: By,
}

/// By which driver it fired.
enum By {
    Log(by_log::Due),
    Clock(by_clock::InHand),
}

impl Fired {
    /// Its aggregate was asked: it need not fire again.
    pub async fn done(self) -> Result<(), Error> {
        match self.by {
            By::Log(due) => due.done().await,
            By::Clock(in_hand) => {
                in_hand.done();
                Ok(())
            }
        }
    }

    /// How often it has fired, with this time.
    pub fn tries(&self) -> u32 {
        match &self.by {
            By::Log(due) => due.tries(),
            By::Clock(in_hand) => in_hand.tries(),
        }
    }

    /// Its aggregate could not be asked: it fires again, in a second at first and later each time. One that is dropped
    /// fires again too.
    pub async fn again(self) -> Result<(), Error> {
        match self.by {
            By::Log(due) => due.again().await,
            By::Clock(in_hand) => {
                // it rests, and fires again
                drop(in_hand);
                Ok(())
            }
        }
    }
}
