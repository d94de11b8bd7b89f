//! The live backend on the real log and the real database: equal to memory, through crashes, fences and poison.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that fails says where")]

use chrono::{DateTime, Utc};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::r#type::v1::ClockMissed;
use kinward_contracts::{EventMessage, SealedFields, Visit};
use kinward_eventlog::{Call, Handler, Log, Means};
use kinward_eventsourcing::{
    CommandId, Context, Decider, Fact, NoSealing, Occurrence, Position, Recorded, Rejection, SystemClock,
};
use kinward_projection::{
    Apply, Error, Live, Memory, Projection, ReadModel, Rows, Table, TableSpec, provision,
};
use kinward_testkit::{TestDatabase, TestLog};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

#[derive(Clone, PartialEq, prost::Message)]
struct ClockEvent {
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

/// Writes whatever it is told.
struct Scribe;

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
struct Written {
    id: String,
    count: i64,
    last: Option<String>,
    at: DateTime<Utc>,
}

impl Table for Written {
    const NAME: &'static str = "written";
    const KEY: &'static str = "id";

    fn key(&self) -> String {
        self.id.clone()
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Word {
    word: String,
    seen: i64,
}

impl Table for Word {
    const NAME: &'static str = "words";
    const KEY: &'static str = "word";

    fn key(&self) -> String {
        self.word.clone()
    }
}

struct Writing;

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
        if missed.clock == "poison" {
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

struct Fixture {
    server: TestLog,
    database: TestDatabase,
    log: Log,
    handler: Handler<Scribe>,
}

impl Fixture {
    async fn start() -> Self {
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

    async fn write(&self, n: usize, id: &str, text: &str) -> Position {
        let command_id = CommandId::of_request("tester", "write", &n.to_string());
        let call = Call {
            actor: Actor::default(),
            deadline: Instant::now() + Duration::from_secs(20),
            ..Call::of_kinward(command_id, "", "")
        };
        self.handler.execute(&call, id, &text.to_owned()).await.unwrap().position
    }

    fn model(&self) -> ReadModel<Writing> {
        ReadModel::connect(&self.database.url(), 4).unwrap()
    }

    async fn memory(&self) -> Memory<Writing> {
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

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_read_model_equals_a_fold_in_memory_through_crashes_of_both_servers() {
    let mut fixture = Fixture::start().await;
    let model = fixture.model();
    let stop = CancellationToken::new();
    let running = tokio::spawn(Live::new(fixture.log.clone(), model.clone()).run(stop.clone()));
    let mut last = Position(0);
    for n in 0..300 {
        let text = ["a", "bb", "ccc", "forget", "dd"][n % 5];
        last = fixture.write(n, &format!("c{}", n % 7), text).await;
        match n {
            80 | 190 => fixture.database.kill_and_restart().await,
            130 => fixture.server.kill_and_restart().await,
            _ => {}
        }
    }
    assert_eq!(model.fresh(last, soon()).await.unwrap(), last);
    assert_eq!(model.checkpoint().await.unwrap(), last);
    let memory = fixture.memory().await;
    assert_eq!(memory.get::<Word>("forget").map(|row| row.seen), Some(60));
    assert_eq!(model.differences(&memory).await.unwrap(), Vec::<String>::new());
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn differences_are_found_in_every_column() {
    let fixture = Fixture::start().await;
    let model = fixture.model();
    let running = tokio::spawn(Live::new(fixture.log.clone(), model.clone()).run(CancellationToken::new()));
    let last = fixture.write(0, "c", "bb").await;
    model.fresh(last, soon()).await.unwrap();
    running.abort();
    for change in [
        "update written set last = null",
        "update written set last = 'bb', count = 2",
        "update written set count = 1, at = at + interval '1 microsecond'",
        "delete from words",
    ] {
        sqlx::query(change).execute(model.pool()).await.unwrap();
        assert_eq!(model.differences(&fixture.memory().await).await.unwrap().len(), 1, "{change}");
        if change.contains("microsecond") {
            sqlx::query("update written set at = at - interval '1 microsecond'")
                .execute(model.pool())
                .await
                .unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_projectors_the_first_is_fenced_tells_how_far_the_other_is_and_takes_over_from_it() {
    let fixture = Fixture::start().await;
    let (first, second) = (fixture.model(), fixture.model());
    let (stop, stop_second) = (CancellationToken::new(), CancellationToken::new());
    let running = tokio::spawn(Live::new(fixture.log.clone(), first.clone()).run(stop.clone()));
    let at = fixture.write(0, "c", "a").await;
    first.fresh(at, soon()).await.unwrap();
    let taking = tokio::spawn(Live::new(fixture.log.clone(), second.clone()).run(stop_second.clone()));
    second.fresh(at, soon()).await.unwrap();

    // the first meets the fence with this commit
    let at = fixture.write(1, "c", "a").await;
    second.fresh(at, soon()).await.unwrap();
    first.fresh(at, soon()).await.unwrap();
    let epoch = || async {
        let row = sqlx::query("select owner_epoch from _checkpoint").fetch_one(first.pool());
        row.await.unwrap().get::<i64, _>(0)
    };
    assert_eq!(epoch().await, 2, "the first only watches");

    stop_second.cancel();
    taking.await.unwrap();
    let at = fixture.write(2, "c", "bb").await;
    first.fresh(at, soon()).await.unwrap();
    assert_eq!(epoch().await, 3, "the first has taken over");
    assert_eq!(first.differences(&fixture.memory().await).await.unwrap(), Vec::<String>::new());
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poison_event_parks_its_aggregate_and_nothing_else() {
    let fixture = Fixture::start().await;
    let model = fixture.model();
    let stop = CancellationToken::new();
    let running = tokio::spawn(Live::new(fixture.log.clone(), model.clone()).run(stop.clone()));
    let mut last = Position(0);
    for (n, (id, text)) in [("well", "a"), ("ill", "a"), ("ill", "poison"), ("ill", "bb"), ("well", "bb")]
        .into_iter()
        .enumerate()
    {
        last = fixture.write(n, id, text).await;
    }
    model.fresh(last, soon()).await.unwrap();
    assert_eq!(*model.parked().borrow(), 1);
    let memory = fixture.memory().await;
    assert_eq!(memory.parked().len(), 1);
    assert_eq!(memory.get::<Written>("ill").map(|row| row.count), Some(1));
    assert_eq!(memory.get::<Written>("well").map(|row| row.count), Some(2));
    assert_eq!(model.differences(&memory).await.unwrap(), Vec::<String>::new());
    let parked: Vec<(String, i64)> =
        sqlx::query_as("select subject, position from _parked order by position, index")
            .fetch_all(model.pool())
            .await
            .unwrap();
    let subject = "kw.test.clock.ill".to_owned();
    assert_eq!(parked, [(subject.clone(), 3), (subject, 4)]);
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_fresh_in_time_says_where_it_stands() {
    let fixture = Fixture::start().await;
    let model = fixture.model();
    let refused = model.fresh(Position(5), Instant::now()).await;
    assert!(matches!(refused, Err(Error::NotFresh { at: 0, wanted: 5 })), "{refused:?}");
}
