//! What a process cannot do waits, and nothing else: on the real server.

use crate::counter::{Command, Counter, CounterEvent, Event, call, counters};
use kinward_eventlog::{Log, run_process};
use kinward_eventsourcing::{DecodeError, Position, Process, Reaction, Recorded, Subject, SystemClock};
use kinward_testkit::TestLog;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What every process here does: it counts, for each counter `x`, into `sum-x`.
fn sums(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
    let Some(counter) = event.decode::<CounterEvent>()? else { return Ok(Vec::new()) };
    let id = event.subject.id();
    Ok(match counter.event {
        Some(Event::Counted(counted)) if !id.starts_with("sum-") => {
            vec![Reaction { id: format!("sum-{id}"), command: Command::Count(counted.by) }]
        }
        _ => Vec::new(),
    })
}

fn unreadable(event: &Recorded) -> DecodeError {
    let (event_id, event_type) = (event.event().event_id.clone(), event.event_type().to_owned());
    DecodeError { event_id, event_type, cause: "a field that this program does not know".to_owned() }
}

struct Running {
    reached: watch::Receiver<Position>,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Running {
    fn start<P: Process<Target = Counter>>(log: &Log) -> Self {
        let (stop, sender) = (CancellationToken::new(), watch::Sender::new(Position(0)));
        let reached = sender.subscribe();
        let handler = counters(log, Arc::new(SystemClock));
        let running =
            tokio::spawn(run_process::<P>(log.clone(), handler, "one".to_owned(), sender, stop.clone()));
        Self { reached, stop, running }
    }

    async fn reaches(&mut self, position: u64) {
        self.reached.wait_for(|at| at.0 >= position).await.unwrap();
    }

    async fn stop(self) {
        self.stop.cancel();
        self.running.await.unwrap();
    }
}

async fn count(log: &Log, id: &str, by: u64) -> Position {
    let handler = counters(log, Arc::new(SystemClock));
    handler.execute(&call(&format!("{id}-{by}"), ""), id, &Command::Count(by)).await.unwrap().position
}

/// What was counted, in order.
async fn counted(log: &Log, id: &str) -> Vec<u64> {
    let events = log.history(&Subject::new("test.counter", id).unwrap()).await.unwrap();
    let by = |event: &Recorded| match event.decode::<CounterEvent>().unwrap()?.event? {
        Event::Counted(counted) => Some(counted.by),
        _ => None,
    };
    events.iter().filter_map(by).collect()
}

async fn parked<P: Process>(log: &Log, count: impl Fn(usize) -> bool) {
    while !log.parked().get(P::NAME).is_some_and(|parked| count(*parked)) {
        tokio::task::yield_now().await;
    }
}

static UNREAD: AtomicBool = AtomicBool::new(true);

/// Cannot read what is counted on `broken`, until it is mended.
struct Unread;

impl Process for Unread {
    type Target = Counter;

    const NAME: &'static str = "test-unread";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let first = event.commit.first_revision == 1;
        if first && event.subject.id() == "broken" && UNREAD.load(Ordering::SeqCst) {
            return Err(unreadable(event));
        }
        sums(event)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_process_cannot_read_waits_with_what_follows_and_is_done_once_in_order_when_it_is_mended() {
    let server = TestLog::start().await;
    let log = server.log().await;
    let mut running = Running::start::<Unread>(&log);
    let mut last = Position(0);
    for by in [1, 2, 3] {
        count(&log, "broken", by).await;
        last = count(&log, "whole", by).await;
    }
    running.reaches(last.0).await;
    parked::<Unread>(&log, |count| count == 3).await;
    assert_eq!(counted(&log, "sum-whole").await, [1, 2, 3], "the others go on");
    assert_eq!(counted(&log, "sum-broken").await, [0; 0], "what can be read does not overtake");
    assert_eq!(log.left_out(), 3, "it is told");
    running.stop().await;

    // not mended yet: what waits is known to whoever goes on, and more may come behind it
    let log = server.log().await;
    let mut running = Running::start::<Unread>(&log);
    let more = count(&log, "broken", 4).await;
    running.reaches(more.0).await;
    parked::<Unread>(&log, |count| count == 4).await;
    assert_eq!(counted(&log, "sum-broken").await, [0; 0]);
    running.stop().await;

    UNREAD.store(false, Ordering::SeqCst);
    let log = server.log().await;
    let running = Running::start::<Unread>(&log);
    parked::<Unread>(&log, |count| count == 0).await;
    assert_eq!(counted(&log, "sum-broken").await, [1, 2, 3, 4]);
    running.stop().await;

    // nothing waits any more
    let log = server.log().await;
    let mut running = Running::start::<Unread>(&log);
    let end = count(&log, "broken", 5).await;
    running.reaches(end.0).await;
    assert_eq!(counted(&log, "sum-broken").await, [1, 2, 3, 4, 5]);
    assert_eq!(counted(&log, "sum-whole").await, [1, 2, 3]);
    running.stop().await;
}

struct Sums;

impl Process for Sums {
    type Target = Counter;

