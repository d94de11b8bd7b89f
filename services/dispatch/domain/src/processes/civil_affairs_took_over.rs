//! Civil affairs' temporary guardianship ends the temporary care that police had begun (LAW-3, DSP-2c, BEY-3).

use crate::incident::{Command, Incident};
use kinward_contracts::custody::v1::{TemporaryGuardianshipEvent, temporary_guardianship_event::Event};
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// The process.
#[derive(Clone, Copy, Debug)]
pub struct CivilAffairsTookOver;

impl Process for CivilAffairsTookOver {
    type Target = Incident;

    const NAME: &'static str = "dispatch-civil-affairs-took-over";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let Some(TemporaryGuardianshipEvent { event: Some(Event::TemporaryGuardianshipBegan(began)) }) =
            event.decode()?
        else {
            return Ok(Vec::new());
        };
        let command = Command::HandOverToCivilAffairs { at: event.occurred_at() };
        Ok(began.incident_id.map(|id| Reaction { id, command }).into_iter().collect())
    }
}
