//! Entrusting the child to somebody (FAM-1).

use super::*;
use crate::child::Entrusting;
use kinward_contracts::registry::v1::{
    DelegationEnd, DelegationEnded, DelegationMade, DelegationReviewed, Disqualification, FactorFinding,
    GuardianRecorded, TrusteeFactors,
};
use kinward_contracts::r#type::v1::{ChildsWish, Reason};
use proptest::prelude::*;

const UNCLE: &str = "uncle";

fn factors() -> TrusteeFactors {
    let weighed = i32::from(FactorFinding::Favourable);
    TrusteeFactors {
        moral_character: weighed,
        family_circumstances: FactorFinding::Reserved.into(),
        health: weighed,
        bond_with_child: weighed,
    }
}

fn uncle() -> Guardian {
    Guardian {
        person_id: UNCLE.to_owned(),
        relation: Relation::MaternalUncle.into(),
        name: Some(Sealed::plain(UNCLE, "周清和")),
        basis: GuardianshipBasis::Delegation.into(),
        capacity: Capacity::Full.into(),
        lives_with_child: true,
        ..Guardian::default()
    }
}

fn asked(from_on: &str, until_on: Option<&str>) -> Entrusting {
    Entrusting {
        made: DelegationMade {
            delegation_id: format!("delegation-{from_on}"),
            parent_person_id: FATHER.to_owned(),
            trustee: Some(uncle()),
            trustee_birth_date: Some(Sealed::plain(UNCLE, "1980-05-05")),
            capacity_checked_on: "2026-03-01".to_owned(),
            factors: Some(factors()),
            childs_wish: ChildsWish::InFavour.into(),
            parent_consents: true,
            trustee_consents: true,
            from_on: from_on.to_owned(),
            until_on: until_on.map(str::to_owned),
        },
        disqualifications: Vec::new(),
        trustee_birth_date: day("1980-05-05"),
        birth_date: nine(),
        occurred_at: None,
    }
}

fn entrust(asked: Entrusting) -> Command {
    Command::Entrust(Box::new(asked))
}

fn change(change: impl FnOnce(&mut Entrusting)) -> Command {
    let mut asked = asked("2026-03-10", None);
    change(&mut asked);
    entrust(asked)
}

fn alone(reference: &Reference) -> Scenario<'_, Child> {
    on_file(reference, vec![parent(FATHER, away()), parent(MOTHER, away())], Vec::new())
}

fn ended(delegation: &str, on_date: &str, trustee_stays: bool) -> Command {
    did(DelegationEnded {
        delegation_id: delegation.to_owned(),
        end: DelegationEnd::Withdrawn.into(),
        on_date: on_date.to_owned(),
        trustee_stays,
    })
}

#[test]
fn fam_1_a_capable_adult_is_entrusted_and_looks_after_the_child() {
    let reference = reference();
    let scenario = alone(&reference).when(entrust(asked("2026-03-10", None)));
    let scenario = scenario.then_made(&["DelegationMade", "GuardianshipGapClosed"]);
    assert!(scenario.state().carers[UNCLE].looks_after());
    assert_eq!(due(&scenario, "delegation-review"), "2026-09-07T16:00:00Z", "180 days, to a working day");
    assert_eq!(status_of(&scenario), ChildStatus::LeftBehind, "entrusted, and still left behind");
}

#[test]
fn fam_1_a_minor_is_refused_to_the_day() {
    let reference = reference();
    let born = |text: &str| change(|asked| asked.trustee_birth_date = day(text));
    let minor = alone(&reference).when(born("2008-03-11")).then_refused("FAM-1");
    assert_eq!((minor.reason, minor.field.as_deref()), (Reason::NotEntitled, Some("trustee_birth_date")));
    alone(&reference).when(born("2008-03-10")).then_made(&["DelegationMade", "GuardianshipGapClosed"]);
}

#[test]
fn fam_1_who_has_no_capacity_is_refused_and_an_unchecked_one_too() {
    let reference = reference();
    let capacity =
        |capacity: Capacity| change(|asked| asked.made.trustee.as_mut().unwrap().capacity = capacity.into());
    let none = alone(&reference).when(capacity(Capacity::None)).then_refused("FAM-1");
    assert_eq!((none.reason, none.field.as_deref()), (Reason::NotEntitled, Some("trustee.capacity")));
    let unknown = alone(&reference).when(capacity(Capacity::Unspecified)).then_missing("FAM-1");
    assert_eq!(unknown, ["capacity-checked"]);
}

