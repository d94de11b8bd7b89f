//! Refuses to write to a stream or server under which an acknowledged commit could be lost, changed or not read.

use crate::provision::{self, EVENTS, PATIENCE};
use crate::{Error, Log, LogSettings};
use async_nats::jetstream::stream::{Compression, Config, PersistenceMode};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::Instant;

/// Versions below this lose writes or break batches in ways that are fixed there.
const OLDEST_SERVER: (u64, u64, u64) = (2, 15, 1);

/// The largest message a server must take: indexes are kept whole as one snapshot.
const LARGEST_MESSAGE: usize = 8 * 1024 * 1024;

/// Between two questions to a server that does not answer.
const AGAIN: Duration = Duration::from_millis(500);

/// Checks stream and servers.
pub(crate) async fn verify(log: &Log) -> Result<(), Error> {
    let settings = log.settings();
    if settings.production && settings.unsafe_sync {
        return Err(misconfigured(
            "生产环境不允许 unsafe_sync，请删去这一项设置",
            "unsafe_sync is refused in production: take it out of the settings",
        ));
    }
    verify_stream(&log.stream().await?.cached_info().config, settings)?;
    let largest = log.client().server_info().max_payload;
    // zero: the server has not told
    if (1..LARGEST_MESSAGE).contains(&largest) {
        return Err(misconfigured(
            &format!("NATS 服务器的 max_payload 为 {largest}，请设为 8MB 以上"),
            &format!("the NATS server's max_payload is {largest}: set it to 8MB or more"),
        ));
    }
    if settings.monitors.is_empty() && !settings.unsafe_sync {
        return Err(misconfigured(
            "没有设置 monitors，无法检查 sync_always，请写明每台 NATS 服务器的监控地址",
            "no monitoring address, so that sync_always cannot be checked: name that of each NATS server in monitors",
        ));
    }
    verify_servers(settings).await
}

/// Asks every server; goes on when most have answered well: a peer that is down must not keep the others' services down,
/// not even for a while. Nobody looks at it again.
async fn verify_servers(settings: &LogSettings) -> Result<(), Error> {
    let until = Instant::now() + PATIENCE;
    let mut left: Vec<&String> = settings.monitors.iter().collect();
    loop {
        let asked = left.iter().map(|monitor| verify_server(monitor, settings.unsafe_sync));
        let (mut away, mut causes) = (Vec::new(), Vec::new());
        for (monitor, checked) in left.iter().zip(futures::future::join_all(asked).await) {
            match checked {
                Err(Error::Unavailable(cause)) => {
                    away.push(*monitor);
                    causes.push(cause);
                }
                checked => checked?,
            }
        }
        if away.len() * 2 < settings.monitors.len().max(1) {
            for cause in causes {
                tracing::warn!(cause, "a NATS server was not checked: check its sync when it is back");
            }
            return Ok(());
        }
        if Instant::now() > until {
            return Err(Error::Unavailable(causes.join("; ")));
        }
        left = away;
        tokio::time::sleep(AGAIN).await;
    }
}

/// What differs and could lose, change or hide a commit.
fn verify_stream(is: &Config, settings: &LogSettings) -> Result<(), Error> {
    let must = provision::events(settings);
    let checks = [
        ("subjects", is.subjects == must.subjects),
        ("storage", is.storage == must.storage),
        ("retention limits", is.retention == must.retention),
        ("num_replicas", is.num_replicas == must.num_replicas),
        ("discard new", is.discard == must.discard),
        ("deny_delete", is.deny_delete),
        ("deny_purge", is.deny_purge),
        ("no allow_rollup_hdrs", !is.allow_rollup),
        ("allow_direct", is.allow_direct),
        ("allow_atomic", is.allow_atomic_publish),
        ("no no_ack", !is.no_ack),
        ("no max_age", is.max_age.is_zero()),
        ("no allow_msg_ttl", is.allow_message_ttl == must.allow_message_ttl),
        ("no max_msgs", is.max_messages <= 0),
        ("no max_bytes", is.max_bytes <= 0),
        ("no max_msgs_per_subject", is.max_messages_per_subject <= 0),
        ("no max_msg_size", is.max_message_size <= 0),
        ("no max_consumers", is.max_consumers <= 0),
        ("no mirror", is.mirror.is_none()),
        ("no sources", is.sources.as_ref().is_none_or(Vec::is_empty)),
        ("no subject_transform", is.subject_transform.is_none()),
        ("duplicate_window", is.duplicate_window == must.duplicate_window),
        // a server that was killed may not read its compressed blocks again (2.15.1)
        ("no compression", is.compression != Some(Compression::S2)),
        ("persist_mode", is.persist_mode != Some(PersistenceMode::Async)),
    ];
    let Some((what, _)) = checks.iter().find(|(_, holds)| !holds) else { return Ok(()) };
    Err(misconfigured(
        &format!(
            "日志流 {EVENTS} 的设置不符：{what}。请用 nats stream edit {EVENTS} 改正；不能修改的，请新建日志流后从备份恢复"
        ),
        &format!(
            "stream {EVENTS} differs in: {what}. Correct it with nats stream edit {EVENTS}; what cannot be edited needs a \
             new stream, restored from a backup"
        ),
    ))
}

/// Checks one server.
async fn verify_server(monitor: &str, unsafe_sync: bool) -> Result<(), Error> {
    let varz = get(monitor, "/varz").await.map_err(|cause| {
        Error::Unavailable(format!(
            "{monitor} 没有回答（{cause}），无法检查它是否每次写入都落盘：请启动这台 NATS 服务器，停用的请从 monitors \
             中删去 / it did not answer, so that its sync cannot be checked: start this NATS server, or take it out of \
             monitors while it is out of use"
        ))
    })?;
    let version = varz["version"].as_str().unwrap_or_default();
    let numbers: Vec<u64> = version.split(['.', '-']).filter_map(|part| part.parse().ok()).collect();
    if numbers.len() < 3 || (numbers[0], numbers[1], numbers[2]) < OLDEST_SERVER {
        return Err(misconfigured(
            &format!("{monitor} 的 NATS 版本为 {version}，请升级到 2.15.1 或更新的版本"),
            &format!("{monitor}: NATS {version}, update it to 2.15.1 or newer"),
        ));
    }
    let always = varz["jetstream"]["config"]["sync_always"].as_bool() == Some(true);
    if !always && !unsafe_sync {
        return Err(misconfigured(
            &format!("{monitor} 不是每次写入都落盘，请将 jetstream.sync_interval 设为 always"),
            &format!("{monitor}: set jetstream.sync_interval to always"),
        ));
    }
    Ok(())
}

fn misconfigured(chinese: &str, english: &str) -> Error {
    Error::Misconfigured(format!("{chinese} / {english}"))
}

/// A JSON document of the server's monitoring port.
async fn get(monitor: &str, path: &str) -> Result<serde_json::Value, String> {
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
        .map_err(|_| "no answer".to_owned())?
        .map_err(|error| error.to_string())?;
    let body =
        answer.windows(4).position(|four| four == b"\r\n\r\n").map_or(&answer[..], |at| &answer[at + 4..]);
    serde_json::from_slice(body).map_err(|error| error.to_string())
}
