//! Which assessment opens a case (ASM-4), and what counts in one (FAM-4).

use super::{CountWords, HearWords, OpenCase};
use crate::case::{Case, Command};
use crate::words;
use chrono::{DateTime, Utc};
use kinward_contracts::assessment::v1::{AssessmentEvent, AssessmentFinalised, InputGiven, Risk};
use kinward_contracts::custody::v1::{
    CaseEvent, CaseListed, CaseOpened, Conduct, Words, WordsEvent, WordsSpoken,
};
use kinward_contracts::registry::v1::{
    ChildEvent, ContactRecorded, GuardianAdmonished, GuardianStopped, GuardianUrgedToCorrect,
};
use kinward_contracts::r#type::v1::{ChildReference, Department, Ground};
use kinward_eventsourcing::Reaction;
use kinward_eventsourcing::kit::{Scenario, ends_the_same, history, reactions};
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

fn at() -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse().unwrap()
}

#[test]
fn fam_4_every_step_against_a_guardian_and_every_case_of_the_child_is_heard() {
    let (person_id, conduct, department) =
        ("father".to_owned(), i32::from(Conduct::Begging), i32::from(Department::Village));
    let steps: [ChildEvent; 3] = [
        GuardianAdmonished { person_id: person_id.clone(), conduct, department, narrative: None }.into(),
        GuardianStopped { person_id: person_id.clone(), conduct, department, narrative: None }.into(),
        GuardianUrgedToCorrect { person_id, conduct, department, narrative: None }.into(),
    ];
    let log = history("child", at(), steps);
    let heard = reactions::<HearWords>(&log);
    assert_eq!(heard.len(), 3);
    for (reaction, event) in heard.iter().zip(&log) {
        let words::Command::Hear(words) = &reaction.command else { panic!("{reaction:?}") };
        assert_eq!((reaction.id.as_str(), words.guardian_person_id.as_str()), ("child", "father"));
        assert_eq!((words.conduct(), words.department()), (Conduct::Begging, Department::Village));
        assert_eq!(words.event_id, event.event().event_id);
        assert_eq!(words.spoken_at, Some(kinward_contracts::timestamp(at())));
    }
    let other = history("child", at(), [ChildEvent::from(ContactRecorded::default())]);
    assert!(reactions::<HearWords>(&other).is_empty());

    let opened = |child_id: Option<&str>| {
        let child_id = child_id.map(str::to_owned);
        let child = Some(ChildReference { child_id, person_id: "person".to_owned() });
        let opened = CaseOpened { child, ..CaseOpened::default() };
        reactions::<HearWords>(&history("case", at(), [CaseEvent::from(opened)]))
    };
    let command = words::Command::List { case_id: "case".to_owned() };
    assert_eq!(opened(Some("child")), [Reaction { id: "child".to_owned(), command }]);
    assert!(opened(None).is_empty());
}

#[test]
fn fam_4_what_was_said_before_a_case_or_after_it_is_counted_in_it() {
    let words = |event_id: &str| Words { event_id: event_id.to_owned(), ..Words::default() };
    let after = |event: WordsEvent| reactions::<CountWords>(&history("child", at(), [event]));
    let count = |case: &str, event_id: &str| Reaction {
        id: case.to_owned(),
        command: Command::Count(words(event_id)),
    };
    let spoken =
        WordsSpoken { words: Some(words("third")), case_ids: vec!["one".to_owned(), "two".to_owned()] };
    assert_eq!(after(spoken.into()), [count("one", "third"), count("two", "third")]);
    let listed = CaseListed { case_id: "one".to_owned(), earlier: vec![words("first"), words("second")] };
    assert_eq!(after(listed.into()), [count("one", "first"), count("one", "second")]);
}

#[test]
fn fam_4_a_step_repeated_or_begun_again_counts_each_word_once() {
    let reference = Reference::default();
    let admonished = || GuardianAdmonished {
        person_id: "father".to_owned(),
        conduct: Conduct::Begging.into(),
        department: Department::Village.into(),
        narrative: None,
    };
    let said = history("child", at(), [ChildEvent::from(admonished()), admonished().into()]);
    let end = ends_the_same::<HearWords>(&said, &BTreeMap::new(), at(), &reference);
    assert_eq!(end["child"].revision.0, 2);
    let opened = CaseOpened {
        child: Some(ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() }),
        guardian_person_ids: vec!["father".to_owned()],
        ..CaseOpened::default()
    };
    let case = Scenario::<Case>::new("case", at(), &reference).given([Command::Open(opened)]);
    let exist = BTreeMap::from([("case".to_owned(), case.folded().clone())]);
    let words = |event_id: &str| Words {
        guardian_person_id: "father".to_owned(),
        conduct: Conduct::Begging.into(),
        department: Department::Village.into(),
        event_id: event_id.to_owned(),
        ..Words::default()
    };
    let listed = CaseListed { case_id: "case".to_owned(), earlier: vec![words("first"), words("second")] };
    let log = history("child", at(), [WordsEvent::from(listed)]);
    let end = ends_the_same::<CountWords>(&log, &exist, at(), &reference);
    assert_eq!(end["case"].state.guardians["father"].criticisms[&Conduct::Begging.into()].len(), 2);
}
