//! What opens an assessment, and what follows one by itself (ASM-1, ASM-3, ASM-4).

use super::{
    FollowEarlier, KeepHistory, OpenAssessment, OpenReassessment, ReferEducationRelief, ReferPoorFamily,
};
use crate::assessment::Command;
use crate::history::List;
use crate::relief;
use chrono::{DateTime, Utc};
use kinward_contracts::assessment::v1::{
    AssessmentEvent, AssessmentFinalised, AssessmentListed, AssessmentOpened, Beneficiary, HistoryEvent,
    Origin, ReassessmentFellDue, ReliefKind,
};
use kinward_contracts::notification::v1::{About, NoticeEvent, NoticeSent, Recipient, Template};
use kinward_contracts::registry::v1::{ChildEvent, EducationReliefReferred};
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
    let [Reaction { command: Command::Open { opened, since }, .. }] = opened.as_slice() else {
        panic!("{opened:?}")
    };
    assert_eq!((opened.notice_id.as_str(), opened.incident_id.as_str()), ("notice", "incident"));
    assert!(opened.immediate);
    assert_eq!(*since, at());
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
fn dep_3_asm_1_a_school_s_concern_told_to_the_township_opens_one_without_an_incident() {
    let concern = || About {
        incident_id: None,
        child: Some(child()),
        village_code: Some("430903111201".to_owned()),
        immediate: true,
        ..About::default()
    };
    assert!(told(Department::CivilAffairs, Template::PsychologicalConcern, concern()).is_empty());
    let opening = told(Department::Township, Template::PsychologicalConcern, concern());
    let [Reaction { command: Command::Open { opened, since }, .. }] = opening.as_slice() else {
        panic!("{opening:?}")
    };
    assert_eq!((opened.origin(), opened.incident_id.as_str()), (Origin::SchoolConcern, ""));
    assert_eq!((opened.child.clone(), opened.immediate, *since), (Some(child()), true, at()));
    let nowhere = About { village_code: None, ..concern() };
    assert_eq!(told(Department::CivilAffairs, Template::PsychologicalConcern, nowhere).len(), 1);
}

#[test]
fn dep_4_asm_3_education_relief_that_is_asked_for_becomes_a_referral_to_education() {
    let asked = |village: &str| EducationReliefReferred {
        referral_id: "referral".to_owned(),
        because_of_id: "dropout".to_owned(),
        village_code: village.to_owned(),
    };
    let referring = |village: &str| {
        reactions::<ReferEducationRelief>(&history("child", at(), [ChildEvent::from(asked(village))]))
    };
    let first = referring("430903111201");
    let [Reaction { command: relief::Command::Refer { referred, occurred_at }, .. }] = first.as_slice()
    else {
        panic!("{first:?}")
    };
    assert_eq!((referred.recipient(), *occurred_at), (Department::Education, Some(at())));
    assert_eq!(
        (referred.beneficiary(), referred.proposed().next()),
        (Beneficiary::Child, Some(ReliefKind::Education))
    );
    assert_eq!(
        (referred.child.clone(), referred.village_code.as_deref()),
        (Some(child()), Some("430903111201"))
    );
    assert_eq!(first[0].id, referring("430903111201")[0].id, "the same id however often the log is read");
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

fn child() -> ChildReference {
    ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() }
}

#[test]
fn asm_4_a_reassessment_that_fell_due_opens_once_and_knows_the_one_before() {
    let due = ReassessmentFellDue {
        child: Some(child()),
        incident_id: "incident".to_owned(),
        ..Default::default()
    };
    let fell_due = history("first", at(), [AssessmentEvent::from(due)]);
    let opening = reactions::<OpenReassessment>(&fell_due);
    let [Reaction { id, command: Command::Open { opened, since } }] = opening.as_slice() else {
        panic!("{opening:?}")
    };
    assert_eq!(id, &fell_due[0].new_id("assessment"), "the same id however often the log is read");
    assert_eq!(
        (opened.origin(), opened.previous_assessment_id.as_deref()),
        (Origin::Reassessment, Some("first"))
    );
    assert_eq!((opened.incident_id.as_str(), *since), ("incident", at()));
}

#[test]
fn asm_4_each_assessment_is_listed_with_its_child() {
    let opened = AssessmentOpened { child: Some(child()), ..AssessmentOpened::default() };
    let listing = reactions::<KeepHistory>(&history("one", at(), [AssessmentEvent::from(opened)]));
    let list = List { assessment_id: "one".to_owned(), opened_at: at() };
    assert_eq!(listing, [Reaction { id: "child".to_owned(), command: list }]);
    let nobody = AssessmentEvent::from(AssessmentOpened::default());
    assert!(reactions::<KeepHistory>(&history("two", at(), [nobody])).is_empty());
}

#[test]
fn asm_4_the_earlier_one_is_followed_and_so_is_one_that_is_listed_late() {
    let listed = AssessmentListed {
        assessment_id: "two".to_owned(),
        earlier_assessment_id: Some("one".to_owned()),
        later_assessment_id: Some("three".to_owned()),
    };
    let follow = |id: &str, by: &str| Reaction {
        id: id.to_owned(),
        command: Command::Follow { assessment_id: by.to_owned() },
    };
    let followed = reactions::<FollowEarlier>(&history("child", at(), [HistoryEvent::from(listed)]));
    assert_eq!(followed, [follow("one", "two"), follow("two", "three")]);
}

#[test]
fn asm_3_poor_guardians_are_referred_to_civil_affairs_by_the_conclusion_itself() {
    let conclude = |economic_hardship| {
        let finalised = AssessmentFinalised { child: Some(child()), economic_hardship, ..Default::default() };
        reactions::<ReferPoorFamily>(&history("one", at(), [AssessmentEvent::from(finalised)]))
    };
    assert!(conclude(false).is_empty());
    let referring = conclude(true);
    let [Reaction { command: relief::Command::Refer { referred, occurred_at }, .. }] = referring.as_slice()
    else {
        panic!("{referring:?}")
    };
    assert_eq!((referred.recipient(), *occurred_at), (Department::CivilAffairs, Some(at())));
    assert_eq!(referred.assessment_id.as_deref(), Some("one"));
}
