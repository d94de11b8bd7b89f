//! Which assessment opens a case (ASM-4).

use super::OpenCase;
use crate::case::Command;
use chrono::{DateTime, Utc};
use kinward_contracts::assessment::v1::{AssessmentEvent, AssessmentFinalised, InputGiven, Risk};
use kinward_contracts::r#type::v1::{ChildReference, Ground};
use kinward_eventsourcing::Reaction;
use kinward_eventsourcing::kit::{ends_the_same, history, reactions};
use kinward_statute::Reference;
use std::collections::BTreeMap;

fn after(event: impl Into<AssessmentEvent>) -> Vec<Reaction<Command>> {
    let at: DateTime<Utc> = "2026-03-10T04:00:00Z".parse().unwrap();
    reactions::<OpenCase>(&history("assessment", at, [event.into()]))
}

fn finalised(grounds: &[Ground]) -> AssessmentFinalised {
    AssessmentFinalised {
        risk: Risk::High.into(),
        grounds: grounds.iter().map(|ground| i32::from(*ground)).collect(),
        guardian_person_ids: vec!["father".to_owned(), "mother".to_owned()],
        child: Some(ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() }),
        village_code: Some("430903111201".to_owned()),
        incident_id: "incident".to_owned(),
        evidence_ids: vec!["photograph".to_owned()],
        finding_event_ids: vec!["finding".to_owned()],
        economic_hardship: false,
    }
}

#[test]
fn asm_4_an_assessment_that_finds_grounds_opens_a_case_with_what_it_found() {
    let opened = after(finalised(&[Ground::Begging]));
    let [Reaction { command: Command::Open(opened), .. }] = opened.as_slice() else { panic!("{opened:?}") };
    assert_eq!(opened.guardian_person_ids, ["father", "mother"]);
    assert_eq!(opened.child.as_ref().unwrap().person_id, "child");
    assert_eq!(opened.village_code.as_deref(), Some("430903111201"));
    assert_eq!(opened.assessment_id.as_deref(), Some("assessment"));
    assert_eq!(opened.incident_id.as_deref(), Some("incident"));
    assert_eq!(
        (opened.evidence_ids.as_slice(), opened.finding_event_ids.as_slice()),
        (&["photograph".to_owned()][..], &["finding".to_owned()][..])
    );
}

#[test]
fn asm_4_without_grounds_no_case_opens() {
    assert!(after(finalised(&[])).is_empty());
    assert!(after(InputGiven::default()).is_empty());
}

#[test]
fn a_step_repeated_or_begun_again_leaves_the_same_end() {
    let at: DateTime<Utc> = "2026-03-10T04:00:00Z".parse().unwrap();
    let found = |ground| AssessmentEvent::from(finalised(&[ground]));
    let assessed = history("assessment", at, [found(Ground::Begging), found(Ground::SeriousHarm)]);
    let end = ends_the_same::<OpenCase>(&assessed, &BTreeMap::new(), at, &Reference::default());
    assert_eq!(end.len(), 2, "two assessments, two cases");
}
