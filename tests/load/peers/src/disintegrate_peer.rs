//! disintegrate with disintegrate-postgres.

use crate::{Execute, TEXT, id_of};
use disintegrate::serde::json::Json;
use disintegrate::{Decision, DecisionError, Event, NoSnapshot, StateMutate, StateQuery};
use disintegrate_postgres::{Error, PgDecisionMaker, PgEventStore, PgSnapshotter, WithPgSnapshot};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgPool;

/// Events between snapshots.
const EVERY: u64 = 10;

#[derive(Clone, Debug, PartialEq, Eq, Event, Serialize, Deserialize)]
#[stream(ReportEvent, [Noted])]
pub(crate) enum DomainEvent {
    Noted {
        #[id]
        report_id: String,
        text: String,
    },
}

#[derive(Clone, Default, StateQuery, Serialize, Deserialize)]
#[state_query(ReportEvent)]
pub(crate) struct Report {
    #[id]
    report_id: String,
    steps: u64,
}

impl StateMutate for Report {
    fn mutate(&mut self, _: Self::Event) {
        self.steps += 1;
    }
}

#[derive(Debug, thiserror::Error)]
#[error("refused")]
pub(crate) struct Refused;

struct Note {
    id: String,
    text: String,
}

impl Decision for Note {
    type Event = DomainEvent;
    type StateQuery = Report;
    type Error = Refused;

    fn state_query(&self) -> Report {
        Report { report_id: self.id.clone(), ..Report::default() }
    }

    fn process(&self, _: &Report) -> Result<Vec<DomainEvent>, Refused> {
        if self.text.is_empty() {
            return Err(Refused);
        }
        Ok(vec![DomainEvent::Noted { report_id: self.id.clone(), text: self.text.clone() }])
    }
}

type Store = PgEventStore<DomainEvent, Json<DomainEvent>>;

pub(crate) struct Reports<S: disintegrate::SnapshotConfig + Clone>(
    PgDecisionMaker<DomainEvent, Json<DomainEvent>, S>,
);

impl Reports<NoSnapshot> {
    pub(crate) fn new(store: Store) -> Self {
        Self(disintegrate_postgres::decision_maker(store, NoSnapshot))
    }
}

impl Reports<WithPgSnapshot> {
    pub(crate) async fn with_snapshots(store: Store, pool: PgPool) -> anyhow::Result<Self> {
        let snapshotter = PgSnapshotter::try_new(pool, EVERY).await?;
        Ok(Self(disintegrate_postgres::decision_maker(store, WithPgSnapshot::new(snapshotter))))
    }
}

/// 40001: serialisation failure; the decision is made again, as an application would.
fn again(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    match error.downcast_ref::<Error>() {
        Some(Error::Concurrency) => true,
        Some(Error::Database(error)) => {
            error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "40001")
        }
        _ => false,
    }
}

macro_rules! execute {
    ($snapshots:ty) => {
        impl Execute for Reports<$snapshots> {
            async fn execute(&self, id: String, text: String) -> anyhow::Result<bool> {
                match self.0.make(Note { id, text }).await {
                    Ok(_) => Ok(true),
                    Err(DecisionError::EventStore(error) | DecisionError::StateStore(error)) if again(error.as_ref()) => {
                        Ok(false)
                    }
                    Err(error) => Err(anyhow::anyhow!("{error}")),
                }
            }
        }
    };
}

execute!(NoSnapshot);
execute!(WithPgSnapshot);

/// Makes the tables anew, and aggregates with events behind them.
pub(crate) async fn prepare(pool: &PgPool, behind: u32, aggregates: usize) -> anyhow::Result<Store> {
    sqlx::raw_sql("drop table if exists event, snapshot; drop sequence if exists seq_event_event_id cascade")
        .execute(pool)
        .await?;
    let store = PgEventStore::try_new(pool.clone(), Json::default()).await?;
    if behind > 0 {
        let ids: Vec<String> = (0..aggregates).map(id_of).collect();
        let payload = serde_json::to_string(&DomainEvent::Noted {
            report_id: "PLACE".to_owned(),
            text: "x".repeat(TEXT),
        })?;
        sqlx::query(
            "insert into event (event_type, payload, report_id) \
             select 'Noted', convert_to(replace($2, 'PLACE', id), 'UTF8'), id \
             from unnest($1::text[]) id, generate_series(1, $3) n order by n, id",
        )
        .bind(&ids)
        .bind(payload)
        .bind(i64::from(behind))
        .execute(pool)
        .await?;
    }
    Ok(store)
}
