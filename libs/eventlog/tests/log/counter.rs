//! A smallest aggregate, with a clock, for the tests of the log.

use chrono::{DateTime, Duration, Utc};
use kinward_contracts::r#type::v1::{ClockMissed, ClockStarted, Reason};
use kinward_contracts::{EventMessage, SealedFields, Visit, timestamp};
use kinward_eventlog::{Call, Handler, Log, Means};
use kinward_eventsourcing::{
    Clock, CommandId, Context, Decider, Fact, NoSealing, Occurrence, Position, Process, Reaction, Recorded,
    Rejection, Rule, Sealer,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio_util::task::TaskTracker;

/// Events of a counter.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct CounterEvent {
    /// The event.
    #[prost(oneof = "Event", tags = "1, 2, 101, 103")]
    pub event: Option<Event>,
}

/// The one list of events.
#[derive(Clone, PartialEq, prost::Oneof)]
pub(crate) enum Event {
    /// Something was counted.
    #[prost(message, tag = "1")]
    Counted(Counted),
    /// It wants to be asked at a moment, without a clock.
    #[prost(message, tag = "2")]
    WakeAsked(WakeAsked),
    /// A clock runs.
    #[prost(message, tag = "101")]
    ClockStarted(ClockStarted),
    /// A clock ran out.
    #[prost(message, tag = "103")]
    ClockMissed(ClockMissed),
}

/// Something was counted.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Counted {
    /// How much.
    #[prost(uint64, tag = "1")]
    pub by: u64,
}

/// It wants to be asked at a moment.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct WakeAsked {
    /// Then.
    #[prost(message, optional, tag = "1")]
    pub at: Option<prost_types::Timestamp>,
}

impl prost::Name for CounterEvent {
    const PACKAGE: &'static str = "kinward.test.v1";
    const NAME: &'static str = "CounterEvent";
}

impl EventMessage for CounterEvent {
    const AGGREGATE: &'static str = "test.counter";

    fn event_type(&self) -> &'static str {
        match self.event {
            Some(Event::Counted(_)) => "kinward.test.v1.Counted",
            Some(Event::WakeAsked(_)) => "kinward.test.v1.WakeAsked",
            Some(Event::ClockStarted(_)) => "kinward.type.v1.ClockStarted",
            Some(Event::ClockMissed(_)) => "kinward.type.v1.ClockMissed",
            None => "",
        }
    }
}

impl SealedFields for CounterEvent {
    fn visit_sealed(&mut self, _: &str, _: Visit<'_>) {}
}

/// A counter that refuses to pass a limit and misses its clock.
pub(crate) struct Counter;

/// Commands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    /// Count.
    Count(u64),
    /// Start a clock that runs so long.
    StartClock(Duration),
    /// Ask to be woken after so long; then one is counted.
    WakeAfter(Duration),
    /// Look at the clock.
    Observe,
}

/// State.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    /// Sum so far.
    pub sum: u64,
    due: Option<DateTime<Utc>>,
    wake: Option<DateTime<Utc>>,
    /// Whether the clock was missed.
    pub missed: bool,
}

/// The most a counter holds.
pub(crate) const LIMIT: u64 = 1_000_000;

impl Decider for Counter {
    type Command = Command;
    type State = State;
    type Event = CounterEvent;
    type Reference = ();

    const STATE_SCHEMA: u32 = 1;

    fn decide(
        state: &State,
        command: &Command,
        context: &Context<'_, ()>,
    ) -> Result<Vec<Fact<CounterEvent>>, Rejection> {
        let event = match command {
            Command::Count(by) if state.sum + by > LIMIT => {
                return Err(Rejection::new(Reason::WrongState, Rule::new("TEST", "-"), "已满", "full"));
            }
            Command::Count(by) => Event::Counted(Counted { by: *by }),
            Command::StartClock(runs) => Event::ClockStarted(ClockStarted {
                clock_id: "test-clock".to_owned(),
                started_at: Some(timestamp(context.now)),
                due_at: Some(timestamp(context.now + *runs)),
                ..ClockStarted::default()
            }),
            Command::WakeAfter(time) => {
                Event::WakeAsked(WakeAsked { at: Some(timestamp(context.now + *time)) })
            }
            Command::Observe if state.wake.is_some_and(|wake| wake <= context.now) => {
                Event::Counted(Counted { by: 1 })
            }
            Command::Observe if state.due.is_some_and(|due| due <= context.now) && !state.missed => {
                Event::ClockMissed(ClockMissed {
                    clock_id: "test-clock".to_owned(),
                    ..ClockMissed::default()
                })
            }
            Command::Observe => return Ok(Vec::new()),
        };
        Ok(vec![Fact::now(CounterEvent { event: Some(event) })])
    }

    fn evolve(state: &mut State, event: &CounterEvent, _: &Occurrence<'_>) {
        match &event.event {
            Some(Event::Counted(counted)) => {
                state.sum += counted.by;
                state.wake = None;
            }
            Some(Event::WakeAsked(asked)) => {
                state.wake = asked.at.as_ref().and_then(kinward_contracts::instant);
            }
            Some(Event::ClockStarted(clock)) => {
                state.due = clock.due_at.as_ref().and_then(kinward_contracts::instant);
            }
            Some(Event::ClockMissed(_)) => state.missed = true,
            None => {}
        }
    }

    fn wakes(event: &CounterEvent) -> Option<(String, DateTime<Utc>)> {
        match &event.event {
            Some(Event::WakeAsked(asked)) => {
                Some(("wake".to_owned(), kinward_contracts::instant(asked.at.as_ref()?)?))
            }
            _ => None,
        }
    }
}

/// Counts into one `total` whatever is counted elsewhere.
pub(crate) struct Totals;

impl Process for Totals {
    type Target = Counter;

    const NAME: &'static str = "test-totals";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, kinward_eventsourcing::DecodeError> {
        let Some(counter) = event.decode::<CounterEvent>()? else { return Ok(Vec::new()) };
        Ok(match counter.event {
            Some(Event::Counted(counted)) if event.subject.id() != "total" => {
                vec![Reaction { id: "total".to_owned(), command: Command::Count(counted.by) }]
            }
            _ => Vec::new(),
        })
    }
}

/// A handler of counters.
pub(crate) fn counters(log: &Log, clock: Arc<dyn Clock>) -> Handler<Counter> {
    counters_sealed_by(log, clock, Arc::new(NoSealing))
}

/// The same, with a sealer.
pub(crate) fn counters_sealed_by(
    log: &Log,
    clock: Arc<dyn Clock>,
    sealer: Arc<dyn Sealer>,
) -> Handler<Counter> {
    Handler::new(Means {
        log: log.clone(),
        clock,
        sealer,
        reference: Arc::new(|| (Arc::new(()), Position(0))),
        tasks: TaskTracker::new(),
    })
}

/// A call with this request id and content.
pub(crate) fn call(request: &str, content: &str) -> Call {
    Call {
        request_hash: content.as_bytes().to_vec(),
        actor: kinward_contracts::log::v1::Actor::default(),
        deadline: tokio::time::Instant::now() + std::time::Duration::from_secs(20),
        ..Call::of_kinward(CommandId::of_request("tester", "test", request), "", "")
    }
}