    const NAME: &'static str = "test-sums";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        sums(event)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aggregate_that_does_not_fold_and_a_commit_that_is_none_hold_up_nobody_else() {
    let server = TestLog::start().await;
    let log = server.log().await;
    let client = async_nats::connect(server.settings().servers[0].clone()).await.unwrap();
    let streams = async_nats::jetstream::new(client);
    let damaged = streams.publish("kw.test.counter.sum-hurt", "no commit".into()).await.unwrap();
    assert_eq!(damaged.await.unwrap().sequence, 1);
    let mut last = Position(0);
    for by in [1, 2] {
        count(&log, "hurt", by).await;
        last = count(&log, "whole", by).await;
    }
    let mut running = Running::start::<Sums>(&log);
    running.reaches(last.0).await;
    parked::<Sums>(&log, |count| count == 3).await;
    assert_eq!(counted(&log, "sum-whole").await, [1, 2]);
    running.stop().await;

    // position and list are one write
    let stream = streams.get_stream("PROCESSES").await.unwrap();
    let saved = stream.get_last_raw_message_by_subject("kwp.test-sums").await.unwrap();
    let saved: serde_json::Value = serde_json::from_slice(&saved.payload).unwrap();
    assert!(saved["position"].as_u64().unwrap() >= last.0);
    let waiting: Vec<(u64, &str, bool)> = saved["parked"].as_array().unwrap().iter().map(waiting).collect();
    assert_eq!(
        waiting,
        [
            (1, "kw.test.counter.sum-hurt", true),
            (2, "kw.test.counter.hurt", true),
            (4, "kw.test.counter.hurt", false)
        ]
    );
}

/// Position, subject, and whether it is the cause or waits behind one.
fn waiting(parked: &serde_json::Value) -> (u64, &str, bool) {
    let why = parked["why"].as_str().unwrap_or_default();
    (parked["position"].as_u64().unwrap(), parked["subject"].as_str().unwrap(), !why.is_empty())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_without_a_list_is_read() {
    let server = TestLog::start().await;
    let log = server.log().await;
    count(&log, "before", 1).await;
    let client = async_nats::connect(server.settings().servers[0].clone()).await.unwrap();
    let streams = async_nats::jetstream::new(client);
    let old = r#"{"position":1,"owner":"","run":7}"#;
    streams.publish("kwp.test-sums", old.into()).await.unwrap().await.unwrap();
    let mut running = Running::start::<Sums>(&log);
    let after = count(&log, "after", 1).await;
    running.reaches(after.0).await;
    assert_eq!(counted(&log, "sum-after").await, [1]);
    assert_eq!(counted(&log, "sum-before").await, [0; 0], "it was done before");
    running.stop().await;
}

/// Commits that a process leaves behind at most.
const MOST: usize = 1_000;

static BLIND: AtomicBool = AtomicBool::new(true);

/// Can read nothing at all, until it is mended.
struct Blind;

impl Process for Blind {
    type Target = Counter;

    const NAME: &'static str = "test-blind";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        if BLIND.load(Ordering::SeqCst) { Err(unreadable(event)) } else { sums(event) }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_would_leave_too_much_behind_stays_where_it_is() {
    let server = TestLog::start().await;
    let log = server.log().await;
    let handler = counters(&log, Arc::new(SystemClock));
    for batch in 0..6 {
        let ids = (0..200).map(|number| format!("c{batch}-{number}"));
        let parts: Vec<_> = ids.map(|id| handler.new_part(&id, Command::Count(1)).unwrap()).collect();
        log.transact(&call(&format!("fill-{batch}"), ""), &parts).await.unwrap();
    }
    let running = Running::start::<Blind>(&log);
    parked::<Blind>(&log, |count| count > MOST).await;
    let held = running.reached.borrow().0;
    assert!(held > 0 && held <= MOST as u64, "it passes what may wait, and stops: {held}");
    running.stop().await;

    BLIND.store(false, Ordering::SeqCst);
    let mut running = Running::start::<Blind>(&log);
    running.reaches(2_400).await;
    parked::<Blind>(&log, |count| count == 0).await;
    for id in ["c0-0", "c3-100", "c5-199"] {
        assert_eq!(counted(&log, &format!("sum-{id}")).await, [1], "{id}");
    }
    assert_eq!(log.last_position().await.unwrap(), Position(2_400), "each was done once");
    running.stop().await;
}
