//! A decision in the making: its facts, and the file as they will leave it, folded by the same code that folds the log.

use super::{Child, State};
use chrono::{DateTime, Utc};
use kinward_contracts::registry::v1::ChildEvent;
use kinward_contracts::{CarriesClocks as _, ClockEvent};
use kinward_eventsourcing::{Context, Fact, Folded, Occurrence};
use kinward_statute::Reference;

pub(super) type Facts = Vec<Fact<ChildEvent>>;
pub(super) type Now<'a> = Context<'a, Reference>;

/// Facts so far, and the file after them.
pub(super) struct Ahead<'a> {
    pub(super) context: &'a Now<'a>,
    pub(super) before: &'a State,
    pub(super) state: State,
    pub(super) facts: Facts,
}

impl<'a> Ahead<'a> {
    pub(super) fn of(before: &'a State, facts: Facts, context: &'a Now<'a>) -> Self {
        let mut ahead =
            Self { context, before, state: before.clone(), facts: Vec::with_capacity(facts.len()) };
        for fact in facts {
            ahead.push(fact);
        }
        ahead
    }

    /// One fact more.
    pub(super) fn push(&mut self, fact: Fact<ChildEvent>) {
        let event_id = self.event_id(self.facts.len());
        let occurrence = Occurrence {
            event_id: &event_id,
            occurred_at: fact.occurred_at.unwrap_or(self.context.now),
            recorded_at: self.context.now,
            actor: self.context.actor,
        };
        self.state.evolve(&fact.event, &occurrence);
        self.facts.push(fact);
    }

    /// What became of clocks.
    pub(super) fn clocks(&mut self, events: impl IntoIterator<Item = ClockEvent>) {
        for event in events {
            self.push(Fact::now(ChildEvent::of_clock(event)));
        }
    }

    /// Starts a clock of the catalogue for the child's village.
    pub(super) fn start(&mut self, name: &str, variant: &str, clock_id: &str, at: DateTime<Utc>) {
        let started = self.context.reference.start(name, variant, clock_id, at, &self.state.village_code);
        self.clocks(started.map(ClockEvent::Started));
    }

    /// The duty of a clock was done.
    pub(super) fn done(&mut self, clock_id: &str, at: DateTime<Utc>) {
        let event = self.state.clocks.done(clock_id, at);
        self.clocks(event);
    }

    /// The duty of a clock fell away.
    pub(super) fn void(&mut self, clock_id: &str, reason: &str) {
        let event = self.state.clocks.void(clock_id, reason);
        self.clocks(event);
    }

    /// Another clock takes the place of a running one, which may have the same id.
    pub(super) fn supersede(&mut self, clock_id: &str, by: &str) {
        let event = self.state.clocks.supersede(clock_id, by);
        self.clocks(event);
    }

    /// Id that the `index`-th event of this command will have.
    pub(super) fn event_id(&self, index: usize) -> String {
        Folded::<Child>::subject(self.context.id)
            .map(|subject| self.context.command_id.event_id(&subject, index))
            .unwrap_or_default()
    }
}
