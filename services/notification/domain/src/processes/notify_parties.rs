//! What calls for telling a department.

use super::escalated_to;
use crate::notice::{Command, Notice};
use kinward_contracts::EventMessage as _;
use kinward_contracts::dispatch::v1::{IncidentEvent, incident_event::Event as Incident};
use kinward_contracts::notification::v1::{About, NoticeEvent, NoticeSent, Recipient, Template};
use kinward_contracts::r#type::v1::{ClockMissed, Department, Severity};
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// Lengths of the division codes of a township and a village.
const TOWNSHIP: usize = 9;
const VILLAGE: usize = 12;
/// Clocks whose miss is an emergency: a child waits for help, or is missing.
const EMERGENCIES: [&str; 3] = ["police-accept", "police-on-scene", "missing-search-review"];

/// Tells township, civil affairs and police what happens in incidents (DSP-4, DSP-2c, DSP-2e), and whomever a missed
/// clock of any context escalates to.
#[derive(Clone, Copy, Debug)]
pub struct NotifyParties;

impl Process for NotifyParties {
    type Target = Notice;

    const NAME: &'static str = "notification-notify-parties";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let of_incident = match event.decode::<IncidentEvent>()?.and_then(|incident| incident.event) {
            Some(incident) => incident_notices(event, incident),
            None => Vec::new(),
        };
        Ok(of_incident.into_iter().chain(missed_clock(event)).collect())
    }
}

fn incident_notices(event: &Recorded, incident: Incident) -> Vec<Reaction<Command>> {
    let district = event.commit.log_id.as_str();
    let about = About { incident_id: Some(event.subject.id().to_owned()), ..About::default() };
    let civil_affairs = (Department::CivilAffairs, district);
    match incident {
        Incident::IncidentConcluded(concluded) => {
            let immediate = concluded.severity() == Severity::Immediate;
            let place = concluded.village_code;
            // without a place no township is known: the district's police see to it, and nothing is dropped
            let first = match place.as_deref().and_then(|code| code.get(..TOWNSHIP)) {
                Some(township) => (Department::Township, township),
                None => (Department::PublicSecurity, district),
            };
            let about = About { immediate, child: concluded.child, village_code: place.clone(), ..about };
            [first, civil_affairs]
                .map(|to| send(event, to, "", Template::IncidentConcluded, about.clone()))
                .into()
        }
        Incident::ChildPlacedTemporarily(placed) => {
            let about = About { child: placed.child, ..about };
            vec![send(event, civil_affairs, "", Template::ChildPlaced, about)]
        }
        Incident::CivilAffairsAsked(asked) => {
            let about =
                About { immediate: true, child: asked.child, village_code: asked.village_code, ..about };
            vec![send(event, civil_affairs, "", Template::CivilAffairsAsked, about)]
        }
        _ => Vec::new(),
    }
}

/// A clock of any context, those that come later too. A notice's own escalates inside the notice.
fn missed_clock(event: &Recorded) -> Option<Reaction<Command>> {
    let aggregate = event.subject.aggregate();
    if aggregate == NoticeEvent::AGGREGATE || !event.event_type().ends_with(".ClockMissed") {
        return None;
    }
    let missed = ClockMissed::in_event(&event.event().data)?;
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
