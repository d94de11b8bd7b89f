//! A log, a database, and a read model that counts words.

use chrono::{DateTime, Utc};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::r#type::v1::ClockMissed;
use kinward_contracts::{EventMessage, SealedFields, Visit};
use kinward_eventlog::{Call, Handler, Log, Means};
use kinward_eventsourcing::{
    CommandId, Context, Decider, Fact, NoSealing, Occurrence, Position, Recorded, Rejection, SystemClock,
};
use kinward_projection::{Apply, Memory, Projection, ReadModel, Rows, TableSpec, provision, table};
use kinward_testkit::{TestDatabase, TestLog};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct ClockEvent {
    #[prost(message, optional, tag = "103")]
    missed: Option<ClockMissed>,
}

impl prost::Name for ClockEvent {
    const PACKAGE: &'static str = "kinward.test.v1";
    const NAME: &'static str = "ClockEvent";
}

impl EventMessage for ClockEvent {
    const AGGREGATE: &'static str = "test.clock";

    fn event_type(&self) -> &'static str {
        "kinward.type.v1.ClockMissed"
    }
}

impl SealedFields for ClockEvent {
    fn visit_sealed(&mut self, _: &str, _: Visit<'_>) {}
}

/// Whether the projection was mended, so that what it could not apply it can.
pub(crate) static CURED: AtomicBool = AtomicBool::new(false);

/// Writes whatever it is told.
pub(crate) struct Scribe;

impl Decider for Scribe {
    type Command = String;
    type State = ();
    type Event = ClockEvent;
    type Reference = ();

    const STATE_SCHEMA: u32 = 1;

    fn decide((): &(), text: &String, _: &Context<'_, ()>) -> Result<Vec<Fact<ClockEvent>>, Rejection> {
        let missed = ClockMissed { clock: text.clone(), ..ClockMissed::default() };
        Ok(vec![Fact::now(ClockEvent { missed: Some(missed) })])
    }

    fn evolve((): &mut (), _: &ClockEvent, _: &Occurrence<'_>) {}
}

/// One row for each aggregate, and one for each word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Written {
    pub(crate) id: String,
    pub(crate) count: i64,
    pub(crate) last: Option<String>,
    pub(crate) at: DateTime<Utc>,
}

table!(Written, "written", id);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Word {
    pub(crate) word: String,
    pub(crate) seen: i64,
}

table!(Word, "words", word);

pub(crate) struct Writing;

impl Projection for Writing {
    const NAME: &'static str = "writing";
    const GENERATION: u32 = 1;
    const SCHEMA: &'static str = "
        create table written (id text primary key, count bigint not null, last text, at timestamptz not null);
        create table words (word text primary key, seen bigint not null);";

    fn tables() -> Vec<TableSpec> {
        vec![TableSpec::of::<Written>(), TableSpec::of::<Word>()]
    }

    fn apply(rows: &mut Rows, event: &Recorded) -> Result<(), Apply> {
        let Some(missed) = event.decode::<ClockEvent>()?.and_then(|event| event.missed) else {
            return Ok(());
        };
        if missed.clock == "poison" || (missed.clock == "curable" && !CURED.load(Ordering::Relaxed)) {
            return Err(Apply::Contradiction("poison".to_owned()));
        }
        let id = event.subject.id();
        let count = rows.get::<Written>(id)?.map_or(0, |row| row.count);
        let seen = rows.get::<Word>(&missed.clock)?.map_or(0, |row| row.seen);
        if missed.clock == "forget" {
            rows.delete::<Written>(id);
        } else {
            let last = (missed.clock.len() % 2 == 0).then(|| missed.clock.clone());
            rows.put(Written { id: id.to_owned(), count: count + 1, last, at: event.occurred_at() });
        }
        rows.put(Word { word: missed.clock, seen: seen + 1 });
        Ok(())
    }
}

pub(crate) struct Fixture {
    pub(crate) server: TestLog,
    pub(crate) database: TestDatabase,
    pub(crate) log: Log,
    handler: Handler<Scribe>,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let (server, database) = tokio::join!(TestLog::start(), TestDatabase::start());
        let log = server.log().await;
        provision::<Writing>(&database.url()).await.unwrap();
        let handler = Handler::new(Means {
            log: log.clone(),
            clock: Arc::new(SystemClock),
            sealer: Arc::new(NoSealing),
            reference: Arc::new(|| (Arc::new(()), Position(0))),
            tasks: TaskTracker::new(),
        });
        Self { server, database, log, handler }
    }

    pub(crate) async fn write(&self, n: usize, id: &str, text: &str) -> Position {
        let command_id = CommandId::of_request("tester", "write", &n.to_string());
        let call = Call {
            actor: Actor::default(),
            deadline: Instant::now() + Duration::from_secs(20),
            ..Call::of_kinward(command_id, "", "")
        };
        self.handler.execute(&call, id, &text.to_owned()).await.unwrap().position
    }

    pub(crate) fn model(&self) -> ReadModel<Writing> {
        ReadModel::connect(&self.database.url(), 4).unwrap()
    }

    pub(crate) async fn memory(&self) -> Memory<Writing> {
        let (mut memory, mut reader) = (Memory::default(), self.log.read_after(Position(0)));
        let last = self.log.last_position().await.unwrap();
        while reader.position() < last {
            for event in reader.next().await.unwrap().recorded().unwrap() {
                memory.fold(event);
            }
        }
        memory
    }
}

pub(crate) fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}
