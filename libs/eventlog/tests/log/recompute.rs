//! A notice that moves running clocks, on the real server (BEY-1).

use crate::counter::call;
use crate::deadline::{Calendar, Command, Deadline, handler, no_reference, notice, reference};
use kinward_contracts::assessment::v1::{ReliefEvent, relief_event::Event};
use kinward_contracts::instant;
use kinward_eventlog::{Alarms, ClockAlarms, Handler, Log, Reader, observe_by, run_alarms};
use kinward_eventsourcing::{Clock, Position, SetClock};
use kinward_statute::end_of_day;
use kinward_testkit::TestLog;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Friday, 27 November 2026: fifteen days end on Saturday, 12 December, so on the Monday after.
fn friday() -> chrono::DateTime<chrono::Utc> {
    "2026-11-27T04:00:00Z".parse().unwrap()
}

fn end_of(day: &str) -> chrono::DateTime<chrono::Utc> {
    end_of_day(day.parse().unwrap())
}

struct Setting {
    _server: TestLog,
    log: Log,
    clock: Arc<SetClock>,
    alarms: Arc<ClockAlarms>,
    deadlines: Handler<Deadline>,
    calendar: Handler<Calendar>,
    reader: Reader,
}

impl Setting {
    async fn new() -> Self {
        let server = TestLog::start().await;
        let log = server.log().await;
        let clock = Arc::new(SetClock::at(friday()));
        let reference = reference(&log).await;
        let deadlines = handler(&log, clock.clone() as Arc<dyn Clock>, Arc::clone(&reference));
        let calendar = handler(&log, clock.clone() as Arc<dyn Clock>, reference);
        let alarms = Arc::new(ClockAlarms::new(Arc::clone(&clock)));
        let reader = log.read_after(Position(0));
        Self { _server: server, log, clock, alarms, deadlines, calendar, reader }
    }

    /// An instance that keeps the alarms.
    fn run(&self) -> (CancellationToken, JoinHandle<()>) {
        let stop = CancellationToken::new();
        let running = tokio::spawn(run_alarms(
            self.log.clone(),
            self.clock.clone() as Arc<dyn Clock>,
            self.alarms.clone() as Arc<dyn Alarms>,
            self.deadlines.clone(),
            "one".to_owned(),
            observe_by(|| Command::Observe),
            stop.clone(),
        ));
        (stop, running)
    }

    async fn publish(&self, request: &str, date: &str, off: bool) {
        self.calendar.execute(&call(request, ""), "2027", &notice(date, off)).await.unwrap();
    }

    /// The next event of a deadline: whose, and what.
    async fn next(&mut self) -> (String, Event) {
        loop {
            for event in self.reader.next().await.unwrap().recorded().unwrap() {
                if let Some(ReliefEvent { event: Some(of_clock) }) = event.decode().unwrap() {
                    return (event.subject.id().to_owned(), of_clock);
                }
            }
        }
    }

    /// The next event is a move to this moment.
    async fn moved(&mut self, to: &str) -> String {
        let (id, event) = self.next().await;
        let Event::ClockRecomputed(moved) = event else { panic!("{event:?}") };
        assert_eq!(moved.due_at.as_ref().and_then(instant), Some(end_of(to)));
        id
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bey_1_a_notice_moves_every_running_clock_it_touches_to_an_earlier_day_once() {
    let mut setting = Setting::new().await;
    let (stop, running) = setting.run();
    for id in ["a", "b"] {
        setting.deadlines.execute(&call(id, ""), id, &Command::Start).await.unwrap();
        let (_, started) = setting.next().await;
        let Event::ClockStarted(started) = started else { panic!("{started:?}") };
        assert_eq!(started.due_at.as_ref().and_then(instant), Some(end_of("2026-12-14")));
    }
    // the Saturday is worked: the clocks run out two days earlier, and nobody waits for their alarms
    setting.publish("worked", "2026-12-12", false).await;
    let mut moved = [setting.moved("2026-12-12").await, setting.moved("2026-12-12").await];
    moved.sort();
    assert_eq!(moved, ["a", "b"]);
    // a notice that touches nothing wakes nobody; an instance that was killed goes on where it was
    stop.cancel();
    running.await.unwrap();
    setting.publish("again", "2026-12-12", false).await;
    setting.publish("elsewhere", "2027-05-01", true).await;
    let (stop, running) = setting.run();
    assert_eq!(
        setting.moved("2026-12-14").await.len(),
        1,
        "the later notice of a year takes the earlier one's place"
    );
    setting.moved("2026-12-14").await;
    setting.publish("back", "2026-12-12", false).await;
    setting.moved("2026-12-12").await;
    setting.moved("2026-12-12").await;
    let last = setting.log.last_position().await.unwrap();
    assert_eq!(setting.reader.position(), last, "nothing was written twice");
    setting.alarms.advance(end_of("2026-12-12") - friday());
    for _ in 0..2 {
        let (_, event) = setting.next().await;
        assert!(matches!(event, Event::ClockMissed(_)), "{event:?}");
    }
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn bey_1_a_clock_decided_before_the_notice_was_read_and_written_behind_it_is_moved_too() {
    let mut setting = Setting::new().await;
    let (stop, running) = setting.run();
    setting.publish("worked", "2026-12-12", false).await;
    let behind: Handler<Deadline> =
        handler::<Deadline>(&setting.log, setting.clock.clone() as Arc<dyn Clock>, no_reference());
    behind.execute(&call("late", ""), "late", &Command::Start).await.unwrap();
    let (_, started) = setting.next().await;
    assert!(matches!(started, Event::ClockStarted(_)), "{started:?}");
    assert_eq!(setting.moved("2026-12-12").await, "late");
    // who decides under the calendar of the day is not asked again
    setting.deadlines.execute(&call("timely", ""), "timely", &Command::Start).await.unwrap();
    let (_, started) = setting.next().await;
    let Event::ClockStarted(started) = started else { panic!("{started:?}") };
    assert_eq!(started.due_at.as_ref().and_then(instant), Some(end_of("2026-12-12")));
    stop.cancel();
    running.await.unwrap();
}
