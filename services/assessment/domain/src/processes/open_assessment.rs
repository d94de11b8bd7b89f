//! The notice opens the assessment: 接到公安机关通报后 (ASM-1), or when a school's concern is told to the township (DEP-3).

use crate::assessment::{Assessment, Command};
use kinward_contracts::assessment::v1::{AssessmentOpened, Origin};
use kinward_contracts::notification::v1::{About, NoticeEvent, Template, notice_event::Event};
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
        let Some((origin, to)) = calls_for(notice.template(), &about) else { return Ok(Vec::new()) };
        if notice.recipient.is_none_or(|recipient| recipient.department() != to) {
            return Ok(Vec::new());
        }
        let opened = AssessmentOpened {
            notice_id: event.subject.id().to_owned(),
            incident_id: about.incident_id.unwrap_or_default(),
            child: about.child,
            village_code: about.village_code,
            immediate: about.immediate,
            origin: origin.into(),
            ..AssessmentOpened::default()
        };
        let command = Command::Open { opened, since: event.recorded_at() };
        Ok(vec![Reaction { id: event.new_id("assessment"), command }])
    }
}

/// How an assessment opens on a notice, and on whose: it is told to several, and exactly one of them opens it.
fn calls_for(template: Template, about: &About) -> Option<(Origin, Department)> {
    let origin = match template {
        Template::IncidentConcluded if about.incident_id.is_some() => Origin::Notice,
        Template::PsychologicalConcern => Origin::SchoolConcern,
        _ => return None,
    };
    let township = about.village_code.is_some();
    Some((origin, if township { Department::Township } else { Department::CivilAffairs }))
}
