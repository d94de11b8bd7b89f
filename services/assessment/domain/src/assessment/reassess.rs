//! What follows a conclusion by itself: the reassessment, unless a later assessment stands in for it (ASM-4).

use super::State;
use super::decide::{Facts, Now};
use kinward_contracts::ClockEvent;
use kinward_contracts::assessment::v1::{LaterAssessmentOpened, ReassessmentFellDue};
use kinward_eventsourcing::{Fact, clock_facts};

/// The clock of the reassessment.
pub(super) const REASSESSMENT: &str = "reassessment";

/// What has become of the clocks. A reassessment that nobody opened in time is missed, and opens by itself.
pub(super) fn observe(state: &State, context: &Now<'_>) -> Facts {
    let events = state.clocks.observe_under(context.reference, context.now);
    let fell_due = events
        .iter()
        .any(|event| matches!(event, ClockEvent::Missed(missed) if missed.clock_id == REASSESSMENT));
    let mut facts = clock_facts(events);
    if fell_due {
        facts.push(Fact::now(ReassessmentFellDue {
            child: Some(state.child()),
            village_code: state.village_code.clone(),
            incident_id: state.incident_id.clone(),
            risk: state.risk,
        }));
    }
    facts
}

/// A later assessment stands in: the first that comes; later ones follow that one.
pub(super) fn follow(state: &State, assessment_id: &str) -> Facts {
    if state.later.is_some() {
        return Vec::new();
    }
    let later = LaterAssessmentOpened { assessment_id: assessment_id.to_owned() };
    let superseded = state.clocks.supersede(REASSESSMENT, &format!("{assessment_id}:assessment"));
    std::iter::once(Fact::now(later)).chain(clock_facts(superseded)).collect()
}
