//! One step of a call in the making: when it happened, and the clocks that end and start with it.

use super::State;
use crate::rules::BEY_1;
use chrono::{DateTime, Utc};
use kinward_contracts::ClockEvent;
use kinward_contracts::reporting::v1::CallEvent;
use kinward_eventsourcing::{Context, Fact, Rejection, clock_facts};
use kinward_statute::Reference;

pub(super) type Facts = Vec<Fact<CallEvent>>;
pub(super) type Now<'a> = Context<'a, Reference>;

/// Somebody answers within so long of the ring.
pub(super) const ANSWER: &str = "hotline-answer";
/// The matter is followed up within so long.
const FOLLOW_UP: &str = "hotline-follow-up";

pub(super) struct Step<'a> {
    pub(super) state: &'a State,
    pub(super) at: DateTime<Utc>,
    pub(super) context: &'a Now<'a>,
}

impl<'a> Step<'a> {
    /// A step that happened at the time given, or now; never before the call came so far.
    pub(super) fn new(
        state: &'a State,
        occurred_at: Option<DateTime<Utc>>,
        context: &'a Now<'a>,
    ) -> Result<Self, Rejection> {
        let at = context.happened(occurred_at, BEY_1)?;
        if occurred_at.is_some() && state.since.is_some_and(|since| at < since) {
            return Err(Rejection::time(
                "occurred_at",
                BEY_1,
                "不能早于上一步",
                "the call was not so far yet at that time",
            ));
        }
        Ok(Self { state, at, context })
    }

    pub(super) fn fact(&self, event: impl Into<CallEvent>) -> Facts {
        vec![Fact::at(self.at, event)]
    }

    /// The duty was done.
    pub(super) fn done(&self, facts: &mut Facts, clock_id: &str) {
        facts.extend(clock_facts(self.state.clocks.done(clock_id, self.at)));
    }

    /// The duty fell away in time; or it was missed already.
    pub(super) fn fell_away(&self, facts: &mut Facts, clock_id: &str, reason: &str) {
        let ended = match self.state.clocks.done(clock_id, self.at) {
            Some(ClockEvent::Met(_)) => self.state.clocks.void(clock_id, reason),
            ended => ended,
        };
        facts.extend(clock_facts(ended));
    }

    pub(super) fn start(&self, facts: &mut Facts, clock: &str, clock_id: &str) {
        let area = &self.state.area;
        facts.extend(self.context.reference.start(clock, "", clock_id, self.at, area).map(Fact::now));
    }

    /// The clock of the `nth` follow-up.
    pub(super) fn start_follow_up(&self, facts: &mut Facts, nth: u32) {
        self.start(facts, FOLLOW_UP, &follow_up(nth));
    }
}

/// Id of the clock of the `nth` follow-up.
pub(super) fn follow_up(nth: u32) -> String {
    format!("{FOLLOW_UP}-{nth}")
}
