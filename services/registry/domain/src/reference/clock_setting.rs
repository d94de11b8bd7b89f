//! How long a clock runs. What law or policy sets cannot be made longer: the catalogue refuses it.

use super::{InForce, keyed};
use crate::rules::BEY_1;
use kinward_contracts::registry::v1::{ClockSettingEvent, ClockSettingSet, clock_setting_event::Event};
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Rejection};
use kinward_statute::Reference;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The decider; keyed by the clock's name.
#[derive(Clone, Copy, Debug)]
pub struct ClockSettingOf;

/// What is in force of each variant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State(BTreeMap<String, InForce>);

impl Decider for ClockSettingOf {
    type Command = ClockSettingSet;
    type State = State;
    type Event = ClockSettingEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 2;

    fn decide(
        State(variants): &State,
        changed: &ClockSettingSet,
        context: &Context<'_, Reference>,
    ) -> Result<Vec<Fact<ClockSettingEvent>>, Rejection> {
        let setting = changed.setting.clone().unwrap_or_default();
        keyed(&setting.clock, context.id, "setting.clock", BEY_1)?;
        if let Err(error) = context.reference.catalogue.clone().apply(&setting, context.now) {
            return Err(Rejection::invalid("setting", BEY_1, error.zh(), error.to_string()));
        }
        Ok(variants.get(&setting.variant).unwrap_or(&InForce::default()).unless_same(changed))
    }

    fn evolve(State(variants): &mut State, event: &ClockSettingEvent, _: &Occurrence<'_>) {
        if let Some(Event::ClockSettingSet(changed)) = &event.event {
            let variant = changed.setting.as_ref().map(|setting| setting.variant.clone()).unwrap_or_default();
            variants.entry(variant).or_default().take(changed);
        }
    }
}
