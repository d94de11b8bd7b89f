//! What opens an assessment, and what does not (ASM-1).

use super::OpenAssessment;
use crate::assessment::Command;
use chrono::{DateTime, Utc};
use kinward_contracts::notification::v1::{About, NoticeEvent, NoticeSent, Recipient, Template};
use kinward_contracts::r#type::v1::{ChildReference, Department};
use kinward_eventsourcing::Reaction;
use kinward_eventsourcing::kit::{ends_the_same, history, reactions};
use kinward_statute::Reference;
use std::collections::BTreeMap;

fn at() -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse().unwrap()
}

fn about(village_code: Option<&str>) -> About {
    About {
        incident_id: Some("incident".to_owned()),
        child: Some(ChildReference { child_id: None, person_id: "person".to_owned() }),
        village_code: village_code.map(str::to_owned),
        immediate: true,
        ..About::default()
    }
}

fn told(department: Department, template: Template, about: About) -> Vec<Reaction<Command>> {
    let recipient = Recipient { department: department.into(), ..Recipient::default() };
    let sent = NoticeSent {
        recipient: Some(recipient),
        template: template.into(),
        about: Some(about),
        ..NoticeSent::default()
    };
    reactions::<OpenAssessment>(&history("notice", at(), [NoticeEvent::from(sent)]))
}

const CONCLUDED: Template = Template::IncidentConcluded;

#[test]
fn asm_1_the_notice_to_the_township_opens_an_assessment_from_that_moment() {
    let opened = told(Department::Township, CONCLUDED, about(Some("430903111201")));
    let [Reaction { command: Command::Open { opened, noticed_at }, .. }] = opened.as_slice() else {
        panic!("{opened:?}")
    };
    assert_eq!((opened.notice_id.as_str(), opened.incident_id.as_str()), ("notice", "incident"));
    assert!(opened.immediate);
    assert_eq!(*noticed_at, at());
}

#[test]
fn asm_1_of_the_notices_of_one_conclusion_exactly_one_opens_an_assessment() {
    for place in [Some("430903111201"), None] {
        let all = [Department::Township, Department::CivilAffairs, Department::PublicSecurity];
        let opening: Vec<Department> =
            all.into_iter().filter(|to| !told(*to, CONCLUDED, about(place)).is_empty()).collect();
        let expected = if place.is_some() { Department::Township } else { Department::CivilAffairs };
        assert_eq!(opening, [expected], "{place:?}");
    }
}

#[test]
fn asm_1_other_notices_open_nothing() {
    let place = || about(Some("430903111201"));
    for template in [Template::ChildPlaced, Template::CivilAffairsAsked, Template::ClockMissed] {
        assert!(told(Department::Township, template, place()).is_empty(), "{template:?}");
    }
    let without_incident = About { incident_id: None, ..place() };
    assert!(told(Department::Township, CONCLUDED, without_incident).is_empty());
}

#[test]
fn a_step_repeated_or_begun_again_leaves_the_same_end() {
    let sent = NoticeSent {
        recipient: Some(Recipient { department: Department::Township.into(), ..Recipient::default() }),
        template: CONCLUDED.into(),
        about: Some(about(Some("430903111201"))),
        ..NoticeSent::default()
    };
    let told = history("notice", at(), [NoticeEvent::from(sent.clone()), NoticeEvent::from(sent)]);
    let end = ends_the_same::<OpenAssessment>(&told, &BTreeMap::new(), at(), &Reference::default());
    assert_eq!(end.len(), 2, "two notices, two assessments");
}
