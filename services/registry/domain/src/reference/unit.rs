//! A unit of a department, a school, an institution, a court. Missed clocks escalate to its superior, so the way up
//! must end.

use super::{InForce, keyed};
use crate::rules::INF_4;
use kinward_contracts::registry::v1::{UnitEvent, UnitRegistered, unit_event::Event};
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Rejection};
use kinward_statute::Reference;

/// The decider; keyed by the unit's id.
#[derive(Clone, Copy, Debug)]
pub struct Unit;

impl Decider for Unit {
    type Command = UnitRegistered;
    type State = InForce;
    type Event = UnitEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 2;

    fn decide(
        state: &InForce,
        registered: &UnitRegistered,
        context: &Context<'_, Reference>,
    ) -> Result<Vec<Fact<UnitEvent>>, Rejection> {
        let unit = registered.unit.clone().unwrap_or_default();
        keyed(&unit.unit_id, context.id, "unit_id", INF_4)?;
        let superior = unit.superior_unit_id.as_deref();
        if above(superior, context.reference).any(|unit_id| unit_id == context.id) {
            return Err(Rejection::invalid(
                "superior_unit_id",
                INF_4,
                "上级单位不能是本单位或其下级",
                "a unit is not its own superior, nor below itself",
            ));
        }
        Ok(state.unless_same(registered))
    }

    fn evolve(state: &mut InForce, event: &UnitEvent, _: &Occurrence<'_>) {
        if let Some(Event::UnitRegistered(registered)) = &event.event {
            state.take(registered);
        }
    }
}

/// A superior and all above it; ends even if two were registered above each other at the same time.
fn above<'a>(superior: Option<&'a str>, reference: &'a Reference) -> impl Iterator<Item = &'a str> {
    std::iter::successors(superior, |unit_id| reference.units.get(*unit_id)?.superior.as_deref())
        .take(reference.units.len() + 1)
}
