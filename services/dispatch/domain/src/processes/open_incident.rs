//! A report becomes an incident, whatever is unknown (RPT-3, BEY-5).

use crate::incident::{Command, Incident, severity};
use kinward_contracts::dispatch::v1::IncidentOpened;
use kinward_contracts::reporting::v1::{ReportEvent, ReporterClass, report_event::Event};
use kinward_contracts::r#type::v1::Situation;
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// The process.
#[derive(Clone, Copy, Debug)]
pub struct OpenIncident;

impl Process for OpenIncident {
    type Target = Incident;

    const NAME: &'static str = "dispatch-open-incident";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let Some(ReportEvent { event: Some(Event::ReportSubmitted(report)) }) = event.decode()? else {
            return Ok(Vec::new());
        };
        let by_policy = report
            .reporter
            .as_ref()
            .is_some_and(|reporter| reporter.reporter_class() == ReporterClass::Policy);
        let signs = report.signs.unwrap_or_default();
        let situations: Vec<Situation> = report.situations().collect();
        let child = report.child.unwrap_or_default();
        let opened = IncidentOpened {
            report_id: event.subject.id().to_owned(),
            situations: report.situations.clone(),
            severity: severity(&situations, &signs).into(),
            signs: Some(signs),
            village_code: report.village_code,
            child: child.reference,
            child_name: child.name,
            place: report.place,
            narrative: report.narrative,
            // the decision knows the reading of the day
            evidence_always: Vec::new(),
            without_reporter: by_policy,
        };
        let id = event.new_id("incident");
        Ok(vec![Reaction { id, command: Command::Open(Box::new(opened)) }])
    }
}
