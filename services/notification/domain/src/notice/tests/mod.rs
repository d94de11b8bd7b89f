//! given / when / then of notices, and what holds for every history.

mod delivering;
mod properties;
mod telling;

use super::{Command, Notice};
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::notification::v1::{About, NoticeSent, Recipient, Template};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::kit::Scenario;
use kinward_statute::Reference;
use std::collections::BTreeSet;

const TOWNSHIP: &str = "430903111";
const DISTRICT: &str = "430903";

fn noon() -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse().unwrap()
}

fn actor(department: Department, area: &str) -> Actor {
    Actor {
        department: department.into(),
        unit_id: format!("unit-{area}"),
        area: area.to_owned(),
        ..Actor::default()
    }
}

fn send(department: Department, area: &str) -> Command {
    Command::Send(Box::new(NoticeSent {
        recipient: Some(Recipient {
            department: department.into(),
            area: area.to_owned(),
            role: String::new(),
        }),
        template: Template::IncidentConcluded.into(),
        about: Some(About { incident_id: Some("incident".to_owned()), ..About::default() }),
        source_event_id: "event".to_owned(),
    }))
}

const ACKNOWLEDGE: Command =
    Command::Acknowledge { occurred_at: None, infringers: BTreeSet::new(), person_id: String::new() };

/// A notice to the township.
fn sent(reference: &Reference) -> Scenario<'_, Notice> {
    Scenario::new("notice", noon(), reference).given([send(Department::Township, TOWNSHIP)])
}
