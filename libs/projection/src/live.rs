//! The live backend: reads the log by position and writes micro-batches to PostgreSQL, effects and checkpoint
//! in one transaction. What the checkpoint says happened, happened; the rest is done again.

use crate::{Apply, Error, Projection, ReadModel, Rows, TableSpec};
use kinward_eventlog::{Log, StoredCommit};
use kinward_eventsourcing::{Position, Recorded};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Commits in one transaction at most.
const MOST: usize = 500;
/// How long a transaction waits for more commits.
const GATHER: Duration = Duration::from_millis(20);
/// Rows kept between transactions; more are read again when needed.
const KEPT: usize = 50_000;
/// Passes over a batch that look for rows to load together; what is missing after them is loaded row by row.
const PASSES: usize = 3;

/// How often a projector on stand-by looks where the other one is.
const LOOK: Duration = Duration::from_millis(100);
/// How long the other one may stand still, with commits before it, until it is taken over.
const STANDS_STILL: Duration = Duration::from_secs(5);

/// The live projector of one read model.
pub struct Live<P: Projection> {
    log: Log,
    model: ReadModel<P>,
    projection: PhantomData<P>,
}

/// One projector's hold on the read model.
struct Hold {
    connection: PgConnection,
    epoch: i64,
    position: Position,
    rows: Rows,
    parked: BTreeSet<String>,
}

impl<P: Projection> Live<P> {
    /// A projector; it begins in `run`.
    pub fn new(log: Log, model: ReadModel<P>) -> Self {
        Self { log, model, projection: PhantomData }
    }

    /// Projects until `stop`, over every failure of log and database. While another projector has taken over, tells how
    /// far that one is.
    pub async fn run(self, stop: CancellationToken) {
        let mut backoff = Duration::from_millis(100);
        loop {
            let started = Instant::now();
            let ended = tokio::select! {
                ended = self.project() => ended,
                () = stop.cancelled() => return,
            };
            match ended {
                Error::Fenced => {
                    tracing::info!(projection = P::NAME, "another projector has taken over");
                    tokio::select! {
                        () = self.stand_by() => continue,
                        () = stop.cancelled() => return,
                    }
                }
                error => tracing::warn!(projection = P::NAME, %error, "projecting again from the checkpoint"),
            }
            if started.elapsed() > Duration::from_secs(10) {
                backoff = Duration::from_millis(100);
            }
            tokio::time::sleep(backoff).await;
            backoff = (backoff * 2).min(Duration::from_secs(5));
        }
    }

    /// Follows the other projector's checkpoint, until it no longer follows the log.
    async fn stand_by(&self) {
        let mut moved = Instant::now();
        loop {
            tokio::time::sleep(LOOK).await;
            // without the database nobody projects
            let Ok(at) = self.model.checkpoint().await else { continue };
            if self.model.reached.send_replace(at) != at {
                moved = Instant::now();
            } else if moved.elapsed() > STANDS_STILL {
                if self.log.last_position().await.is_ok_and(|last| last > at) {
                    return;
                }
                moved = Instant::now();
            }
        }
    }

    async fn project(&self) -> Error {
        let mut hold = match self.take_hold().await {
            Ok(hold) => hold,
            Err(error) => return error,
        };
        hold.tell(&self.model);
        let mut reader = self.log.read_after(hold.position);
        loop {
            let mut batch = match reader.next().await {
                Ok(commit) => vec![commit],
                Err(error) => return error.into(),
            };
            let until = Instant::now() + GATHER;
            while batch.len() < MOST {
                match tokio::time::timeout_at(until, reader.next()).await {
                    Ok(Ok(commit)) => batch.push(commit),
                    Ok(Err(error)) => return error.into(),
                    Err(_) => break,
                }
            }
            if let Err(error) = hold.write::<P>(&batch).await {
                return error;
            }
            hold.tell(&self.model);
        }
    }

