//! An aggregate with a statutory clock, and the calendar under which it runs, for the tests of alarms.

use kinward_contracts::CarriesClocks as _;
use kinward_contracts::assessment::v1::ReliefEvent;
use kinward_contracts::registry::v1::{CalendarDay, CalendarEvent, HolidayNoticePublished};
use kinward_eventlog::{Handler, Live, Log, Means, ReferenceNow};
use kinward_eventsourcing::{Clock, Context, Decider, Fact, NoSealing, Occurrence, Position, Rejection};
use kinward_statute::{Clocks, Reference, ReferenceIndex};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A duty that is due in fifteen days. It borrows a wrapper that carries clocks.
pub(crate) struct Deadline;

/// Commands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Command {
    /// The clock starts.
    Start,
    /// Look at the clock.
    Observe,
}

impl Decider for Deadline {
    type Command = Command;
    type State = Clocks;
    type Event = ReliefEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 1;

    fn decide(
        clocks: &Clocks,
        command: &Command,
        context: &Context<'_, Reference>,
    ) -> Result<Vec<Fact<ReliefEvent>>, Rejection> {
        let Reference { catalogue, calendar, .. } = context.reference;
        Ok(match command {
            Command::Start => {
                let started = catalogue.start("assessment", "", "one", context.now, calendar);
                started.into_iter().map(Fact::now).collect()
            }
            Command::Observe => {
                let events = clocks.observe_under(context.reference, context.now);
                events.into_iter().map(|event| Fact::now(ReliefEvent::of_clock(event))).collect()
            }
        })
    }

    fn evolve(clocks: &mut Clocks, event: &ReliefEvent, _: &Occurrence<'_>) {
        if let Some(clock) = event.clock() {
            clocks.fold(&clock);
        }
    }
}

/// A year's calendar.
pub(crate) struct Calendar;

impl Decider for Calendar {
    type Command = HolidayNoticePublished;
    type State = ();
    type Event = CalendarEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 1;

    fn decide(
        (): &(),
        notice: &HolidayNoticePublished,
        _: &Context<'_, Reference>,
    ) -> Result<Vec<Fact<CalendarEvent>>, Rejection> {
        Ok(vec![Fact::now(notice.clone())])
    }

    fn evolve((): &mut (), _: &CalendarEvent, _: &Occurrence<'_>) {}
}

/// A notice that says of one day whether it is off.
pub(crate) fn notice(date: &str, off: bool) -> HolidayNoticePublished {
    let day = CalendarDay { date: date.to_owned(), name: "元旦".to_owned(), off };
    HolidayNoticePublished { year: 2027, papers: Vec::new(), days: vec![day] }
}

/// The calendar as the log has it, kept current.
pub(crate) async fn reference(log: &Log) -> ReferenceNow<Reference> {
    let (index, keep) = Live::<ReferenceIndex>::start(log.clone(), CancellationToken::new()).await;
    tokio::spawn(keep);
    Arc::new(move || {
        let (facts, _) = index.read(|index| Arc::clone(&index.0));
        let position = Position(facts.position);
        (facts, position)
    })
}

/// A calendar that knows of no notice.
pub(crate) fn no_reference() -> ReferenceNow<Reference> {
    Arc::new(|| (Arc::default(), Position(0)))
}

/// A handler under a calendar.
pub(crate) fn handler<D: Decider<Reference = Reference>>(
    log: &Log,
    clock: Arc<dyn Clock>,
    reference: ReferenceNow<Reference>,
) -> Handler<D> {
    let (sealer, tasks) = (Arc::new(NoSealing), TaskTracker::new());
    Handler::new(Means { log: log.clone(), clock, sealer, reference, tasks })
}
