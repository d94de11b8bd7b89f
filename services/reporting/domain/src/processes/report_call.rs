//! A hotline call that is a report becomes one like any other (INF-3, RPT-3). The call has asked the same rules before.

use crate::report::{Command, Report};
use kinward_contracts::reporting::v1::{CallEvent, call_event::Event};
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// The process.
#[derive(Clone, Copy, Debug)]
pub struct ReportCall;

impl Process for ReportCall {
    type Target = Report;

    const NAME: &'static str = "reporting-report-call";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let Some(CallEvent { event: Some(Event::CallReported(reported)) }) = event.decode()? else {
            return Ok(Vec::new());
        };
        let Some(submitted) = reported.submitted else { return Ok(Vec::new()) };
        Ok(vec![Reaction { id: reported.report_id, command: Command::Submit(Box::new(submitted)) }])
    }
}
