//! The live projection against the least that could do its work: batched upserts of the same rows, with a checkpoint.

use crate::filling;
use crate::measured::per_second;
use crate::rebuilding::{self, Rebuilt};
use crate::site::{Plan, Servers};
use chrono::{DateTime, Utc};
use kinward_departments::public_security::{Incident, Model};
use kinward_eventlog::Log;
use kinward_local::Postgres;
use kinward_projection::{Live, Projection, ReadModel, provision};
use prost::Message as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _};
use std::path::Path;
use std::str::FromStr as _;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Rows of a transaction, as the live backend takes commits.
const BATCH: usize = 500;
/// Commits of an incident: opened, accepted, dispatched, arrived.
const STEPS: usize = 4;

/// Rates a second. Rows are what can be compared: ours are written in several tables, the bare ones in one.
pub(crate) struct Projected {
    pub(crate) commits: u64,
    pub(crate) events: f64,
    pub(crate) rows: f64,
    pub(crate) bare_rows: f64,
    pub(crate) rebuilt: Rebuilt,
}

/// Projects a log of so many commits, and upserts the rows that came of it, each as often as it was changed.
pub(crate) async fn measure(folder: &Path, postgres: &Postgres, commits: u64) -> anyhow::Result<Projected> {
    let (filling, events) = filling::incidents(commits / STEPS as u64, STEPS)?;
    let commits = filling.len() as u64;
    // how the log syncs is nothing to a reader
    let plan = Plan { servers: 1, unsafe_sync: true };
    let servers = Servers::start(plan, folder, filling).await?;
    let log = Log::connect(servers.settings().clone()).await?;
    let last = log.last_position().await?;
    let database = postgres.url("postgres");
    provision::<Model>(&database).await?;
    let model = ReadModel::<Model>::connect(&database, 2)?;

    let stop = CancellationToken::new();
    let started = Instant::now();
    let projecting = Live::new(log.clone(), model.clone()).run(stop.clone());
    let reaching = async {
        let reached = model.fresh(last, tokio::time::Instant::now() + Duration::from_secs(600)).await;
        let elapsed = started.elapsed();
        stop.cancel();
        reached.map(|_| elapsed)
    };
    let ((), elapsed) = tokio::join!(projecting, reaching);
    let elapsed = elapsed?;
    let page = (i64::try_from(commits)?, 0);
    let rows: Vec<Incident> = model.select("order by opened", &[], page).await?;
    anyhow::ensure!(
        rows.len() as u64 == commits / STEPS as u64,
        "{} rows are not those of the log",
        rows.len()
    );
    let bare = bare(&database, &rows).await?;
    same(&database).await?;
    let written = rebuilding::rows_written(&model, commits).await?;
    let rebuilt = rebuilding::measure(servers.settings(), &database, last).await?;
    Ok(Projected {
        commits,
        events: per_second(events, elapsed),
        rows: per_second(written, elapsed),
        bare_rows: per_second(commits, bare),
        rebuilt,
    })
}

/// Columns of the rows of one transaction, ready to be bound.
#[derive(Default)]
struct Columns {
    incident_id: Vec<String>,
    report_id: Vec<String>,
    severity: Vec<i32>,
    situations: Vec<String>,
    village_code: Vec<Option<String>>,
    stage: Vec<i32>,
    opened_at: Vec<DateTime<Utc>>,
    child_id: Vec<Option<String>>,
    child_name: Vec<Option<Vec<u8>>>,
    place: Vec<Option<Vec<u8>>>,
    placement_id: Vec<Option<String>>,
    clocks: Vec<String>,
    clock: Vec<Option<String>>,
    clock_due_at: Vec<Option<DateTime<Utc>>>,
    opened: Vec<i64>,
    urgency: Vec<i32>,
    follows: Vec<Option<String>>,
    joined: Vec<String>,
}

impl Columns {
    fn of(rows: &[Incident]) -> anyhow::Result<Self> {
        let mut columns = Self::default();
        for row in rows.iter().cloned() {
            // every column by name: a new one does not compile until it stands here too
            let Incident {
                incident_id,
                report_id,
                severity,
                situations,
                village_code,
                stage,
                opened_at,
                child_id,
                child_name,
                place,
                placement_id,
                clocks,
                clock,
                clock_due_at,
                opened,
                urgency,
                follows,
                joined,
            } = row;
            columns.incident_id.push(incident_id);
            columns.report_id.push(report_id);
            columns.severity.push(severity);
            columns.situations.push(serde_json::to_string(&situations)?);
            columns.village_code.push(village_code);
            columns.stage.push(stage);
            columns.opened_at.push(opened_at);
            columns.child_id.push(child_id);
            columns.child_name.push(child_name.map(|name| name.0.encode_to_vec()));
            columns.place.push(place.map(|place| place.0.encode_to_vec()));
            columns.placement_id.push(placement_id);
            columns.clocks.push(serde_json::to_string(&clocks)?);
            columns.clock.push(clock);
            columns.clock_due_at.push(clock_due_at);
            columns.opened.push(opened);
            columns.urgency.push(urgency);
            columns.follows.push(follows);
            columns.joined.push(serde_json::to_string(&joined)?);
        }
        Ok(columns)
    }
}

