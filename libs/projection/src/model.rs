//! A read model's place in PostgreSQL: its schema, its checkpoint, how its answers wait for freshness.

use crate::generations::{number, run};
use crate::{Error, Memory, Projection, Table};
use kinward_eventsourcing::Position;
use serde::de::DeserializeOwned;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgPoolOptions, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgPool, Postgres, Row as _};
use std::marker::PhantomData;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

pub(crate) const OWN_TABLES: &str = "
create table _checkpoint (
    one boolean primary key default true check (one),
    last_position bigint not null,
    owner_epoch bigint not null,
    -- nobody's: whoever stands by takes it at once; the epoch only ever grows
    free boolean not null default true,
    paused boolean not null default false
);
insert into _checkpoint (last_position, owner_epoch) values (0, 0);
create table _parked (
    subject text not null,
    position bigint not null,
    index integer not null,
    event_id text not null,
    cause text not null,
    primary key (position, index)
);
create index on _parked (subject);
create table _dropped (
    subject text not null,
    position bigint not null,
    index integer not null,
    event_id text not null,
    reason text not null,
    dropped_at timestamptz not null default now(),
    primary key (position, index)
);
";

/// Creates the read model's schema if it is missing.
pub async fn provision<P: Projection>(database: &str) -> Result<(), Error> {
    let pool = PgPoolOptions::new().max_connections(1).connect(database).await?;
    let schema = P::schema_name();
    let mut transaction = pool.begin().await?;
    // two provisioners at once: the second waits and finds it done
    sqlx::query("select pg_advisory_xact_lock(hashtext($1))")
        .bind(&schema)
        .execute(&mut *transaction)
        .await?;
    let there: bool = sqlx::query("select exists (select from pg_namespace where nspname = $1)")
        .bind(&schema)
        .fetch_one(&mut *transaction)
        .await?
        .get(0);
    if !there {
        create::<P>(&mut transaction, &schema).await?;
    }
    transaction.commit().await?;
    pool.close().await;
    Ok(())
}

/// Creates an empty generation, owned by the read model's own role: what its department may read ends there.
pub(crate) async fn create<P: Projection>(connection: &mut PgConnection, schema: &str) -> Result<(), Error> {
    let role = P::role();
    run(
        connection,
        format!(
            "do $$ begin create role {role} nologin; exception when duplicate_object then null; end $$; \
             create schema {schema} authorization {role}; set role {role}; set search_path to {schema}; \
             {OWN_TABLES} {}",
            P::SCHEMA
        ),
    )
    .await
}

/// A checkpoint.
pub(crate) struct Held {
    pub(crate) position: Position,
    /// Nobody's: to be taken at once.
    pub(crate) free: bool,
    pub(crate) paused: bool,
}

/// A read model to query. Cheap to clone.
pub struct ReadModel<P: Projection> {
    pool: PgPool,
    pub(crate) reached: watch::Sender<Position>,
    pub(crate) parked: watch::Sender<usize>,
    /// Counts the clones.
    readers: Arc<()>,
    projection: PhantomData<P>,
}

impl<P: Projection> Clone for ReadModel<P> {
    fn clone(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            reached: self.reached.clone(),
            parked: self.parked.clone(),
            readers: Arc::clone(&self.readers),
            projection: PhantomData,
        }
    }
}

impl<P: Projection> ReadModel<P> {
    /// Whether somebody else has it in hand.
    pub(crate) fn is_read(&self) -> bool {
        Arc::strong_count(&self.readers) > 1
    }

    /// Connects lazily: a service starts, and answers that its database is away, while PostgreSQL is down.
    pub fn connect(database: &str, connections: u32) -> Result<Self, Error> {
        Self::of(database, &P::schema_name(), connections)
    }

