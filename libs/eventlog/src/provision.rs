//! The streams: what they must be, making them, and refusing to write when they are not so.

use crate::{Error, Log, LogSettings};
use async_nats::jetstream::stream::{Compression, Config, DiscardPolicy, PersistenceMode, StorageType};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// The log.
pub(crate) const EVENTS: &str = "EVENTS";
/// Alarms; the log can rebuild it.
pub(crate) const TIMERS: &str = "TIMERS";
/// Folded states; the log can rebuild it.
pub(crate) const SNAPSHOTS: &str = "SNAPSHOTS";
/// Checkpoints and leases of processes; lost, they replay to the same end.
pub(crate) const PROCESSES: &str = "PROCESSES";

/// Versions below this lose writes or break batches in ways that are fixed there.
const OLDEST_SERVER: (u64, u64, u64) = (2, 15, 1);

/// How long a cluster that has just started may take to find its peers.
const PATIENCE: Duration = Duration::from_secs(20);

fn events(settings: &LogSettings) -> Config {
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

/// Refuses a stream or server under which an acknowledged commit could be lost.
pub(crate) async fn verify(log: &Log) -> Result<(), Error> {
    let settings = log.settings();
    if settings.production && settings.unsafe_sync {
        return Err(Error::Misconfigured("unsafe_sync is refused in production".to_owned()));
    }
    let stream = log.stream().await?;
    let (is, must) = (&stream.cached_info().config, events(settings));
    let checks = [
        ("subjects", is.subjects == must.subjects),
        ("storage", is.storage == must.storage),
        ("num_replicas", is.num_replicas == must.num_replicas),
        ("discard new", is.discard == must.discard),
        ("deny_delete", is.deny_delete),
        ("deny_purge", is.deny_purge),
        ("allow_direct", is.allow_direct),
        ("allow_atomic", is.allow_atomic_publish),
        ("no max_age", is.max_age.is_zero()),
        ("no max_msgs", is.max_messages <= 0),
        ("no max_bytes", is.max_bytes <= 0),
        ("no max_msgs_per_subject", is.max_messages_per_subject <= 0),
        ("duplicate_window", is.duplicate_window == must.duplicate_window),
        // a server that was killed may not read its compressed blocks again (2.15.1)
        ("no compression", is.compression != Some(Compression::S2)),
        ("persist_mode", is.persist_mode != Some(PersistenceMode::Async)),
    ];
    if let Some((what, _)) = checks.iter().find(|(_, holds)| !holds) {
        return Err(Error::Misconfigured(format!("stream {EVENTS} differs in: {what}")));
    }
    let mut away = None;
    let mut seen = 0;
    for monitor in &settings.monitors {
        match verify_server(monitor, settings.unsafe_sync).await {
            Ok(()) => seen += 1,
            // a peer that is down must not keep the others' services down
            Err(error @ Error::Unavailable(_)) => {
                tracing::warn!(%error, "a NATS server could not be checked");
                away = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    if let Some(error) = away.filter(|_| seen == 0) {
        return Err(error);
    }
    if settings.monitors.is_empty() && !settings.unsafe_sync {
        return Err(Error::Misconfigured("no monitoring address: sync_always cannot be checked".to_owned()));
    }
    Ok(())
}

async fn verify_server(monitor: &str, unsafe_sync: bool) -> Result<(), Error> {
    let varz: serde_json::Value = get(monitor, "/varz").await?;
    let version = varz["version"].as_str().unwrap_or_default();
    let numbers: Vec<u64> = version.split(['.', '-']).filter_map(|part| part.parse().ok()).collect();
    if numbers.len() < 3 || (numbers[0], numbers[1], numbers[2]) < OLDEST_SERVER {
        return Err(Error::Misconfigured(format!("{monitor}: NATS {version}, 2.15.1 or newer is needed")));
    }
    let always = varz["jetstream"]["config"]["sync_always"].as_bool() == Some(true);
    if !always && !unsafe_sync {
        return Err(Error::Misconfigured(format!("{monitor}: set jetstream.sync_interval to always")));
    }
    Ok(())
}

/// A JSON document of the server's monitoring port.
async fn get(monitor: &str, path: &str) -> Result<serde_json::Value, Error> {
    let unavailable = |cause: String| Error::Unavailable(format!("{monitor}{path}: {cause}"));
    let address = monitor.trim_start_matches("http://").trim_end_matches('/');
    let exchange = async {
        let mut socket = tokio::net::TcpStream::connect(address).await?;
        socket.write_all(format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes()).await?;
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    let answer = tokio::time::timeout(Duration::from_secs(5), exchange)
        .await
        .map_err(|_| unavailable("no answer".to_owned()))?
        .map_err(|error| unavailable(error.to_string()))?;
    let body =
        answer.windows(4).position(|four| four == b"\r\n\r\n").map_or(&answer[..], |at| &answer[at + 4..]);
    serde_json::from_slice(body).map_err(|error| unavailable(error.to_string()))
}