#[test]
fn fam_1_the_law_excludes_four_kinds() {
    let reference = reference();
    for kind in [
        Disqualification::PastAbuse,
        Disqualification::Addiction,
        Disqualification::PastRefusal,
        Disqualification::Other,
    ] {
        let refused = alone(&reference).when(change(|asked| asked.disqualifications = vec![kind]));
        let refused = refused.then_refused("FAM-1");
        assert_eq!(
            (refused.reason, refused.field.as_deref()),
            (Reason::NotEntitled, Some("disqualifications"))
        );
    }
}

#[test]
fn fam_1_capacity_factors_the_child_s_voice_and_both_consents_are_asked_for() {
    let reference = reference();
    let nothing = change(|asked| {
        asked.made.capacity_checked_on = String::new();
        asked.made.factors = None;
        asked.made.childs_wish = ChildsWish::Unspecified.into();
        asked.made.parent_consents = false;
        asked.made.trustee_consents = false;
    });
    assert_eq!(
        alone(&reference).when(nothing).then_missing("FAM-1"),
        [
            "capacity-checked",
            "factor-moral-character",
            "factor-family-circumstances",
            "factor-health",
            "factor-bond-with-child",
            "child-heard",
            "parent-consents",
            "trustee-consents"
        ]
    );
    for voice in [ChildsWish::Against, ChildsWish::CannotExpress] {
        let heard = change(|asked| asked.made.childs_wish = voice.into());
        alone(&reference).when(heard).then_made(&["DelegationMade", "GuardianshipGapClosed"]);
    }
}

#[test]
fn fam_1_a_parent_on_file_entrusts_and_is_no_trustee() {
    let reference = reference();
    let by = |person: &str| {
        let person = person.to_owned();
        change(move |asked| asked.made.parent_person_id = person)
    };
    assert_eq!(alone(&reference).when(by("stranger")).then_refused("FAM-1").reason, Reason::UnknownReference);
    let gone = alone(&reference).given([record(FATHER, facts(Whereabouts::Deceased))]);
    assert_eq!(gone.when(by(FATHER)).then_refused("FAM-1").reason, Reason::NotEntitled);
    let mother = change(|asked| asked.made.trustee.as_mut().unwrap().person_id = MOTHER.to_owned());
    let refused = alone(&reference).when(mother).then_refused("FAM-1");
    assert_eq!(refused.field.as_deref(), Some("trustee_person_id"));
}

#[test]
fn fam_1_a_review_starts_the_clock_anew_and_the_end_stops_it() {
    let reference = reference();
    let scenario = alone(&reference).given([entrust(asked("2026-03-10", None))]);
    let reviewed = did(DelegationReviewed {
        delegation_id: "delegation-2026-03-10".to_owned(),
        fit: true,
        findings: Some(Sealed::plain("child", "照护良好")),
    });
    let scenario =
        scenario.at(noon() + Duration::days(100)).when(reviewed).then_made(&["DelegationReviewed"]);
    assert_eq!(running(&scenario, "delegation-review").unwrap().started_at, noon() + Duration::days(100));
    let scenario = scenario.when(ended("delegation-2026-03-10", "2026-06-10", false));
    let scenario = scenario.then_made(&["DelegationEnded", "GuardianshipGapRaised"]);
    assert!(running(&scenario, "delegation-review").is_none());
    assert!(scenario.state().delegation().is_none());
    let gone = scenario.when(ended("delegation-2026-03-10", "2026-06-10", false)).then_refused("FAM-1");
    assert_eq!(gone.reason, Reason::UnknownReference);
}

