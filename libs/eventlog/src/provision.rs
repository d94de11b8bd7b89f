//! The streams: what they must be, and making them.

use crate::{Error, Log, LogSettings};
use async_nats::jetstream::stream::{Config, DiscardPolicy, PersistenceMode, StorageType};
use std::time::Duration;

/// The log.
pub(crate) const EVENTS: &str = "EVENTS";
/// Alarms; the log can rebuild it.
pub(crate) const TIMERS: &str = "TIMERS";
/// Folded states; the log can rebuild it.
pub(crate) const SNAPSHOTS: &str = "SNAPSHOTS";
/// Checkpoints and leases of processes; lost, they replay to the same end.
pub(crate) const PROCESSES: &str = "PROCESSES";

/// How long a cluster that has just started may take to find its peers.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn events(settings: &LogSettings) -> Config {
    Config {
        name: EVENTS.to_owned(),
        subjects: vec!["kw.>".to_owned()],
        storage: StorageType::File,
        num_replicas: settings.replicas,
        discard: DiscardPolicy::New,
        deny_delete: true,
        deny_purge: true,
        allow_direct: true,
        allow_atomic_publish: true,
        duplicate_window: Duration::from_secs(120),
        max_messages: -1,
        max_bytes: -1,
        max_messages_per_subject: -1,
        max_message_size: -1,
        max_consumers: -1,
        ..Config::default()
    }
}

fn rebuildable(name: &str, subject: &str, settings: &LogSettings) -> Config {
    Config {
        name: name.to_owned(),
        subjects: vec![subject.to_owned()],
        storage: StorageType::File,
        num_replicas: settings.replicas,
        max_messages_per_subject: 1,
        allow_direct: true,
        // a second stream that syncs every write costs EVENTS a sixth of its rate; servers refuse this of replicas
        persist_mode: (settings.replicas == 1).then_some(PersistenceMode::Async),
        max_messages: -1,
        max_bytes: -1,
        max_message_size: -1,
        max_consumers: -1,
        ..Config::default()
    }
}

/// Creates the streams that are missing; leaves the others as they are.
pub(crate) async fn create(log: &Log) -> Result<(), Error> {
    let settings = log.settings();
    let mut timers = rebuildable(TIMERS, "kwt.>", settings);
    timers.allow_message_schedules = true;
    timers.allow_rollup = true;
    for config in [
        events(settings),
        timers,
        rebuildable(SNAPSHOTS, "kws.>", settings),
        rebuildable(PROCESSES, "kwp.>", settings),
    ] {
        let until = tokio::time::Instant::now() + PATIENCE;
        while let Err(error) = log.jetstream().get_or_create_stream(config.clone()).await {
            if tokio::time::Instant::now() > until {
                return Err(Error::Unavailable(format!("creating stream {}: {error}", config.name)));
            }
            tracing::debug!(%error, stream = config.name, "a stream could not be made yet");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    Ok(())
}
