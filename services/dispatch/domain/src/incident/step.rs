//! One step of police while it is decided: what is so far, when the step happened, and the clocks it moves.

use super::State;
use crate::rules::BEY_1;
use chrono::{DateTime, Utc};
use kinward_contracts::dispatch::v1::IncidentEvent;
use kinward_contracts::log::v1::Actor;
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{ChildReference, ClockStarted, ClockWarned};
use kinward_eventsourcing::{Context, Fact, Rejection, clock_facts};
use kinward_statute::Reference;

pub(super) type Facts = Vec<Fact<IncidentEvent>>;

pub(super) struct Step<'a> {
    pub(super) state: &'a State,
    pub(super) at: DateTime<Utc>,
    /// Whether the caller gave the time.
    given: bool,
    context: &'a Context<'a, Reference>,
}

impl<'a> Step<'a> {
    /// A step that happened when the caller says, or now; the future is refused.
    pub(super) fn new(
        state: &'a State,
        occurred_at: Option<DateTime<Utc>>,
        context: &'a Context<'a, Reference>,
    ) -> Result<Self, Rejection> {
        let at = context.happened(occurred_at, BEY_1)?;
        Ok(Self { state, at, given: occurred_at.is_some(), context })
    }

    /// What the caller says happened is not older than what it follows. What happens now is never refused: the
    /// clocks of two servers may differ a little, and emergencies do not wait for that (BEY-5).
    pub(super) fn not_before(&self, earliest: Option<DateTime<Utc>>) -> Result<(), Rejection> {
        if self.given && earliest.is_some_and(|earliest| self.at < earliest) {
            return Err(Rejection::time(
                "occurred_at",
                BEY_1,
                "发生时间不能早于立警或上一步骤",
                "occurred_at lies before the incident was opened, or before the step it follows",
            ));
        }
        Ok(())
    }

    /// The step as one that happened at this moment, unless the caller gave another: `None`.
    pub(super) fn moved_to(&self, at: DateTime<Utc>) -> Option<Self> {
        (!self.given || self.at == at).then_some(Self { at, ..*self })
    }

    /// The step's own fact.
    pub(super) fn fact(&self, event: impl Into<IncidentEvent>) -> Facts {
        vec![Fact::at(self.at, event)]
    }

    /// The duty behind a clock is done, if the clock runs.
    pub(super) fn done(&self, facts: &mut Facts, clock_id: &str) {
        facts.extend(clock_facts(self.state.clocks.done(clock_id, self.at)));
    }

    /// Starts a clock of the catalogue with the step. It must not run.
    pub(super) fn start(&self, facts: &mut Facts, name: &str, variant: &str, clock_id: &str) {
        let area = self.state.village_code.as_deref().unwrap_or_default();
        facts.extend(self.context.reference.start(name, variant, clock_id, self.at, area).map(Fact::now));
    }

    /// A clock that ended runs again, as it did: with the same moments, and warned if it was.
    pub(super) fn resume(&self, facts: &mut Facts, clock_id: &str) {
        let Some(clock) = self.state.clocks.get(clock_id) else { return };
        facts.push(Fact::now(ClockStarted {
            clock_id: clock_id.to_owned(),
            clock: clock.clock.clone(),
            rule: clock.rule.clone(),
            article: clock.article.clone(),
            basis: clock.basis,
            started_at: Some(timestamp(clock.started_at)),
            warn_at: clock.warn_at.map(timestamp),
            due_at: Some(timestamp(clock.due_at)),
            escalates_to: clock.escalates_to.clone(),
            variant: clock.variant.clone(),
            area: clock.area.clone(),
        }));
        if clock.warned {
            facts.push(Fact::now(ClockWarned {
                clock_id: clock_id.to_owned(),
                clock: clock.clock.clone(),
                area: clock.area.clone(),
            }));
        }
    }

    /// Another clock takes this one's place, if it runs.
    pub(super) fn supersede(&self, facts: &mut Facts, clock_id: &str, by: &str) {
        facts.extend(clock_facts(self.state.clocks.supersede(clock_id, by)));
    }

    /// The duty behind a clock fell away, if the clock runs.
    pub(super) fn void(&self, facts: &mut Facts, clock_id: &str, reason: &str) {
        facts.extend(clock_facts(self.state.clocks.void(clock_id, reason)));
    }

    /// When a clock of the catalogue runs out if it starts with the step.
    pub(super) fn due_of(&self, name: &str, variant: &str) -> Option<DateTime<Utc>> {
        let Reference { catalogue, calendar, .. } = self.context.reference;
        catalogue.in_force(name, variant, self.at).map(|entry| entry.moments(self.at, calendar).due_at)
    }

    /// Id of the incident.
    pub(super) fn id(&self) -> &str {
        self.context.id
    }

    /// Who asks.
    pub(super) fn actor(&self) -> &Actor {
        self.context.actor
    }

    /// Calendar, settings, units.
    pub(super) fn reference(&self) -> &Reference {
        self.context.reference
    }

    /// A moment the caller gives besides the step's own: not in the future; absent: the step's.
    pub(super) fn moment(&self, given: Option<DateTime<Utc>>) -> Result<DateTime<Utc>, Rejection> {
        given.map_or(Ok(self.at), |given| self.context.happened(Some(given), BEY_1))
    }

    /// A review: what ran is done and begins anew. One that was missed begins anew as well.
    pub(super) fn restart(&self, facts: &mut Facts, name: &str, clock_id: &str) -> Result<(), Rejection> {
        self.not_before(self.state.clocks.get(clock_id).map(|clock| clock.started_at))?;
        self.done(facts, clock_id);
        self.start(facts, name, "", clock_id);
        Ok(())
    }

    /// The child, as far as known.
    pub(super) fn child(&self) -> ChildReference {
        let State { child_id, child_person_id, .. } = self.state;
        ChildReference { child_id: child_id.clone(), person_id: child_person_id.clone() }
    }
}
