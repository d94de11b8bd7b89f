//! The township was told: the clock `township-notice` is met (DSP-4).

use crate::incident::{Command, Incident};
use kinward_contracts::notification::v1::{NoticeEvent, Template, notice_event::Event};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// The process.
#[derive(Clone, Copy, Debug)]
pub struct NoticeWentOut;

impl Process for NoticeWentOut {
    type Target = Incident;

    const NAME: &'static str = "dispatch-notice-went-out";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let Some(NoticeEvent { event: Some(Event::NoticeSent(notice)) }) = event.decode()? else {
            return Ok(Vec::new());
        };
        let to_township = notice.recipient.as_ref().is_some_and(|to| to.department() == Department::Township);
        let incident = notice.about.as_ref().and_then(|about| about.incident_id.clone());
        Ok(match incident {
            Some(id) if to_township && notice.template() == Template::IncidentConcluded => {
                vec![Reaction { id, command: Command::MeetNoticeClock { at: event.recorded_at() } }]
            }
            _ => Vec::new(),
        })
    }
}
