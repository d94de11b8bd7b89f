//! An aggregate's rules: decide and evolve.

use crate::{CommandId, Rejection};
use chrono::{DateTime, TimeDelta, Utc};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::{CarriesClocks, ClockEvent, EventMessage};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// The rules of one kind of aggregate. Pure: the same state, command and context decide the same.
pub trait Decider: Send + Sync + 'static {
    /// A request that may be refused.
    type Command: Send + Sync;
    /// What the events so far amount to. Snapshots store it, so a change of its shape needs a new `STATE_SCHEMA`.
    type State: Default + Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static;
    /// The wrapper message of the aggregate's events.
    type Event: EventMessage + Send + Sync + 'static;
    /// What a decision may look up: calendar and settings, as of a position.
    type Reference: Send + Sync;

    /// Version of `State`'s shape and of `evolve`: snapshots of another are ignored.
    const STATE_SCHEMA: u32;

    /// What happens if the command is obeyed; no facts: nothing to do. Or why it is refused.
    fn decide(
        state: &Self::State,
        command: &Self::Command,
        context: &Context<'_, Self::Reference>,
    ) -> Result<Vec<Fact<Self::Event>>, Rejection>;

    /// Folds one event. It never fails: what was decided happened.
    fn evolve(state: &mut Self::State, event: &Self::Event, at: &Occurrence<'_>);

    /// A moment at which the event wants its aggregate asked, beside those of its clocks, and a name for it: the same
    /// name again replaces the moment. Letters, digits, `-` and `_`.
    fn wakes(event: &Self::Event) -> Option<(String, DateTime<Utc>)> {
        let _ = event;
        None
    }
}

/// Circumstances of a decision.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a, R> {
    /// Id of the aggregate.
    pub id: &'a str,
    /// Now, by the injected clock.
    pub now: DateTime<Utc>,
    /// The command; ids of new things are derived from it.
    pub command_id: &'a CommandId,
    /// Who asks.
    pub actor: &'a Actor,
    /// Calendar and settings.
    pub reference: &'a R,
}

/// How far a caller's clock, or another server's, may be ahead of this one's.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(2);

impl<R> Context<'_, R> {
    /// When something happened: the time given, or now. The future is refused; what is ahead by no more than clocks
    /// differ happened now.
    pub fn happened(
        &self,
        given: Option<DateTime<Utc>>,
        rule: crate::Rule,
    ) -> Result<DateTime<Utc>, Rejection> {
        Ok(self.not_ahead("occurred_at", given, rule)?.unwrap_or(self.now))
    }

    /// The same of any field that tells a past moment, if it was given.
    pub fn not_ahead(
        &self,
        field: &str,
        given: Option<DateTime<Utc>>,
        rule: crate::Rule,
    ) -> Result<Option<DateTime<Utc>>, Rejection> {
        match given {
            Some(at) if at > self.now + CLOCKS_DIFFER => Err(Rejection::time(
                field,
                rule,
                "发生时间不能晚于现在",
                format!("{field} lies in the future: give the time it happened, or leave it out"),
            )),
            given => Ok(given.map(|at| at.min(self.now))),
        }
    }
}

/// An event that a decision makes, and when it happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact<E> {
    /// The event.
    pub event: E,
    /// When it happened in the world; `None`: now.
    pub occurred_at: Option<DateTime<Utc>>,
}

impl<E> Fact<E> {
    /// Something that happens now.
    pub fn now(event: impl Into<E>) -> Self {
        Self { event: event.into(), occurred_at: None }
    }

    /// Something that happened at `at`.
    pub fn at(at: DateTime<Utc>, event: impl Into<E>) -> Self {
        Self { event: event.into(), occurred_at: Some(at) }
    }
}

/// What clocks say, as facts of the aggregate that they run in.
pub fn clock_facts<E: CarriesClocks>(events: impl IntoIterator<Item = ClockEvent>) -> Vec<Fact<E>> {
    events.into_iter().map(|event| Fact::now(E::of_clock(event))).collect()
}

/// Circumstances of an event that is folded.
#[derive(Clone, Copy, Debug)]
pub struct Occurrence<'a> {
    /// Id of the event.
    pub event_id: &'a str,
    /// When it happened in the world.
    pub occurred_at: DateTime<Utc>,
    /// When it was written.
    pub recorded_at: DateTime<Utc>,
    /// Who did it.
    pub actor: &'a Actor,
}
