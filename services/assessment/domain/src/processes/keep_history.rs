//! Each assessment takes its place among the others of its child (ASM-4).

use crate::history::{History, List};
use kinward_contracts::assessment::v1::{AssessmentEvent, assessment_event::Event};
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// The process.
#[derive(Clone, Copy, Debug)]
pub struct KeepHistory;

impl Process for KeepHistory {
    type Target = History;

    const NAME: &'static str = "assessment-keep-history";

    fn react(event: &Recorded) -> Result<Vec<Reaction<List>>, DecodeError> {
        let Some(AssessmentEvent { event: Some(Event::AssessmentOpened(opened)) }) = event.decode()? else {
            return Ok(Vec::new());
        };
        // a child that is not identified has a person of its own in each incident: then nothing comes before
        let Some(child) = opened.child.filter(|child| !child.person_id.is_empty()) else {
            return Ok(Vec::new());
        };
        let command = List { assessment_id: event.subject.id().to_owned(), opened_at: event.occurred_at() };
        Ok(vec![Reaction { id: child.person_id, command }])
    }
}