    /// The same of another generation.
    pub(crate) fn of(database: &str, schema: &str, connections: u32) -> Result<Self, Error> {
        let options = PgConnectOptions::from_str(database)?.application_name(P::NAME).options([
            ("search_path", schema),
            ("role", &P::role()),
            ("timezone", "UTC"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(5))
            .connect_lazy_with(options);
        Ok(Self {
            pool,
            reached: watch::Sender::new(Position(0)),
            parked: watch::Sender::new(0),
            readers: Arc::default(),
            projection: PhantomData,
        })
    }

    /// The pool of this generation; its `search_path` is the schema.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// How far the read model is.
    pub fn position(&self) -> Position {
        *self.reached.borrow()
    }

    /// Changes of the position, to wait on.
    pub fn reached(&self) -> watch::Receiver<Position> {
        self.reached.subscribe()
    }

    /// Aggregates that are parked behind an event that could not be applied.
    pub fn parked(&self) -> watch::Receiver<usize> {
        self.parked.subscribe()
    }

    /// Waits until the read model holds everything up to `wanted`, but not beyond `deadline`.
    /// Answers where it stands.
    pub async fn fresh(&self, wanted: Position, deadline: Instant) -> Result<Position, Error> {
        let mut reached = self.reached.subscribe();
        let waited = tokio::time::timeout_at(deadline, reached.wait_for(|at| *at >= wanted)).await;
        match waited {
            Ok(Ok(at)) => Ok(*at),
            _ => Err(Error::NotFresh { at: self.position().0, wanted: wanted.0 }),
        }
    }

    /// Rows of one table: `condition` follows `from … t`, with `$1`, `$2` … the texts; at most `limit` after `offset`.
    pub async fn select<T: Table>(
        &self,
        condition: &'static str,
        texts: &[&str],
        (limit, offset): (i64, i64),
    ) -> Result<Vec<T>, Error> {
        let query =
            format!("select to_jsonb(t) from {} t {condition} limit {limit} offset {offset}", T::NAME);
        let rows = bound(&query, texts).fetch_all(&self.pool).await?;
        let row = |row: PgRow| {
            serde_json::from_value(row.get(0))
                .map_err(|error| Error::Row { table: T::NAME, cause: error.to_string() })
        };
        rows.into_iter().map(row).collect()
    }

    /// The row with this key.
    pub async fn get<T: Table>(&self, key: &str) -> Result<Option<T>, Error> {
        let query = format!("select to_jsonb(t) from {} t where {} = $1", T::NAME, T::KEY);
        let row = bound(&query, &[key]).fetch_optional(&self.pool).await?;
        row.map(|row| serde_json::from_value(row.get(0)))
            .transpose()
            .map_err(|error| Error::Row { table: T::NAME, cause: error.to_string() })
    }

    /// How many rows of one table meet a condition on the texts.
    pub async fn count<T: Table>(&self, condition: &'static str, texts: &[&str]) -> Result<u64, Error> {
        let query = format!("select count(*) from {} t {condition}", T::NAME);
        Ok(number(&bound(&query, texts).fetch_one(&self.pool).await?, 0))
    }

    /// What a query counts over the tables: groups, as the columns of `T`; `$1`, `$2` … are the texts.
    pub async fn groups<T: DeserializeOwned>(
        &self,
        query: &'static str,
        texts: &[&str],
    ) -> Result<Vec<T>, Error> {
        let rows =
            bound(&format!("select to_jsonb(g) from ({query}) g"), texts).fetch_all(&self.pool).await?;
        let group = |row: PgRow| {
            serde_json::from_value(row.get(0))
                .map_err(|error| Error::Row { table: "a group", cause: error.to_string() })
        };
        rows.into_iter().map(group).collect()
    }

    /// Where the checkpoint stands in the database.
    pub async fn checkpoint(&self) -> Result<Position, Error> {
        Ok(self.held().await?.position)
    }

    /// The checkpoint, and who has it.
    pub(crate) async fn held(&self) -> Result<Held, Error> {
        let query = "select last_position, free, paused from _checkpoint";
        let row = sqlx::query(query).fetch_one(&self.pool).await?;
        let position = Position(number(&row, 0));
        Ok(Held { position, free: row.get(1), paused: row.get(2) })
    }

    /// How this read model differs from a fold in memory, in all columns of all rows; empty: equal. For tests.
    pub async fn differences(&self, memory: &Memory<P>) -> Result<Vec<String>, Error> {
        let mut differences = Vec::new();
        let mut expected = memory.rows();
        for table in P::tables() {
            let query = format!("select to_jsonb(t) from {} t", table.name);
            for row in sqlx::query(AssertSqlSafe(query)).fetch_all(&self.pool).await? {
                let row = (table.read)(row.get(0))
                    .map_err(|error| Error::Row { table: table.name, cause: error.to_string() })?;
                let value =
                    row.json().map_err(|error| Error::Row { table: table.name, cause: error.to_string() })?;
                let key = value[table.key].as_str().unwrap_or_default().to_owned();
                match expected.remove(&(table.name, key.clone())) {
                    Some(wanted) if wanted.same(row.as_ref()) => {}
                    Some(wanted) => differences.push(format!(
                        "{} {key}: is {value}, should be {}",
                        table.name,
                        wanted.json().unwrap_or_default()
                    )),
                    None => differences.push(format!("{} {key}: should not be", table.name)),
                }
            }
        }
        differences.extend(expected.keys().map(|(table, key)| format!("{table} {key}: is missing")));
        Ok(differences)
    }
}

fn bound<'q>(query: &str, texts: &'q [&str]) -> Query<'q, Postgres, PgArguments> {
    let query = sqlx::query(AssertSqlSafe(query.to_owned()));
    texts.iter().fold(query, |query, text| query.bind(*text))
}
