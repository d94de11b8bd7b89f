//! The notice opens the assessment (ASM-1): 接到公安机关通报后.

use crate::assessment::{Assessment, Command};
use kinward_contracts::assessment::v1::{AssessmentOpened, Origin};
use kinward_contracts::notification::v1::{NoticeEvent, Template, notice_event::Event};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// The process.
#[derive(Clone, Copy, Debug)]
pub struct OpenAssessment;

impl Process for OpenAssessment {
    type Target = Assessment;

    const NAME: &'static str = "assessment-open-assessment";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let Some(NoticeEvent { event: Some(Event::NoticeSent(notice)) }) = event.decode()? else {
            return Ok(Vec::new());
        };
        let about = notice.about.clone().unwrap_or_default();
        let (Template::IncidentConcluded, Some(incident_id)) = (notice.template(), about.incident_id) else {
            return Ok(Vec::new());
        };
        // a conclusion is told to several; exactly one of them opens the assessment
        let opening =
            if about.village_code.is_some() { Department::Township } else { Department::CivilAffairs };
        if notice.recipient.is_none_or(|recipient| recipient.department() != opening) {
            return Ok(Vec::new());
        }
        let opened = AssessmentOpened {
            notice_id: event.subject.id().to_owned(),
            incident_id,
            child: about.child,
            village_code: about.village_code,
            immediate: about.immediate,
            origin: Origin::Notice.into(),
            ..AssessmentOpened::default()
        };
        let command = Command::Open { opened, since: event.recorded_at() };
        Ok(vec![Reaction { id: event.new_id("assessment"), command }])
    }
}
