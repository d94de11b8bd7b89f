//! How the district reads 上述情形 of DSP-3: to which situations evidence, medical care and appraisal belong without
//! signs of injury or crime. To violence, infringement and accident always, whatever is set here; an incident keeps the reading of its day.

use crate::rules::DSP_3;
use kinward_contracts::dispatch::v1::{EvidenceScopeEvent, EvidenceScopeSet, evidence_scope_event::Event};
use kinward_contracts::r#type::v1::Situation;
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Rejection};
use kinward_statute::Reference;
use serde::{Deserialize, Serialize};

/// The decider of the reading.
#[derive(Clone, Copy, Debug)]
pub struct EvidenceScope;

/// Sets the reading anew.
#[derive(Clone, Debug, PartialEq)]
pub struct Set(pub EvidenceScopeSet);

/// The reading in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Situations, as numbers.
    pub situations: Vec<i32>,
}

impl Decider for EvidenceScope {
    type Command = Set;
    type State = State;
    type Event = EvidenceScopeEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 1;

    fn decide(
        state: &State,
        Set(set): &Set,
        _: &Context<'_, Reference>,
    ) -> Result<Vec<Fact<EvidenceScopeEvent>>, Rejection> {
        if set.situations().any(|situation| situation == Situation::Unspecified) {
            return Err(Rejection::invalid("situations", DSP_3, "请写明情形", "name the situations"));
        }
        let mut situations = set.situations.clone();
        situations.sort_unstable();
        situations.dedup();
        Ok(if situations == state.situations {
            Vec::new()
        } else {
            vec![Fact::now(EvidenceScopeSet { situations })]
        })
    }

    fn evolve(state: &mut State, event: &EvidenceScopeEvent, _: &Occurrence<'_>) {
        if let Some(Event::EvidenceScopeSet(set)) = &event.event {
            state.situations.clone_from(&set.situations);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use kinward_eventsourcing::kit::Scenario;

    fn set(situations: &[Situation]) -> EvidenceScopeSet {
        EvidenceScopeSet { situations: situations.iter().map(|situation| i32::from(*situation)).collect() }
    }

    #[test]
    fn dsp_3_the_reading_is_a_set_of_situations_and_the_same_one_again_is_nothing_new() {
        let reference = Reference::default();
        let none = || Scenario::<EvidenceScope>::new("430903", DateTime::UNIX_EPOCH, &reference);
        none().when(Set(set(&[Situation::Unspecified]))).then_refused("DSP-3");
        let twice = set(&[Situation::Missing, Situation::LivingAlone, Situation::Missing]);
        let once = set(&[Situation::LivingAlone, Situation::Missing]);
        let scenario = none().when(Set(twice.clone())).then([once.into()]);
        let scenario = scenario.when(Set(twice)).then([]);
        scenario.when(Set(set(&[]))).then([set(&[]).into()]);
    }
}
