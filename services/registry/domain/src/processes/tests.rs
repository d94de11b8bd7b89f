//! Which ruling the registry follows (CUS-4).

use super::GuardianshipFollowsRuling;
use crate::child::{Command, Ruling};
use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::{
    CaseEvent, DesignatedGuardian, GuardianshipRestored, PetitionFiled, PetitionRuled, Ruling as Ruled,
};
use kinward_contracts::registry::v1::{ChildRegistered, GuardianRestored, GuardianshipBasis, Household};
use kinward_contracts::r#type::v1::{Capacity, ChildReference, Relation, Sealed};
use kinward_eventsourcing::Reaction;
use kinward_eventsourcing::kit::{Scenario, ends_the_same, history, reactions};
use kinward_statute::Reference;
use std::collections::BTreeMap;

fn at() -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse().unwrap()
}

fn after(event: impl Into<CaseEvent>) -> Vec<Reaction<Command>> {
    reactions::<GuardianshipFollowsRuling>(&history("case", at(), [event.into()]))
}

fn ruled(ruling: Ruled) -> PetitionRuled {
    PetitionRuled {
        petition_id: "petition".to_owned(),
        ruling: ruling.into(),
        child: Some(ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() }),
        guardian_person_id: "father".to_owned(),
        designated: Some(DesignatedGuardian {
            person_id: "aunt".to_owned(),
            relation: Relation::PaternalAunt.into(),
            name: Some(Sealed::plain("aunt", "贺青禾")),
            phone: None,
        }),
        ruled_on: "2026-03-10".to_owned(),
    }
}

#[test]
fn cus_4_a_revocation_reaches_the_file_of_the_child() {
    let reactions = after(ruled(Ruled::Revoked));
    let [Reaction { id, command: Command::FollowRuling(ruling) }] = reactions.as_slice() else {
        panic!("{reactions:?}")
    };
    let Ruling { case_id, ruled_at, ruled_on, revoked_person_id, designated } = ruling.as_ref();
    assert_eq!((id.as_str(), case_id.as_str(), revoked_person_id.as_str()), ("child", "case", "father"));
    assert_eq!((*ruled_at, ruled_on.as_str()), (at(), "2026-03-10"));
    assert_eq!((designated.person_id.as_str(), designated.relation()), ("aunt", Relation::PaternalAunt));
    assert_eq!((designated.basis(), designated.capacity()), (GuardianshipBasis::Court, Capacity::Full));
    assert!(designated.name.is_some());
}

#[test]
fn cus_4_what_is_no_revocation_changes_nothing_in_the_file() {
    for ruling in [Ruled::Refused, Ruled::Withdrawn, Ruled::Unspecified] {
        assert!(after(ruled(ruling)).is_empty(), "{ruling:?}");
    }
    assert!(after(PetitionFiled::default()).is_empty());
}

#[test]
fn cus_4_a_restoration_reaches_the_file_of_the_child() {
    let child = ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() };
    let restored = GuardianshipRestored {
        child: Some(child),
        guardian_person_id: "father".to_owned(),
        ended_guardian_person_id: "aunt".to_owned(),
        restored_on: "2026-03-10".to_owned(),
        ..GuardianshipRestored::default()
    };
    let reactions = after(restored.clone());
    let [Reaction { id, command: Command::FollowRestoration(restoration) }] = reactions.as_slice() else {
        panic!("{reactions:?}")
    };
    let GuardianRestored { person_id, ended_person_id, case_id, restored_on } = &restoration.restored;
    assert_eq!((id.as_str(), case_id.as_str(), restoration.ruled_at), ("child", "case", at()));
    assert_eq!((person_id.as_str(), ended_person_id.as_str()), ("father", "aunt"));
    assert_eq!(restored_on, "2026-03-10");
    assert!(after(GuardianshipRestored { child: None, ..restored }).is_empty());
}

#[test]
fn cus_4_a_child_without_a_file_has_no_guardianship_that_could_follow() {
    let unidentified = ChildReference { child_id: None, person_id: "person".to_owned() };
    assert!(after(PetitionRuled { child: Some(unidentified), ..ruled(Ruled::Revoked) }).is_empty());
}

#[test]
fn a_step_repeated_or_begun_again_leaves_the_same_end() {
    use crate::child::Child;
    let mut reference = Reference::default();
    let village = kinward_statute::DivisionFacts {
        name: "村".to_owned(),
        valid_from: "2017-01-01".to_owned(),
        valid_until: None,
    };
    reference.divisions.insert("430903111201".to_owned(), village);
    let registered = ChildRegistered {
        household: Some(Household { village_code: "430903111201".to_owned(), address: None }),
        ..ChildRegistered::default()
    };
    let registered = Command::Register {
        registered: Box::new(registered),
        birth_date: "2016-01-01".parse().unwrap(),
        occurred_at: None,
    };
    let child = Scenario::<Child>::new("child", at(), &reference).given([registered]);
    let before = child.folded().clone();
    let exist = BTreeMap::from([("child".to_owned(), before.clone())]);
    let ruling = history("case", at(), [CaseEvent::from(ruled(Ruled::Revoked))]);
    let end = ends_the_same::<GuardianshipFollowsRuling>(&ruling, &exist, at(), &reference);
    assert!(end["child"].revision > before.revision);
}
