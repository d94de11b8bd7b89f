//! Lists that the service answers from memory: every assessment and every referral, folded as the rules fold them.

use crate::{assessment, relief};
use kinward_contracts::EventMessage;
use kinward_contracts::assessment::v1::{AssessmentEvent, ReliefEvent};
use kinward_contracts::log::v1::Actor;
use kinward_eventsourcing::{DecodeError, Index, Occurrence, Recorded};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One of a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry<S> {
    /// What its events amount to.
    pub state: S,
    /// Position of its first event.
    pub first: u64,
    /// Number of its events.
    pub revision: u64,
}

/// Every assessment, by id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Assessments(pub BTreeMap<String, Entry<assessment::State>>);

/// Every referral, by id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Referrals(pub BTreeMap<String, Entry<relief::State>>);

impl Index for Assessments {
    const NAME: &'static str = "assessment-assessments";
    const SCHEMA: u32 = 1;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        fold::<AssessmentEvent, _>(&mut self.0, event, assessment::State::evolve)
    }
}

impl Index for Referrals {
    const NAME: &'static str = "assessment-relief-referrals";
    const SCHEMA: u32 = 1;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        fold::<ReliefEvent, _>(&mut self.0, event, relief::State::evolve)
    }
}

impl Referrals {
    /// Those that wait for a decision, the earliest due first, then those decided, the newest first.
    pub fn worklist(&self) -> Vec<(&str, &Entry<relief::State>)> {
        let mut all: Vec<_> = self.0.iter().map(|(id, entry)| (id.as_str(), entry)).collect();
        all.sort_by_key(|(_, entry)| {
            let due = entry.state.clocks.open().map(|(_, clock)| clock.due_at).min();
            let decided = entry.state.stage() != kinward_contracts::assessment::v1::ReliefStage::Referred;
            (decided, due, std::cmp::Reverse(entry.first))
        });
        all
    }
}

impl Assessments {
    /// All, the newest first.
    pub fn newest(&self) -> Vec<(&str, &Entry<assessment::State>)> {
        let mut all: Vec<_> = self.0.iter().map(|(id, entry)| (id.as_str(), entry)).collect();
        all.sort_by_key(|(_, entry)| std::cmp::Reverse(entry.first));
        all
    }
}

fn fold<E: EventMessage, S: Default>(
    all: &mut BTreeMap<String, Entry<S>>,
    event: &Recorded,
    fold: fn(&mut S, &E, &Occurrence<'_>),
) -> Result<(), DecodeError> {
    let Some(decoded) = event.decode::<E>()? else { return Ok(()) };
    let nobody = Actor::default();
    let at = Occurrence {
        event_id: &event.event().event_id,
        occurred_at: event.occurred_at(),
        recorded_at: event.recorded_at(),
        actor: event.commit.actor.as_ref().unwrap_or(&nobody),
    };
    let first = event.position.0;
    let new = || Entry { state: S::default(), first, revision: 0 };
    let entry = all.entry(event.subject.id().to_owned()).or_insert_with(new);
    fold(&mut entry.state, &decoded, &at);
    entry.revision = event.revision();
    Ok(())
}
