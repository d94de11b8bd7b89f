//! Reports that police found to be so, those of linked incidents too: their reporters are to be commended, unless they
//! had to report (RPT-6, RPT-4). Each report knows that.

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
        if concluded.substantiation() != Substantiation::Substantiated {
            return Ok(Vec::new());
        }
        let propose = |report_id: String| {
            let incident_id = event.subject.id().to_owned();
            Reaction { id: report_id, command: Command::ProposeCommendation { incident_id } }
        };
        let reports = std::iter::once(concluded.report_id).chain(concluded.joined_report_ids);
        Ok(reports.filter(|report_id| !report_id.is_empty()).map(propose).collect())
    }
}
