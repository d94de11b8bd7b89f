//! One commit, and how many there are of what.

use super::{Reading, bar};
use crate::log_commands::{connected, line};
use kinward_chassis::Settings;
use kinward_eventsourcing::Position;
use serde_json::Value;
use std::collections::BTreeMap;

/// Prints the commit at a position, as JSON.
pub async fn get(settings: &Settings, position: u64) -> anyhow::Result<()> {
    let log = connected(settings).await?;
    let last = log.last_position().await?;
    anyhow::ensure!(
        (1..=last.0).contains(&position),
        "日志位置为 1 至 {last}  positions go from 1 to {last}",
        last = last.0
    );
    let stored = log.read_after(Position(position - 1)).next().await?;
    let reading = Reading::new()?;
    let events: Vec<Value> =
        stored.recorded()?.iter().map(|event| reading.line(event)).collect::<Result<_, _>>()?;
    line(&serde_json::to_string_pretty(&events)?);
    Ok(())
}

/// Prints how many commits, events and bytes there are, by type of event.
pub async fn stats(settings: &Settings) -> anyhow::Result<()> {
    let log = connected(settings).await?;
    let last = log.last_position().await?;
    let bar = bar("读取日志 reading", last)?;
    let mut reader = log.read_after(Position(0));
    let (mut bytes, mut types) = (0_u64, BTreeMap::<String, u64>::new());
    let (mut first, mut latest) = (None, None);
    while reader.position() < last {
        let stored = reader.next().await?;
        bytes += stored.bytes.len() as u64;
        for event in stored.recorded()? {
            *types.entry(event.event_type().to_owned()).or_default() += 1;
            first.get_or_insert(event.recorded_at());
            latest = Some(event.recorded_at());
        }
        bar.set_position(stored.position.0);
    }
    bar.finish_and_clear();
    let events: u64 = types.values().sum();
    line(&format!("提交 commits {}  事件 events {events}  字节 bytes {bytes}", last.0));
    if let (Some(first), Some(latest)) = (first, latest) {
        line(&format!("最早 first {}  最近 last {}", first.to_rfc3339(), latest.to_rfc3339()));
    }
    let mut by_number: Vec<(String, u64)> = types.into_iter().collect();
    by_number.sort_by_key(|(name, number)| (std::cmp::Reverse(*number), name.clone()));
    for (name, number) in by_number {
        line(&format!("{number:>10}  {name}"));
    }
    Ok(())
}
