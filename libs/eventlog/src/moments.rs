//! Which position the log had at a moment.

use crate::{Error, Log};
use chrono::{DateTime, TimeDelta, Utc};
use kinward_eventsourcing::{Position, Recorded};

/// How far the clocks of two servers may differ.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);

impl Log {
    /// The last position at which nothing had been recorded later than a moment; 0: everything was.
    pub async fn position_at(&self, moment: DateTime<Utc>) -> Result<Position, Error> {
        let last = self.last_position().await?;
        // halving finds where everything is older for sure; from there commit by commit, since clocks differ
        let (mut older, mut later) = (0, last.0 + 1);
        while later - older > 1 {
            let middle = older + (later - older) / 2;
            if self.recorded_at(Position(middle)).await? <= moment - CLOCKS_DIFFER {
                older = middle;
            } else {
                later = middle;
            }
        }
        let mut reader = self.read_after(Position(older));
        while reader.position() < last {
            let before = reader.position();
            let stored = reader.next().await?;
            if stored.recorded()?.first().is_some_and(|event| event.recorded_at() > moment) {
                return Ok(before);
            }
        }
        Ok(last)
    }

    /// When the commit at a position was written.
    pub async fn recorded_at(&self, position: Position) -> Result<DateTime<Utc>, Error> {
        let stored = self.commit_at(position).await?;
        Ok(stored.recorded()?.first().map(Recorded::recorded_at).unwrap_or_default())
    }
}
