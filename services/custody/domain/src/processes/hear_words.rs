//! Collects, child by child, what was said to guardians and the cases that count it (FAM-4).

use crate::words::{Command, Words};
use kinward_contracts::custody::v1::{CaseEvent, Words as Spoken, case_event};
use kinward_contracts::registry::v1::{ChildEvent, child_event::Event};
use kinward_contracts::timestamp;
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// The process.
#[derive(Clone, Copy, Debug)]
pub struct HearWords;

impl Process for HearWords {
    type Target = Words;

    const NAME: &'static str = "custody-hear-words";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        if let Some(ChildEvent { event: Some(child) }) = event.decode()? {
            let heard = said(event, child).map(Command::Hear);
            let id = event.subject.id().to_owned();
            return Ok(heard.map(|command| Reaction { id, command }).into_iter().collect());
        }
        let Some(CaseEvent { event: Some(case_event::Event::CaseOpened(opened)) }) = event.decode()? else {
            return Ok(Vec::new());
        };
        // nothing was ever said of a child without a file
        let Some(id) = opened.child.and_then(|child| child.child_id) else { return Ok(Vec::new()) };
        Ok(vec![Reaction { id, command: Command::List { case_id: event.subject.id().to_owned() } }])
    }
}

fn said(event: &Recorded, child: Event) -> Option<Spoken> {
    let (guardian_person_id, conduct, department) = match child {
        Event::GuardianAdmonished(said) => (said.person_id, said.conduct, said.department),
        Event::GuardianStopped(said) => (said.person_id, said.conduct, said.department),
        Event::GuardianUrgedToCorrect(said) => (said.person_id, said.conduct, said.department),
        _ => return None,
    };
    Some(Spoken {
        guardian_person_id,
        conduct,
        department,
        unit_id: event.commit.actor.clone().unwrap_or_default().unit_id,
        event_id: event.event().event_id.clone(),
        spoken_at: Some(timestamp(event.occurred_at())),
    })
}
