//! What an aggregate's events amounted to at a past position or moment.

use super::Place;
use super::json::without_ciphertext;
use crate::kinds;
use crate::log_commands::{connected, line};
use anyhow::Context as _;
use kinward_chassis::Settings;
use kinward_eventlog::Log;
use kinward_eventsourcing::{Decider, Folded, Position};
use serde_json::{Value, json};

/// Prints a state as JSON; sealed values stay sealed.
pub async fn state(settings: &Settings, kind: &str, id: &str, as_of: Option<Place>) -> anyhow::Result<()> {
    let fold = kinds::fold(kind)?;
    let log = connected(settings).await?;
    let until = Place::or_end(as_of, &log).await.context("找不到该位置  the position cannot be found")?;
    let shown = fold(&log, id, until).await?;
    line(&serde_json::to_string_pretty(&shown)?);
    Ok(())
}

/// One state, as [`kinds`] has it by name.
pub(crate) async fn folded<D: Decider>(log: &Log, id: &str, until: Position) -> anyhow::Result<Value> {
    let folded: Folded<D> = log.folded_until(id, until).await?;
    anyhow::ensure!(
        folded.exists(),
        "截至位置 {until} 没有此记录  up to position {until} the log holds nothing of {id}",
        until = until.0
    );
    Ok(json!({
        "id": id,
        "as_of_position": until.0,
        "revision": folded.revision.0,
        "state": without_ciphertext(serde_json::to_value(&folded.state)?),
    }))
}
