//! The work of one department as it changes.

use super::api::{entry, texts};
use super::mine;
use super::rows::{Outcome, Work};
use kinward_chassis::{Watched, unavailable_read_model};
use kinward_contracts::departments::v1::WatchWorkResponse;
use kinward_contracts::departments::v1::watch_work_response::Change;
use kinward_eventsourcing::{Clock, Position};
use kinward_projection::{Projection, ReadModel};
use std::sync::Arc;
use tonic::Status;

/// Changes read at a time by who watches.
const CHANGES: i64 = 500;
/// The work of one who watches it.
pub(super) struct Mine<P: Projection> {
    pub(super) model: ReadModel<P>,
    pub(super) scope: [String; 4],
    pub(super) clock: Arc<dyn Clock>,
}

impl<P: Projection> Watched for Mine<P> {
    type Change = Change;
    type Message = WatchWorkResponse;

    async fn changes(&mut self, after: u64) -> Result<(Vec<Change>, Position), Status> {
        // what is read next may be newer, never older
        let reached = self.model.position();
        let (from, until) = (after.to_string(), reached.0.to_string());
        let condition =
            mine!("where ", " and changed > $5::bigint and changed <= $6::bigint order by changed");
        let texts = texts(&self.scope, &[&from, &until]);
        let now = self.clock.now();
        let changed = self
            .model
            .select::<Work>(condition, &texts, (CHANGES, 0))
            .await
            .map_err(unavailable_read_model)?;
        // who begins was shown nothing that could end
        let ended = match after {
            0 => Vec::new(),
            _ => self
                .model
                .select::<Outcome>(condition, &texts, (CHANGES, 0))
                .await
                .map_err(unavailable_read_model)?,
        };
        // where not all was read, everything up to the last position that was read whole is told
        let whole = |rows: usize, last: Option<i64>| {
            (rows >= usize::try_from(CHANGES).unwrap_or(usize::MAX)).then(|| last.unwrap_or_default() - 1)
        };
        let limits = [
            whole(changed.len(), changed.last().map(|row| row.changed)),
            whole(ended.len(), ended.last().map(|row| row.changed)),
        ];
        let until = limits.into_iter().flatten().min().map_or(reached.0, i64::cast_unsigned).max(after);
        let within = |changed: i64| limits.iter().flatten().all(|limit| changed <= *limit);
        let mut told: Vec<(i64, Change)> = Vec::with_capacity(changed.len() + ended.len());
        for row in ended.into_iter().filter(|row| within(row.changed)) {
            told.push((row.changed, Change::Ended(super::api::ended(row))));
        }
        for row in changed.into_iter().filter(|row| within(row.changed)) {
            told.push((row.changed, Change::Changed(entry(row, now))));
        }
        told.sort_by_key(|(changed, _)| *changed);
        Ok((told.into_iter().map(|(_, change)| change).collect(), Position(until)))
    }

    fn message(change: Option<Change>, position: u64) -> WatchWorkResponse {
        WatchWorkResponse { change, position }
    }
}
