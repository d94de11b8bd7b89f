//! An assessment that finds grounds opens a case (ASM-4). High risk alone opens none: without a guardian and a
//! ground there is nothing that a case could be about; a department can still open one by hand.

use crate::case::{Case, Command};
use kinward_contracts::assessment::v1::{AssessmentEvent, assessment_event::Event};
use kinward_contracts::custody::v1::CaseOpened;
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// The process.
#[derive(Clone, Copy, Debug)]
pub struct OpenCase;

impl Process for OpenCase {
    type Target = Case;

    const NAME: &'static str = "custody-open-case";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let Some(AssessmentEvent { event: Some(Event::AssessmentFinalised(finalised)) }) = event.decode()?
        else {
            return Ok(Vec::new());
        };
        if finalised.grounds.is_empty() {
            return Ok(Vec::new());
        }
        let opened = CaseOpened {
            child: finalised.child,
            guardian_person_ids: finalised.guardian_person_ids,
            village_code: finalised.village_code,
            assessment_id: Some(event.subject.id().to_owned()),
            // an assessment opened by hand has none behind it
            incident_id: Some(finalised.incident_id).filter(|id| !id.is_empty()),
            evidence_ids: finalised.evidence_ids,
            finding_event_ids: finalised.finding_event_ids,
        };
        Ok(vec![Reaction { id: event.new_id("case"), command: Command::Open(opened) }])
    }
}