const UPSERT: &str = "
insert into incidents (incident_id, report_id, severity, situations, village_code, stage, opened_at, child_id, child_name,
    place, placement_id, clocks, clock, clock_due_at, opened, urgency, follows, joined)
select incident_id, report_id, severity, situations::jsonb, village_code, stage, opened_at, child_id, child_name,
    place, placement_id, clocks::jsonb, clock, clock_due_at, opened, urgency, follows, joined::jsonb
from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::int[], $7::timestamptz[], $8::text[],
    $9::bytea[], $10::bytea[], $11::text[], $12::text[], $13::text[], $14::timestamptz[], $15::bigint[], $16::int[],
    $17::text[], $18::text[])
    as r (incident_id, report_id, severity, situations, village_code, stage, opened_at, child_id, child_name,
    place, placement_id, clocks, clock, clock_due_at, opened, urgency, follows, joined)
on conflict (incident_id) do update set report_id = excluded.report_id, severity = excluded.severity,
    situations = excluded.situations, village_code = excluded.village_code, stage = excluded.stage,
    opened_at = excluded.opened_at, child_id = excluded.child_id, child_name = excluded.child_name,
    place = excluded.place, placement_id = excluded.placement_id, clocks = excluded.clocks, clock = excluded.clock,
    clock_due_at = excluded.clock_due_at, opened = excluded.opened, urgency = excluded.urgency,
    follows = excluded.follows, joined = excluded.joined";

/// How long the upserts take.
async fn bare(database: &str, rows: &[Incident]) -> anyhow::Result<Duration> {
    let options = PgConnectOptions::from_str(database)?.options([("search_path", "bare")]);
    let mut connection = PgConnection::connect_with(&options).await?;
    let tables = format!(
        "drop schema if exists bare cascade; create schema bare; {}; \
         create table checkpoint (last_position bigint not null); insert into checkpoint values (0);",
        Model::SCHEMA
    );
    sqlx::raw_sql(AssertSqlSafe(tables)).execute(&mut connection).await?;
    let batches = rows.chunks(BATCH).map(Columns::of).collect::<Result<Vec<_>, _>>()?;
    let started = Instant::now();
    let mut position = 0_i64;
    for batch in std::iter::repeat_n(&batches, STEPS).flatten() {
        let mut transaction = connection.begin().await?;
        let done = sqlx::query(UPSERT)
            .bind(&batch.incident_id)
            .bind(&batch.report_id)
            .bind(&batch.severity)
            .bind(&batch.situations)
            .bind(&batch.village_code)
            .bind(&batch.stage)
            .bind(&batch.opened_at)
            .bind(&batch.child_id)
            .bind(&batch.child_name)
            .bind(&batch.place)
            .bind(&batch.placement_id)
            .bind(&batch.clocks)
            .bind(&batch.clock)
            .bind(&batch.clock_due_at)
            .bind(&batch.opened)
            .bind(&batch.urgency)
            .bind(&batch.follows)
            .bind(&batch.joined)
            .execute(&mut *transaction)
            .await?;
        let before = position;
        position += done.rows_affected().cast_signed();
        sqlx::query("update checkpoint set last_position = $1 where last_position = $2")
            .bind(position)
            .bind(before)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
    }
    Ok(started.elapsed())
}

/// The bare rows are those of the read model, in every column.
async fn same(database: &str) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect(database).await?;
    let own = Model::schema_name();
    let differ = format!(
        "select (select count(*) from (table {own}.incidents except table bare.incidents) as missing) \
         + (select count(*) from (table bare.incidents except table {own}.incidents) as other)"
    );
    let differ: i64 = sqlx::query_scalar(AssertSqlSafe(differ)).fetch_one(&mut connection).await?;
    anyhow::ensure!(differ == 0, "{differ} of the bare rows are not those of the read model");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_short_log_is_projected_rebuilt_and_written_bare() {
        let folder = tempfile::tempdir().unwrap();
        let postgres = Postgres::start(&folder.path().join("postgres"), None).await.unwrap();
        let projected = measure(&folder.path().join("log"), &postgres, 400).await.unwrap();
        assert_eq!(projected.commits, 400);
        assert!(projected.rows > 0.0 && projected.bare_rows > 0.0 && !projected.rebuilt.rebuild.is_zero());
    }
}