    /// Takes the read model over: whoever held it before finds its epoch gone.
    async fn take_hold(&self) -> Result<Hold, Error> {
        let options = self.model.pool().connect_options();
        let mut connection = PgConnection::connect_with(&options).await?;
        let row = sqlx::query(
            "update _checkpoint set owner_epoch = owner_epoch + 1 returning last_position, owner_epoch",
        )
        .fetch_one(&mut connection)
        .await?;
        let parked = sqlx::query("select distinct subject from _parked").fetch_all(&mut connection).await?;
        Ok(Hold {
            connection,
            epoch: row.get(1),
            position: Position(u64::try_from(row.get::<i64, _>(0)).unwrap_or_default()),
            rows: Rows::default(),
            parked: parked.into_iter().map(|row| row.get(0)).collect(),
        })
    }
}

impl Hold {
    /// What is parked first: who has waited for a position sees what was parked up to it.
    fn tell<P: Projection>(&self, model: &ReadModel<P>) {
        model.parked.send_replace(self.parked.len());
        model.reached.send_replace(self.position);
    }

    async fn write<P: Projection>(&mut self, batch: &[Arc<StoredCommit>]) -> Result<(), Error> {
        let tables: BTreeMap<&'static str, TableSpec> =
            P::tables().into_iter().map(|table| (table.name, table)).collect();
        let mut events = Vec::new();
        for commit in batch {
            events.extend(commit.recorded()?);
        }
        let last = batch.last().map_or(self.position, |commit| commit.position);
        let mut transaction = self.connection.begin().await?;
        let (mut set_aside, mut passes) = (Vec::new(), 0);
        for (index, event) in events.iter().copied().enumerate() {
            let subject = event.subject.as_str();
            let cause = if self.parked.contains(subject) {
                Some("behind a parked event".to_owned())
            } else {
                loop {
                    match apply::<P>(&mut self.rows, event) {
                        Applied::Missing(_, _) if passes < PASSES => {
                            passes += 1;
                            let behind = &events[index..];
                            prefetch::<P>(&mut self.rows, &self.parked, behind, &tables, &mut transaction)
                                .await?;
                        }
                        Applied::Missing(table, key) => {
                            load(&mut self.rows, &tables, table, vec![key], &mut transaction).await?;
                        }
                        Applied::Done => break None,
                        Applied::Poison(cause) => break Some(cause),
                    }
                }
            };
            if let Some(cause) = cause {
                if self.parked.insert(subject.to_owned()) {
                    tracing::error!(
                        projection = P::NAME,
                        position = event.position.0,
                        cause,
                        "aggregate parked"
                    );
                }
                set_aside.push((event, cause));
            }
        }
        for (event, cause) in set_aside {
            park(&mut transaction, event, &cause).await?;
        }
        flush(&mut self.rows, &tables, &mut transaction).await?;
        let moved = sqlx::query(
            "update _checkpoint set last_position = $1 where last_position = $2 and owner_epoch = $3",
        )
        .bind(last.0.cast_signed())
        .bind(self.position.0.cast_signed())
        .bind(self.epoch)
        .execute(&mut *transaction)
        .await?;
        if moved.rows_affected() != 1 {
            transaction.rollback().await?;
            return Err(Error::Fenced);
        }
        transaction.commit().await?;
        self.position = last;
        if self.rows.len() > KEPT {
            self.rows = Rows::default();
        }
        Ok(())
    }
}

