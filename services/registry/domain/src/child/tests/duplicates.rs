//! Files about one child, and unknown children (BEY-7).

use super::*;
use kinward_contracts::registry::v1::{
    DuplicateAttached, DuplicateDetached, DuplicateLinked, DuplicateUnlinked, UnknownChildRegistered,
};
use kinward_contracts::r#type::v1::Reason;

fn linked(of: &str) -> Command {
    did(DuplicateLinked { of_child_id: of.to_owned() })
}

fn unlinked(of: &str) -> Command {
    did(DuplicateUnlinked { of_child_id: of.to_owned() })
}

fn attached(duplicate: &str) -> Command {
    did(DuplicateAttached { duplicate_child_id: duplicate.to_owned() })
}

fn detached(duplicate: &str) -> Command {
    did(DuplicateDetached { duplicate_child_id: duplicate.to_owned() })
}

fn unknown(reference: &Reference) -> Scenario<'_, Child> {
    let registered = UnknownChildRegistered {
        description: Some(Sealed::plain("child", "约六岁，红色外套")),
        found: Some(Household {
            village_code: VILLAGE.to_owned(),
            address: Some(Sealed::plain("child", "村口")),
        }),
        ..UnknownChildRegistered::default()
    };
    let command = Command::RegisterUnknown { registered: Box::new(registered), occurred_at: None };
    Scenario::new("child", noon(), reference).given([command])
}

#[test]
fn bey_7_unlinked_a_file_is_as_it_was() {
    let reference = reference();
    for other in [left_behind(&reference), unknown(&reference)] {
        let before = other.state().clone();
        let scenario = other.when(linked("other")).then_made(&["DuplicateLinked"]);
        assert_eq!(scenario.state().duplicate_of.as_deref(), Some("other"));
        let scenario = scenario.when(unlinked("other")).then_made(&["DuplicateUnlinked"]);
        assert_eq!(*scenario.state(), before);
    }
    let scenario = left_behind(&reference);
    let before = scenario.state().clone();
    let scenario = scenario.given([attached("other")]);
    assert!(scenario.state().duplicates.contains("other"));
    assert_eq!(*scenario.given([detached("other")]).state(), before);
}

#[test]
fn bey_7_what_is_recorded_goes_to_the_file_that_goes_on() {
    let reference = reference();
    let scenario = left_behind(&reference).given([linked("other")]);
    let refused = scenario.when(record(FATHER, at_home())).then_refused("BEY-7");
    assert_eq!((refused.reason, refused.existing_id.as_deref()), (Reason::AlreadyExists, Some("other")));
    let scenario = left_behind(&reference).given([linked("other")]);
    let rested = scenario.at(noon() + Duration::days(50)).when(observe()).then_made(&[]);
    assert!(running(&rested, "parent-contact").is_some(), "its clocks rest");
    let scenario = rested.when(unlinked("other")).then_made(&["DuplicateUnlinked"]);
    let contact = scenario.state().clocks.get("parent-contact").unwrap();
    assert_eq!(contact.outcome, Some(kinward_statute::Outcome::Missed), "and go on when it is unlinked");
}

#[test]
fn bey_7_links_form_no_chains_and_no_circles() {
    let reference = reference();
    let itself = left_behind(&reference).when(linked("child")).then_refused("BEY-7");
    assert_eq!(itself.field.as_deref(), Some("of_child_id"));
    let twice = left_behind(&reference).given([linked("other")]).when(linked("third")).then_refused("BEY-7");
    assert_eq!(twice.existing_id.as_deref(), Some("other"));
    left_behind(&reference).given([attached("other")]).when(linked("third")).then_refused("BEY-7");
    left_behind(&reference).given([linked("other")]).when(attached("third")).then_refused("BEY-7");
    left_behind(&reference).given([attached("other")]).when(attached("other")).then_refused("BEY-7");
    left_behind(&reference).given([linked("other")]).when(unlinked("third")).then_refused("BEY-7");
    left_behind(&reference).when(detached("other")).then_refused("BEY-7");
}

#[test]
fn bey_7_an_unknown_child_has_a_temporary_identity_until_it_is_linked() {
    let reference = reference();
    let scenario = unknown(&reference);
    assert!(scenario.state().temporary);
    assert_eq!(status_of(&scenario), ChildStatus::Unspecified, "nothing is derived of an unknown child");
    let refused = scenario.when(record(FATHER, at_home())).then_refused("BEY-7");
    assert_eq!(refused.reason, Reason::WrongState);
    unknown(&reference).when(attached("other")).then_refused("BEY-7");
    unknown(&reference).when(linked("file")).then_made(&["DuplicateLinked"]);
}
