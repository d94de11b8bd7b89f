//! A later assessment of the same child stands in for the reassessment of the one before it (ASM-4).

use crate::assessment::{Assessment, Command};
use kinward_contracts::assessment::v1::{HistoryEvent, history_event::Event};
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// The process.
#[derive(Clone, Copy, Debug)]
pub struct FollowEarlier;

impl Process for FollowEarlier {
    type Target = Assessment;

    const NAME: &'static str = "assessment-follow-earlier";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let Some(HistoryEvent { event: Some(Event::AssessmentListed(listed)) }) = event.decode()? else {
            return Ok(Vec::new());
        };
        let followed =
            |id: String, by: String| Reaction { id, command: Command::Follow { assessment_id: by } };
        let earlier = listed.earlier_assessment_id.map(|id| followed(id, listed.assessment_id.clone()));
        // one that is listed late has its follower already
        let itself = listed.later_assessment_id.map(|by| followed(listed.assessment_id, by));
        Ok(earlier.into_iter().chain(itself).collect())
    }
}
