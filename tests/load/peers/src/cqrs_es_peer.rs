//! cqrs-es with postgres-es.

use crate::{Execute, TEXT, id_of};
use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::PersistedEventStore;
use cqrs_es::{Aggregate, AggregateError, CqrsFramework, DomainEvent};
use postgres_es::PostgresEventRepository;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgPool;

/// The tables of postgres-es's own `db/init.sql`.
const TABLES: &str = "
drop table if exists events, snapshots;
create table events (
    aggregate_type text not null,
    aggregate_id text not null,
    sequence bigint check (sequence >= 0) not null,
    event_type text not null,
    event_version text not null,
    payload json not null,
    metadata json not null,
    primary key (aggregate_type, aggregate_id, sequence)
);
create table snapshots (
    aggregate_type text not null,
    aggregate_id text not null,
    last_sequence bigint check (last_sequence >= 0) not null,
    current_snapshot bigint check (current_snapshot >= 0) not null,
    payload json not null,
    primary key (aggregate_type, aggregate_id, last_sequence)
);";

/// Events between snapshots.
const EVERY: usize = 10;

#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Report {
    steps: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Event {
    Noted { text: String },
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        "Noted".to_owned()
    }

    fn event_version(&self) -> String {
        "1.0".to_owned()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("refused")]
pub(crate) struct Refused;

impl Aggregate for Report {
    const TYPE: &'static str = "report";
    type Command = String;
    type Event = Event;
    type Error = Refused;
    type Services = ();

    async fn handle(&mut self, text: String, (): &(), sink: &EventSink<Self>) -> Result<(), Refused> {
        if text.is_empty() {
            return Err(Refused);
        }
        sink.write(Event::Noted { text }, self).await;
        Ok(())
    }

    fn apply(&mut self, _: Event) {
        self.steps += 1;
    }
}

/// What is loaded before a decision.
pub(crate) enum Keep {
    Events,
    Snapshots,
    Aggregate,
}

pub(crate) struct Reports(CqrsFramework<Report, PersistedEventStore<PostgresEventRepository, Report>>);

impl Reports {
    pub(crate) fn new(pool: PgPool, keep: Keep) -> Self {
        let repository = PostgresEventRepository::new(pool);
        let store = match keep {
            Keep::Events => PersistedEventStore::new_event_store(repository),
            Keep::Snapshots => PersistedEventStore::new_snapshot_store(repository, EVERY),
            Keep::Aggregate => PersistedEventStore::new_aggregate_store(repository),
        };
        Self(CqrsFramework::new(store, vec![], ()))
    }
}

impl Execute for Reports {
    async fn execute(&self, id: String, text: String) -> anyhow::Result<bool> {
        match self.0.execute(&id, text).await {
            Ok(()) => Ok(true),
            Err(AggregateError::AggregateConflict) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// Makes the tables, and aggregates with events and a snapshot behind them.
pub(crate) async fn prepare(pool: &PgPool, behind: u32, aggregates: usize) -> anyhow::Result<()> {
    sqlx::raw_sql(TABLES).execute(pool).await?;
    if behind == 0 {
        return Ok(());
    }
    let ids: Vec<String> = (0..aggregates).map(id_of).collect();
    let event = serde_json::to_string(&Event::Noted { text: "x".repeat(TEXT) })?;
    sqlx::query(
        "insert into events select 'report', id, n, 'Noted', '1.0', $2::json, '{}'::json \
         from unnest($1::text[]) id, generate_series(1, $3) n order by n, id",
    )
    .bind(&ids)
    .bind(event)
    .bind(i64::from(behind))
    .execute(pool)
    .await?;
    let state = serde_json::to_string(&Report { steps: u64::from(behind) })?;
    sqlx::query("insert into snapshots select 'report', id, $3, 1, $2::json from unnest($1::text[]) id")
        .bind(&ids)
        .bind(state)
        .bind(i64::from(behind))
        .execute(pool)
        .await?;
    Ok(())
}
