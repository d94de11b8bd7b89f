//! Sends the notices that the table calls for, and those of missed clocks.

use super::escalated_to;
use super::telling::telling;
use crate::notice::{Command, Notice};
use kinward_contracts::dispatch::v1::IncidentEvent;
use kinward_contracts::notification::v1::{About, NoticeEvent, NoticeSent, Recipient, Template};
use kinward_contracts::r#type::v1::Department;
use kinward_contracts::{ClockEvent, EventMessage as _};
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// Length of a village's division code.
const VILLAGE: usize = 12;
/// Clocks whose miss is an emergency: a child waits for help, or is missing.
const EMERGENCIES: [&str; 3] = ["police-accept", "police-on-scene", "missing-search-review"];

/// Tells whom the table names what happened (DSP-4 and the rules named there), and whomever a missed clock of any context
/// escalates to.
#[derive(Clone, Copy, Debug)]
pub struct NotifyParties;

impl Process for NotifyParties {
    type Target = Notice;

    const NAME: &'static str = "notification-notify-parties";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let district = event.commit.log_id.as_str();
        let mut reactions: Vec<Reaction<Command>> = Vec::new();
        if let Some(telling) = telling(event)? {
            reactions.extend(telling.to.iter().map(|to| {
                let to = to.resolve(&telling.about, district);
                send(event, to, "", telling.template, telling.about.clone())
            }));
        }
        reactions.extend(missed_clock(event));
        Ok(reactions)
    }
}

/// A clock of any context, those that come later too. A notice's own escalates inside the notice.
fn missed_clock(event: &Recorded) -> Option<Reaction<Command>> {
    let aggregate = event.subject.aggregate();
    let Some(ClockEvent::Missed(missed)) = ClockEvent::in_event(&event.event().data) else { return None };
    if aggregate == NoticeEvent::AGGREGATE {
        return None;
    }
    let (department, area) = escalated_to(&missed.escalates_to, &missed.area, &event.commit.log_id);
    let about = About {
        incident_id: (aggregate == IncidentEvent::AGGREGATE).then(|| event.subject.id().to_owned()),
        village_code: Some(missed.area).filter(|area| area.len() == VILLAGE),
        immediate: EMERGENCIES.contains(&missed.clock.as_str()),
        subject: event.subject.as_str().to_owned(),
        clock: missed.clock,
        ..About::default()
    };
    Some(send(event, (department, &area), &missed.escalates_to, Template::ClockMissed, about))
}

fn send(
    event: &Recorded,
    (department, area): (Department, &str),
    role: &str,
    template: Template,
    about: About,
) -> Reaction<Command> {
    let recipient = Recipient { department: department.into(), area: area.to_owned(), role: role.to_owned() };
    let notice = NoticeSent {
        recipient: Some(recipient),
        template: template.into(),
        about: Some(about),
        source_event_id: event.event().event_id.clone(),
    };
    let id = event.new_id(&format!("notice-{}-{area}", department.as_str_name()));
    Reaction { id, command: Command::Send(Box::new(notice)) }
}
