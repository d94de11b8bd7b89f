//! What police find on the scene and nobody reported (DSP-2b, DSP-2f): the list of dispositions grows, and it may be
//! more urgent than was thought.

use super::step::{Facts, Step};
use super::{Signs, severity};
use crate::rules::DSP_2B;
use kinward_contracts::dispatch::v1::SituationFound;
use kinward_contracts::r#type::v1::{DangerSigns, Severity, Situation};
use kinward_eventsourcing::Rejection;
use kinward_statute::Clock;

/// The clocks on the way to the scene.
pub(super) const ON_SCENE: &str = "police-on-scene";
pub(super) const ON_SCENE_AT_ONCE: &str = "police-on-scene-immediate";

pub(super) fn found(step: &Step<'_>, found: &SituationFound) -> Result<Facts, Rejection> {
    let state = step.state;
    let mut new: Vec<i32> = Vec::new();
    for situation in found.situations() {
        if situation == Situation::Unspecified {
            return Err(Rejection::invalid("situations", DSP_2B, "请写明情形", "say what was found"));
        }
        let number = i32::from(situation);
        if !state.situations.contains(&number) && !new.contains(&number) {
            new.push(number);
        }
    }
    let signs = state.signs.and(found.signs.unwrap_or_default().into());
    if new.is_empty() && signs == state.signs {
        return Err(Rejection::wrong_state(DSP_2B, "所列情形均已登记", "all of it is known already"));
    }
    let severity = worst(&[state.situations.as_slice(), new.as_slice()].concat(), signs, state.severity);
    let fact = SituationFound {
        situations: new,
        signs: Some(signs.into()),
        severity: severity.into(),
        observation: found.observation.clone(),
    };
    let mut facts = step.fact(fact);
    let now = severity.min(state.severity());
    hurry(step, &mut facts, now);
    Ok(facts)
}

/// The severity of all that is known; nothing found makes it less urgent.
fn worst(situations: &[i32], signs: Signs, so_far: i32) -> Severity {
    let situations: Vec<Situation> =
        situations.iter().filter_map(|number| Situation::try_from(*number).ok()).collect();
    let found = severity(&situations, &DangerSigns::from(signs));
    Severity::try_from(so_far)
        .ok()
        .filter(|before| *before != Severity::Unspecified)
        .map_or(found, |before| found.min(before))
}

/// Who is on the way to what turns out to be immediate has as long as for that, and the usual time again where it
/// turns out not to be.
pub(super) fn hurry(step: &Step<'_>, facts: &mut Facts, now: Severity) {
    let immediate = |severity: Severity| severity == Severity::Immediate;
    let clocks = &step.state.clocks;
    let runs = |clock_id: &str| clocks.get(clock_id).filter(|clock| clock.outcome.is_none());
    match (immediate(step.state.severity()), immediate(now)) {
        (false, true) => {
            if let Some(usual) = runs(ON_SCENE).filter(|usual| usual.variant.is_empty()) {
                speed_up(step, facts, usual);
            }
        }
        (true, false) if runs(ON_SCENE_AT_ONCE).is_some() => {
            step.supersede(facts, ON_SCENE_AT_ONCE, ON_SCENE);
            step.resume(facts, ON_SCENE);
        }
        _ => {}
    }
}

fn speed_up(step: &Step<'_>, facts: &mut Facts, usual: &Clock) {
    let mut started = Facts::new();
    step.start(&mut started, ON_SCENE, "immediate", ON_SCENE_AT_ONCE);
    let sooner = step.due_of("police-on-scene", "immediate").is_some_and(|due| due < usual.due_at);
    if sooner {
        step.supersede(facts, ON_SCENE, ON_SCENE_AT_ONCE);
        facts.extend(started);
    }
}

/// Police are on the scene: whichever clock ran is done.
pub(super) fn arrived(step: &Step<'_>, facts: &mut Facts) {
    step.done(facts, ON_SCENE);
    step.done(facts, ON_SCENE_AT_ONCE);
}
