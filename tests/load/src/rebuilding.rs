//! A rebuild against the least that it must do: reading the log in order, and copying the rows into bare tables.

use futures::StreamExt as _;
use kinward_departments::public_security::{Incident, Model};
use kinward_eventlog::{Log, LogSettings};
use kinward_eventsourcing::Position;
use kinward_projection::{Projection, ReadModel, Rebuild};
use sqlx::postgres::{PgConnection, PgPoolCopyExt as _};
use sqlx::{AssertSqlSafe, Connection as _, PgPool, Row as _};
use std::time::{Duration, Instant};

/// How long each took, for the commits of one log.
pub(crate) struct Rebuilt {
    pub(crate) rebuild: Duration,
    /// Of it, reading and folding; the rest is copying and indexes.
    pub(crate) fold: Duration,
    pub(crate) raw_read: Duration,
    pub(crate) raw_copy: Duration,
    /// Most memory that this process ever had, MiB.
    pub(crate) peak_mib: u64,
}

/// Rebuilds a read model of the whole log; reads the log again, and copies what came of it again.
pub(crate) async fn measure(
    settings: &LogSettings,
    database: &str,
    last: Position,
) -> anyhow::Result<Rebuilt> {
    // a connection of its own for each: nobody's commits are at hand already
    let log = Log::connect(settings.clone()).await?;
    let started = Instant::now();
    let (mut reader, mut read) = (log.read_after(Position(0)), 0_usize);
    while reader.position() < last {
        read += reader.next().await?.bytes.len();
    }
    let raw_read = started.elapsed();
    anyhow::ensure!(read > 0, "nothing was read");

    let log = Log::connect(settings.clone()).await?;
    let started = Instant::now();
    let (mut reader, mut rebuild) = (log.read_after(Position(0)), Rebuild::<Model>::default());
    while reader.position() < last {
        rebuild.fold(reader.next().await?.recorded()?);
    }
    let fold = started.elapsed();
    let copied = rebuild.copy(database).await?;
    let took = started.elapsed();
    anyhow::ensure!(copied > 0, "nothing was copied");
    Ok(Rebuilt { rebuild: took, fold, raw_read, raw_copy: raw_copy(database).await?, peak_mib: peak()? })
}

/// How long it takes to copy the rows of the rebuilt generation into bare tables.
async fn raw_copy(database: &str) -> anyhow::Result<Duration> {
    let next = format!("{}_next", Model::schema_name());
    let mut connection = PgConnection::connect(database).await?;
    let tables = sqlx::query("select tablename::text from pg_tables where schemaname = $1").bind(&next);
    let tables: Vec<String> =
        tables.fetch_all(&mut connection).await?.into_iter().map(|row| row.get(0)).collect();
    let pool = PgPool::connect(database).await?;
    let bare = "drop schema if exists bare_copy cascade; create schema bare_copy";
    sqlx::raw_sql(bare).execute(&mut connection).await?;
    let mut took = Duration::ZERO;
    for table in tables.into_iter().filter(|table| !table.starts_with('_')) {
        let make = format!("create table bare_copy.{table} as select * from {next}.{table} limit 0");
        sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut connection).await?;
        let mut pieces = Vec::new();
        let mut out = pool.copy_out_raw(&format!("copy {next}.{table} to stdout")).await?;
        while let Some(piece) = out.next().await {
            pieces.push(piece?);
        }
        drop(out);
        let started = Instant::now();
        let mut copy = connection.copy_in_raw(&format!("copy bare_copy.{table} from stdin")).await?;
        for piece in pieces {
            copy.send(piece).await?;
        }
        copy.finish().await?;
        took += started.elapsed();
    }
    pool.close().await;
    Ok(took)
}

/// What the kernel says of this process.
fn peak() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|kib| kib.parse::<u64>().ok());
    Ok(kib.unwrap_or_default() / 1024)
}

/// Rows that the live projection wrote: an incident's row at each of its commits, and for each clock that ended a row of
/// work that came, went, and left its outcome.
pub(crate) async fn rows_written(model: &ReadModel<Model>, commits: u64) -> anyhow::Result<u64> {
    let outcomes = model.count::<kinward_departments::Outcome>("", &[]).await?;
    anyhow::ensure!(model.count::<Incident>("", &[]).await? > 0, "no incident was projected");
    Ok(commits + 3 * outcomes)
}