#[test]
fn fam_1_a_delegation_expires_at_the_end_of_its_last_day() {
    let reference = reference();
    let scenario = alone(&reference).given([entrust(asked("2026-03-10", Some("2026-03-31")))]);
    assert_eq!(due(&scenario, "delegation-ends"), "2026-03-31T16:00:00Z");
    let last = "2026-03-31T15:59:59Z".parse().unwrap();
    let scenario = scenario.at(last).when(observe()).then_made(&[]);
    assert!(scenario.state().delegation().is_some());
    let over: DateTime<Utc> = "2026-03-31T16:00:00Z".parse().unwrap();
    assert!(scenario.state().needs_birth_date(over));
    let scenario = scenario.at(over).when(observe()).then_made(&["DelegationEnded"]);
    let ended = &scenario.state().delegations[0];
    assert_eq!((ended.before, ended.ended), (Some(day("2026-04-01")), true));
    assert_eq!(
        scenario.state().clocks.get("delegation-ends").unwrap().outcome,
        Some(kinward_statute::Outcome::Met)
    );
}

#[test]
fn fam_1_times_of_delegations_do_not_overlap() {
    let reference = reference();
    let scenario = alone(&reference).given([entrust(asked("2026-03-10", None))]);
    let second = scenario.at(noon() + Duration::days(5)).when(entrust(asked("2026-03-12", None)));
    let second = second.then_refused("FAM-1");
    assert_eq!(second.existing_id.as_deref(), Some("delegation-2026-03-10"));
    let scenario = alone(&reference)
        .given([entrust(asked("2026-03-10", None))])
        .at(noon() + Duration::days(5))
        .given([ended("delegation-2026-03-10", "2026-03-12", true)]);
    scenario.when(entrust(asked("2026-03-12", None))).then_made(&["DelegationMade"]);
    alone(&reference).when(entrust(asked("2026-03-11", None))).then_refused("BEY-1");
    alone(&reference).when(entrust(asked("2026-03-01", Some("2026-03-09")))).then_refused("FAM-1");
}

#[test]
fn fam_2_a_trustee_who_loses_capacity_leaves_a_gap() {
    let reference = reference();
    let scenario = alone(&reference).given([entrust(asked("2026-03-10", None))]);
    let lost = Guardian { capacity: Capacity::None.into(), ..uncle() };
    let scenario = scenario.when(did(GuardianRecorded { guardian: Some(lost) }));
    let scenario = scenario.then_made(&["GuardianRecorded", "GuardianshipGapRaised"]);
    assert_eq!(open_gap(&scenario), Some(GapKind::CarerWithoutCapacity));
}

#[test]
fn fam_1_a_new_trustee_comes_by_a_delegation_only() {
    let reference = reference();
    let refused =
        alone(&reference).when(did(GuardianRecorded { guardian: Some(uncle()) })).then_refused("FAM-1");
    assert_eq!(refused.field.as_deref(), Some("guardian.basis"));
    let aunt = Guardian { basis: GuardianshipBasis::OrderOfLaw.into(), ..uncle() };
    let scenario = alone(&reference).when(did(GuardianRecorded { guardian: Some(aunt) }));
    scenario.then_made(&["GuardianRecorded", "GuardianshipGapClosed"]);
}

proptest! {
    #[test]
    fn fam_1_delegations_never_overlap_whatever_the_history(
        steps in prop::collection::vec((0..3_u8, 0..20_u64, prop::option::of(0..20_u64), 0..6_i64), 0..20)
    ) {
        let reference = reference();
        let (mut scenario, mut now) = (alone(&reference), noon());
        for (number, (kind, from, length, days)) in steps.into_iter().enumerate() {
            now += Duration::days(days);
            let from = day("2026-03-01") + Days::new(from);
            let until = length.map(|length| (from + Days::new(length)).to_string());
            let running = scenario.state().delegation().map(|one| one.delegation_id.clone()).unwrap_or_default();
            let command = match kind {
                0 => {
                    let mut asked = asked(&from.to_string(), until.as_deref());
                    // two may begin on one day, and each has an id of its own
                    asked.made.delegation_id = format!("delegation-{number}");
                    entrust(asked)
                }
                1 => ended(&running, &from.to_string(), true),
                _ => observe(),
            };
            scenario = scenario.at(now).tried([command]);
        }
        for pair in scenario.state().delegations.windows(2) {
            prop_assert!(pair[0].before.unwrap() <= pair[1].from, "{pair:?}");
            prop_assert!(pair[0].ended);
        }
        prop_assert!(scenario.state().delegations.iter().all(|one| one.before.is_none_or(|before| before >= one.from)));
    }
}
