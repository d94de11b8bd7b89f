//! A report that police found to be so: its reporter is to be commended, unless it had to report (RPT-6). The report
//! knows that.

use crate::report::{Command, Report};
use kinward_contracts::dispatch::v1::{IncidentEvent, Substantiation, incident_event::Event};
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// The process.
#[derive(Clone, Copy, Debug)]
pub struct ProposeCommendation;

impl Process for ProposeCommendation {
    type Target = Report;

    const NAME: &'static str = "reporting-propose-commendation";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let Some(IncidentEvent { event: Some(Event::IncidentConcluded(concluded)) }) = event.decode()? else {
            return Ok(Vec::new());
        };
        if concluded.substantiation() != Substantiation::Substantiated || concluded.report_id.is_empty() {
            return Ok(Vec::new());
        }
        let incident_id = event.subject.id().to_owned();
        Ok(vec![Reaction { id: concluded.report_id, command: Command::ProposeCommendation { incident_id } }])
    }
}
