//! Reading the log as people do: as it grows, or one thing's whole timeline.

use crate::kinds;
use anyhow::Context as _;
use kinward_chassis::Settings;
use kinward_contracts::log::v1::Actor;
use kinward_eventlog::Log;
use kinward_eventsourcing::{Position, Recorded, Subject};
use kinward_statute::{day_of, in_shanghai};
use std::io::Write as _;

/// Prints one line on standard output; a closed pipe is no failure.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// The same, for who must know whether anybody reads on.
pub(crate) fn write_line(text: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{text}")
}

pub(crate) async fn connected(settings: &Settings) -> anyhow::Result<Log> {
    let connected = Log::connect(settings.log_for("log")).await;
    connected.context(
        "日志连接不上，请先启动：make run  the log cannot be reached: start it first, with `make run`",
    )
}

/// Prints commits after a position.
pub async fn tail(settings: &Settings, after: u64, to_end: bool) -> anyhow::Result<()> {
    let log = connected(settings).await?;
    let end = log.last_position().await?;
    let mut reader = log.read_after(Position(after));
    while !to_end || reader.position() < end {
        for event in reader.next().await?.recorded()? {
            line(&described(event, true));
        }
    }
    Ok(())
}

/// Prints everything that happened to one thing.
pub async fn show(settings: &Settings, kind: &str, id: &str) -> anyhow::Result<()> {
    let aggregate = kinds::aggregate(kind)?;
    let log = connected(settings).await?;
    let events = log.history(&Subject::new(aggregate, id)?).await?;
    anyhow::ensure!(
        !events.is_empty(),
        "没有此记录：请核对编号是否完整  the log holds nothing of {kind} {id}: is the id whole?"
    );
    for event in &events {
        line(&described(event, false));
    }
    Ok(())
}

/// One event as a line: position, when, what, who, on which basis. Sealed fields stay sealed.
fn described(event: &Recorded, with_subject: bool) -> String {
    let default = Actor::default();
    let actor = event.commit.actor.as_ref().unwrap_or(&default);
    let name = event.name();
    let at = event.occurred_at();
    let backdated = day_of(at) != day_of(event.recorded_at());
    let mut text = format!(
        "{:>8}  {}{}  {:<26}  {} {}",
        event.position.0,
        in_shanghai(at).format("%F %T %:z"),
        if backdated { " (backdated)" } else { "" },
        name,
        actor.unit_id,
        actor.role,
    );
    if let Some(rule) = kinward_contracts::rule_of(event.event_type()) {
        text.push_str("  ");
        text.push_str(rule);
    }
    if with_subject {
        text.push_str("  ");
        text.push_str(event.subject.as_str());
    }
    text
}
