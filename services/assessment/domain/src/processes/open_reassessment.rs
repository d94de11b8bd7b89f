//! A reassessment that fell due opens by itself, once, linked to the assessment before it (ASM-4).

use crate::assessment::{Assessment, Command};
use kinward_contracts::assessment::v1::{AssessmentEvent, AssessmentOpened, Origin, assessment_event::Event};
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// The process.
#[derive(Clone, Copy, Debug)]
pub struct OpenReassessment;

impl Process for OpenReassessment {
    type Target = Assessment;

    const NAME: &'static str = "assessment-open-reassessment";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let Some(AssessmentEvent { event: Some(Event::ReassessmentFellDue(due)) }) = event.decode()? else {
            return Ok(Vec::new());
        };
        let opened = AssessmentOpened {
            incident_id: due.incident_id,
            child: due.child,
            village_code: due.village_code,
            origin: Origin::Reassessment.into(),
            previous_assessment_id: Some(event.subject.id().to_owned()),
            ..AssessmentOpened::default()
        };
        let command = Command::Open { opened, since: event.recorded_at() };
        Ok(vec![Reaction { id: event.new_id("assessment"), command }])
    }
}
