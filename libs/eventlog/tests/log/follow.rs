//! What follows the log: reader, process, snapshot, alarm, on the real server.

use crate::counter::{Command, Counter, Totals, call, counters};
use futures::{FutureExt as _, TryStreamExt as _};
use kinward_eventlog::{
    Alarm, Alarms, ClockAlarms, Error, Log, LogAlarms, Observe, observe_by, run_alarms, run_alone,
    run_process,
};
use kinward_eventsourcing::{Clock, Folded, Position, SetClock, Subject, SystemClock};
use kinward_testkit::TestLog;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_goes_on_after_the_server_was_killed() {
    let mut server = TestLog::start().await;
    let log = server.log().await;
    let handler = counters(&log, Arc::new(SystemClock));
    let mut reader = log.read_after(Position(0));
    for n in 1..=20_u64 {
        handler.execute(&call(&n.to_string(), ""), "one", &Command::Count(1)).await.unwrap();
        if n % 7 == 0 {
            server.kill_and_restart().await;
        }
        assert_eq!(reader.next().await.unwrap().position, Position(n));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_replays_reacts_once() {
    let server = TestLog::start().await;
    let log = server.log().await;
    let handler = counters(&log, Arc::new(SystemClock));
    for n in 0..30 {
        let id = format!("c{}", n % 3);
        handler.execute(&call(&n.to_string(), ""), &id, &Command::Count(1)).await.unwrap();
    }
    // three instances after each other, the first two dropped in the middle as a crash would
    for (instance, until) in [("a", 5), ("a", 20), ("b", 30)] {
        let reached = watch::Sender::new(Position(0));
        let mut watching = reached.subscribe();
        let running = tokio::spawn(run_process::<Totals>(
            log.clone(),
            handler.clone(),
            instance.to_owned(),
            reached,
            CancellationToken::new(),
        ));
        watching.wait_for(|at| at.0 >= until).await.unwrap();
        running.abort();
    }
    let total = counters(&log, Arc::new(SystemClock)).state("total").await.unwrap();
    assert_eq!(total.state.sum, 30);
    assert_eq!(total.revision.0, 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_instances_one_acts_and_the_other_takes_over() {
    let server = TestLog::start().await;
    let log = server.log().await;
    let handler = counters(&log, Arc::new(SystemClock));
    let start = |instance: &str| {
        let reached = watch::Sender::new(Position(0));
        let (watching, stop) = (reached.subscribe(), CancellationToken::new());
        let running = tokio::spawn(run_process::<Totals>(
            log.clone(),
            handler.clone(),
            instance.to_owned(),
            reached,
            stop.clone(),
        ));
        (watching, stop, running)
    };
    let (mut first, stop_first, running_first) = start("first");
    handler.execute(&call("1", ""), "c", &Command::Count(1)).await.unwrap();
    first.wait_for(|at| at.0 >= 1).await.unwrap();
    let (mut second, _stop_second, _running_second) = start("second");
    handler.execute(&call("2", ""), "c", &Command::Count(1)).await.unwrap();
    first.wait_for(|at| at.0 >= 3).await.unwrap();
    assert_eq!(*second.borrow(), Position(0), "the second waits");
    stop_first.cancel();
    running_first.await.unwrap();
    handler.execute(&call("3", ""), "c", &Command::Count(1)).await.unwrap();
    second.wait_for(|at| at.0 >= 5).await.unwrap();
    let total = counters(&log, Arc::new(SystemClock)).state("total").await.unwrap();
    assert_eq!(total.state.sum, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_of_one_name_do_not_take_the_lease_from_each_other_for_ever() {
    let server = TestLog::start().await;
    let (begun, active) = (watch::Sender::new(0), watch::Sender::new(0));
    let start = |log: Log| {
        let (begun, active) = (begun.clone(), active.clone());
        let work = move |stop: CancellationToken| {
            begun.send_modify(|count| *count += 1);
            let acting = Acting::new(&active);
            async move {
                stop.cancelled().await;
                drop(acting);
            }
        };
        tokio::spawn(run_alone(log, "twins", "one".to_owned(), CancellationToken::new(), work))
    };
    let (mut count, mut acting) = (begun.subscribe(), active.subscribe());
    let first = start(server.log().await);
    count.wait_for(|count| *count == 1).await.unwrap();
    // taken for the first one, started again after a crash
    let second = start(server.log().await);
    count.wait_for(|count| *count == 2).await.unwrap();
    acting.wait_for(|acting| *acting == 1).await.expect("the first one notices");
    let client = async_nats::connect(server.settings().servers[0].clone()).await.unwrap();
    let streams = async_nats::jetstream::new(client);
    let saved = async || {
        let stream = streams.get_stream("PROCESSES").await.unwrap();
        stream.get_last_raw_message_by_subject("kwp.twins").await.unwrap().sequence
    };
    let before = saved().await;
    while saved().await < before + 4 {}
    assert_eq!((*count.borrow(), *acting.borrow()), (2, 1), "the first one stands by");
    first.abort();
    second.abort();
}

/// Counts who acts, as long as it lives.
struct Acting(watch::Sender<i32>);

impl Acting {
    fn new(active: &watch::Sender<i32>) -> Self {
        active.send_modify(|count| *count += 1);
        Self(active.clone())
    }
}

impl Drop for Acting {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_acts_alone_is_taken_over_when_its_instance_stops() {
    let server = TestLog::start().await;
    let log = server.log().await;
    let (began, mut begun) = watch::channel("");
    let (began, active) = (Arc::new(began), Arc::new(AtomicUsize::new(0)));
    let start = |instance: &'static str| {
        let (stop, began, active) = (CancellationToken::new(), Arc::clone(&began), Arc::clone(&active));
        let work = move |stop: CancellationToken| {
            let (began, active) = (Arc::clone(&began), Arc::clone(&active));
            async move {
                assert_eq!(active.fetch_add(1, Ordering::SeqCst), 0, "two act at once");
                began.send_replace(instance);
                stop.cancelled().await;
                active.fetch_sub(1, Ordering::SeqCst);
            }
        };
        let running = run_alone(log.clone(), "test-alone", instance.to_owned(), stop.clone(), work);
        (stop, tokio::spawn(running))
    };
    let (stop_one, one) = start("one");
    begun.wait_for(|who| *who == "one").await.unwrap();
    let (stop_two, two) = start("two");
    stop_one.cancel();
    one.await.unwrap();
    begun.wait_for(|who| *who == "two").await.unwrap();
    stop_two.cancel();
    two.await.unwrap();
    assert_eq!(active.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_or_outdated_snapshot_is_ignored() {
    let server = TestLog::start().await;
    let log = server.log().await;
    let handler = counters(&log, Arc::new(SystemClock));
    for n in 0..3 {
        handler.execute(&call(&n.to_string(), ""), "one", &Command::Count(1)).await.unwrap();
    }
    let mut wrong = Folded::<Counter>::clone(&*handler.state("one").await.unwrap());
    wrong.hash = vec![0; 32];
    wrong.state.sum = 999;
    let (revision, position) = (wrong.revision.0 - 1, Position(2));
    wrong.revision.0 = revision;
    wrong.position = position;
    // whole by its checksum, but the log does not continue it
    log.keep_snapshot("kw.test.counter.one", 1, revision, position, &[], &wrong).await.unwrap();
    let fresh = counters(&log, Arc::new(SystemClock));
    assert_eq!(fresh.state("one").await.unwrap().state.sum, 3);
    // of another schema
    log.keep_snapshot("kw.test.counter.one", 2, revision, position, &[], &wrong).await.unwrap();
    let fresh = counters(&log, Arc::new(SystemClock));
    assert_eq!(fresh.state("one").await.unwrap().state.sum, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_snapshot_is_where_a_load_begins() {
    let server = TestLog::start().await;
    let log = server.log().await;
    let handler = counters(&log, Arc::new(SystemClock));
    for n in 0..3 {
        handler.execute(&call(&n.to_string(), ""), "one", &Command::Count(1)).await.unwrap();
    }
    let folded = Folded::<Counter>::clone(&*handler.state("one").await.unwrap());
    log.keep_snapshot("kw.test.counter.one", 1, 3, folded.position, &folded.hash, &folded).await.unwrap();
    handler.execute(&call("after", ""), "one", &Command::Count(1)).await.unwrap();
    let fresh = counters(&log, Arc::new(SystemClock));
    assert_eq!(fresh.state("one").await.unwrap().state.sum, 4);
    let (position, kept) = log.snapshot::<Folded<Counter>>("kw.test.counter.one", 1).await.unwrap();
    assert_eq!((position, kept.state.sum), (Position(3), 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_may_be_larger_than_any_message() {
    let server = TestLog::start().await;
    let log = server.log().await;
    let state: Vec<u64> = (0..2_000_000).collect();
    log.keep_snapshot("index.large", 1, 0, Position(7), &[], &state).await.unwrap();
    assert_eq!(log.snapshot::<Vec<u64>>("index.large", 1).await, Some((Position(7), state)));
    // whoever was cut off while keeping another one has written some of it
    let client = async_nats::connect(server.settings().servers[0].clone()).await.unwrap();
    let streams = async_nats::jetstream::new(client);
    streams.publish("kws.index.large.more.1", "of another".into()).await.unwrap().await.unwrap();
    assert_eq!(log.snapshot::<Vec<u64>>("index.large", 1).await, None);
    // a smaller one leaves the rest of the larger behind, which is not its own
    log.keep_snapshot("index.large", 1, 0, Position(8), &[], &vec![1_u64]).await.unwrap();
    assert_eq!(log.snapshot::<Vec<u64>>("index.large", 1).await, Some((Position(8), vec![1])));
}

/// The one suite of both drivers: an alarm fires when it is due, not before; again until it is done;
/// the aggregate decides.
async fn alarms_suite(
    log: Log,
    clock: Arc<SetClock>,
    alarms: Arc<dyn Alarms>,
    advance: impl Fn(chrono::Duration),
) {
    let handler = counters(&log, clock.clone() as Arc<dyn Clock>);
    let stop = CancellationToken::new();
    let (observe, asked) = failing_once("waking");
    let running = tokio::spawn(run_alarms(
        log.clone(),
        Arc::clone(&clock) as Arc<dyn Clock>,
        Arc::clone(&alarms),
        handler.clone(),
        "one".to_owned(),
        observe,
        stop.clone(),
    ));
    let runs = chrono::Duration::milliseconds(700);
    // an alarm of another aggregate of the same service is left for whoever asks that one
    let others = Subject::new("test.other", "clocked").unwrap();
    alarms
        .set(Alarm { due: clock.now(), subject: others.clone(), name: "due".to_owned(), under: Position(0) })
        .await
        .unwrap();
    handler.execute(&call("start", ""), "clocked", &Command::StartClock(runs)).await.unwrap();
    handler.execute(&call("later", ""), "patient", &Command::StartClock(runs * 1000)).await.unwrap();
    advance(runs);
    let mut reader = log.read_after(Position(2));
    let missed = reader.next().await.unwrap().recorded().unwrap().to_vec();
    assert_eq!(missed[0].event_type(), "kinward.type.v1.ClockMissed");
    assert_eq!(missed[0].subject.id(), "clocked");
    let fresh = counters(&log, Arc::new(SystemClock));
    assert!(fresh.state("clocked").await.unwrap().state.missed);
    assert!(!fresh.state("patient").await.unwrap().state.missed);
    assert_eq!(log.last_position().await.unwrap(), Position(3));
    // an event may ask to be woken without a clock
    handler.execute(&call("wake", ""), "waking", &Command::WakeAfter(runs)).await.unwrap();
    assert_eq!(reader.next().await.unwrap().position, Position(4));
    advance(runs);
    // the first time it could not be asked
    let begun = Instant::now();
    let woken = reader.next().await.unwrap().recorded().unwrap().to_vec();
    assert_eq!((woken[0].event_type(), woken[0].subject.id()), ("kinward.test.v1.Counted", "waking"));
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    assert!(begun.elapsed() < Duration::from_secs(20), "it fires again soon: {:?}", begun.elapsed());
    stop.cancel();
    running.await.unwrap();
    for _ in 0..2 {
        let left = alarms.fired("test.other", 10).await.unwrap().remove(0);
        assert_eq!(left.alarm.subject, others);
        left.again().await.unwrap();
    }
    let left = alarms.fired("test.other", 10).await.unwrap().remove(0);
    left.done().await.unwrap();
    assert!(alarms.fired("test.other", 10).now_or_never().is_none(), "what is done does not fire");
}

/// Asks in vain the first time that it asks this one; counts how often it does.
fn failing_once(id: &'static str) -> (Observe<Command>, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&asked);
    let observe: Observe<Command> = Arc::new(move |of| {
        let fails = of == id && counting.fetch_add(1, Ordering::SeqCst) == 0;
        let unavailable = || Err(Error::Unavailable("the keyring is away".to_owned()));
        Box::pin(std::future::ready(if fails { unavailable() } else { Ok(Command::Observe) }))
    });
    (observe, asked)
}

#[tokio::test(flavor = "multi_thread")]
async fn alarms_of_a_set_clock_fire_as_it_advances() {
    let server = TestLog::start().await;
    let clock = Arc::new(SetClock::at(SystemClock.now()));
    let alarms = Arc::new(ClockAlarms::new(Arc::clone(&clock)));
    let advancing = Arc::clone(&alarms);
    alarms_suite(server.log().await, clock, alarms, move |by| advancing.advance(by)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn alarms_of_the_log_fire_at_their_moment() {
    let server = TestLog::start().await;
    let log = server.log().await;
    // the service's clock stands a year ahead of the server's, and stands still until it is set
    let clock = Arc::new(SetClock::at(SystemClock.now() + chrono::Duration::days(365)));
    let alarms = Arc::new(LogAlarms::new(log.clone(), clock.clone()));
    let advancing = Arc::clone(&clock);
    alarms_suite(log, clock, alarms.clone(), move |by| advancing.advance(by)).await;
    // the clock of the one that is patient, and nothing of those that fired
    let client = async_nats::connect(server.settings().servers[0].clone()).await.unwrap();
    let streams = async_nats::jetstream::new(client);
    while streams.get_stream("TIMERS").await.unwrap().cached_info().state.messages > 1 {
        for aggregate in ["test.counter", "test.other"] {
            alarms.sweep(aggregate).await.unwrap();
        }
    }
    let stream = streams.get_stream("TIMERS").await.unwrap();
    let left = stream.info_with_subjects("kwt.>").await.unwrap();
    let left: Vec<String> = left.map_ok(|(subject, _)| subject).try_collect().await.unwrap();
    assert_eq!(left, ["kwt.set.test.counter.patient.test-clock-due"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn alarms_that_are_lost_with_their_stream_are_set_again() {
    let mut server = TestLog::start().await;
    let log = server.log().await;
    let clock = Arc::new(SystemClock);
    let handler = counters(&log, clock.clone());
    let runs = chrono::Duration::seconds(10);
    handler.execute(&call("start", ""), "clocked", &Command::StartClock(runs)).await.unwrap();
    let alarms = Arc::new(LogAlarms::new(log.clone(), clock.clone()));
    let stop = CancellationToken::new();
    let running = tokio::spawn(run_alarms(
        log.clone(),
        clock as Arc<dyn Clock>,
        alarms as Arc<dyn Alarms>,
        handler,
        "one".to_owned(),
        observe_by(|| Command::Observe),
        stop.clone(),
    ));
    let client = async_nats::connect(server.settings().servers[0].clone()).await.unwrap();
    let streams = async_nats::jetstream::new(client);
    let set = |streams: async_nats::jetstream::Context| async move {
        let stream = streams.get_stream("TIMERS").await.unwrap();
        let mut subjects = stream.info_with_subjects("kwt.set.test.counter.>").await.unwrap();
        futures::StreamExt::next(&mut subjects).await.is_some()
    };
    while !set(streams.clone()).await {}
    streams.delete_stream("TIMERS").await.unwrap();
    Log::provision(server.settings().clone()).await.unwrap();
    assert!(!set(streams.clone()).await, "it is lost");
    // as after every crash of a server, the connection is another one
    server.kill_and_restart().await;
    let mut reader = log.read_after(Position(1));
    let missed = reader.next().await.unwrap().recorded().unwrap().to_vec();
    assert_eq!(missed[0].event_type(), "kinward.type.v1.ClockMissed");
    stop.cancel();
    running.await.unwrap();
}