/// What became of an event.
enum Applied {
    Done,
    /// This row of this table must be loaded first.
    Missing(&'static str, String),
    /// Why it must be parked.
    Poison(String),
}

fn apply<P: Projection>(rows: &mut Rows, event: &Recorded) -> Applied {
    match P::apply(rows, event) {
        Ok(()) => {
            rows.accept();
            Applied::Done
        }
        Err(Apply::NotLoaded { table, key }) => {
            rows.discard();
            Applied::Missing(table, key)
        }
        Err(error @ (Apply::Decode(_) | Apply::Contradiction(_))) => {
            rows.discard();
            Applied::Poison(error.to_string())
        }
    }
}

/// Loads, table by table in one query each, the first row that each event misses: most events miss no other.
async fn prefetch<P: Projection>(
    rows: &mut Rows,
    parked: &BTreeSet<String>,
    events: &[&Recorded],
    tables: &BTreeMap<&'static str, TableSpec>,
    connection: &mut PgConnection,
) -> Result<(), Error> {
    let mut wanted: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for event in events.iter().filter(|event| !parked.contains(event.subject.as_str())) {
        if let Err(Apply::NotLoaded { table, key }) = P::apply(rows, event) {
            wanted.entry(table).or_default().insert(key);
        }
        rows.discard();
    }
    for (table, keys) in wanted {
        load(rows, tables, table, keys.into_iter().collect(), connection).await?;
    }
    Ok(())
}

async fn load(
    rows: &mut Rows,
    tables: &BTreeMap<&'static str, TableSpec>,
    table: &'static str,
    keys: Vec<String>,
    connection: &mut PgConnection,
) -> Result<(), Error> {
    let Some(spec) = tables.get(table) else {
        return Err(Error::Row { table, cause: "not among the projection's tables".to_owned() });
    };
    let bad = |error: serde_json::Error| Error::Row { table, cause: error.to_string() };
    let query = format!("select {key}, to_jsonb(t) from {table} t where {key} = any($1)", key = spec.key);
    for row in sqlx::query(AssertSqlSafe(query)).bind(&keys).fetch_all(connection).await? {
        rows.load(table, row.get(0), Some((spec.read)(row.get(1)).map_err(bad)?));
    }
    for key in keys {
        rows.load(table, key, None);
    }
    Ok(())
}

async fn flush(
    rows: &mut Rows,
    tables: &BTreeMap<&'static str, TableSpec>,
    connection: &mut PgConnection,
) -> Result<(), Error> {
    for (table, changes) in rows.take_changes() {
        let Some(spec) = tables.get(table) else {
            return Err(Error::Row { table, cause: "not among the projection's tables".to_owned() });
        };
        let bad = |error: serde_json::Error| Error::Row { table, cause: error.to_string() };
        // text, which PostgreSQL reads once: as jsonb it would be built only to be taken apart
        let (mut put, mut columns) = (vec![b'['], Vec::new());
        let mut delete = Vec::new();
        for (key, row) in changes {
            let Some(row) = row else {
                delete.push(key);
                continue;
            };
            if columns.is_empty() {
                let row = row.json().map_err(bad)?;
                columns.extend(row.as_object().into_iter().flat_map(|row| row.keys().cloned()));
            } else {
                put.push(b',');
            }
            row.write_json(&mut put).map_err(bad)?;
        }
        put.push(b']');
        if !delete.is_empty() {
            let query = format!("delete from {table} where {} = any($1)", spec.key);
            sqlx::query(AssertSqlSafe(query)).bind(&delete).execute(&mut *connection).await?;
        }
        if !columns.is_empty() {
            let set: Vec<String> = columns
                .iter()
                .filter(|column| *column != spec.key)
                .map(|column| format!("{column} = excluded.{column}"))
                .collect();
            let query = format!(
                "insert into {table} select * from json_populate_recordset(null::{table}, $1::text::json) \
                 on conflict ({}) do update set {}",
                spec.key,
                set.join(", ")
            );
            let put = String::from_utf8_lossy(&put);
            sqlx::query(AssertSqlSafe(query)).bind(put.as_ref()).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

async fn park(connection: &mut PgConnection, event: &Recorded, cause: &str) -> Result<(), Error> {
    sqlx::query(
        "insert into _parked (subject, position, index, event_id, cause) values ($1, $2, $3, $4, $5)",
    )
    .bind(event.subject.as_str())
    .bind(event.position.0.cast_signed())
    .bind(i32::try_from(event.index).unwrap_or(i32::MAX))
    .bind(&event.event().event_id)
    .bind(cause)
    .execute(connection)
    .await?;
    Ok(())
}
