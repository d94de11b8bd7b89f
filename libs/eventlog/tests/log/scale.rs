//! Many alarms at once, on the real server: waiting costs nothing, and those of one second all fire within five.

use crate::counter::{Command, Counter, call, counters};
use futures::{StreamExt as _, TryStreamExt as _};
use kinward_eventlog::{Alarm, Alarms, Handler, LogAlarms, observe_by, run_alarms};
use kinward_eventsourcing::{Clock, Position, Subject, SystemClock};
use kinward_testkit::TestLog;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Clocks that run.
const WAITING: usize = 45_000;
/// Clocks that run out in the same second.
const DUE: usize = 5_000;
/// Within which all of them are observed.
const WITHIN: Duration = Duration::from_secs(5);
/// Share of one core that waiting may cost, of server and service together.
const IDLE: f64 = 0.1;

/// Processor time that a process has used.
fn used(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    // user and system time, in hundredths of a second
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

fn subject(id: &str) -> Subject {
    Subject::new("test.counter", id).unwrap()
}

async fn start(handler: &Handler<Counter>, id: String, runs: chrono::Duration) {
    handler.create(&call(&id, ""), &id, &Command::StartClock(runs)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn long_five_thousand_alarms_of_one_second_all_fire() {
    let server = TestLog::start().await;
    let log = server.log().await;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let alarms: Arc<dyn Alarms> = Arc::new(LogAlarms::new(log.clone(), Arc::clone(&clock)));
    // those that wait
    let far = clock.now() + chrono::Duration::days(30);
    let waiting = futures::stream::iter(0..WAITING).map(|number| {
        let name = "test-clock-due".to_owned();
        alarms.set(Alarm { due: far, subject: subject(&format!("w{number}")), name, under: Position(0) })
    });
    waiting.buffer_unordered(256).try_collect::<Vec<()>>().await.unwrap();
    // those of one second, and one before them that ends the measure of idleness
    let handler = counters(&log, Arc::clone(&clock));
    let stop = CancellationToken::new();
    let running = tokio::spawn(run_alarms(
        log.clone(),
        Arc::clone(&clock),
        Arc::clone(&alarms),
        handler.clone(),
        "one".to_owned(),
        observe_by(|| Command::Observe),
        stop.clone(),
    ));
    let due = clock.now() + chrono::Duration::seconds(60);
    let begun = futures::stream::iter(0..DUE).map(|number| {
        let runs = due - clock.now();
        start(&handler, format!("d{number}"), runs)
    });
    begun.buffer_unordered(64).collect::<Vec<()>>().await;
    let mut reader = log.read_after(log.last_position().await.unwrap());
    for (mark, before) in [("settled", 15), ("sentinel", 3)] {
        start(&handler, mark.to_owned(), due - chrono::Duration::seconds(before) - clock.now()).await;
        reader.next().await.unwrap();
    }
    let pids = [server.pid().unwrap(), std::process::id()];
    let spent = || pids.iter().map(|pid| used(*pid)).sum::<Duration>();
    let settled = reader.next().await.unwrap().recorded().unwrap().to_vec();
    assert_eq!(settled[0].subject.id(), "settled");
    let (from, before) = (clock.now(), spent());
    let sentinel = reader.next().await.unwrap().recorded().unwrap().to_vec();
    assert_eq!(sentinel[0].subject.id(), "sentinel");
    let idle = spent().saturating_sub(before).as_secs_f64() / (clock.now() - from).as_seconds_f64();
    let mut last = due;
    for _ in 0..DUE {
        let missed = reader.next().await.unwrap().recorded().unwrap().to_vec();
        assert_eq!(missed[0].event_type(), "kinward.type.v1.ClockMissed");
        last = last.max(missed[0].recorded_at());
    }
    let took = (last - due).to_std().unwrap();
    println!(
        "{WAITING} clocks waiting cost {:.1} % of a core; {DUE} of one second took {took:?}",
        idle * 100.0
    );
    assert!(idle < IDLE, "waiting cost {idle:.3} of a core");
    assert!(took < WITHIN, "the last was observed after {took:?}");
    stop.cancel();
    running.await.unwrap();
}
