//! Whom a case is about, and what a shell must know of it.

use super::*;
use crate::case::may_petition;
use kinward_contracts::custody::v1::{
    CriminalCaseFiled, FamilyEducationOrdered, GuardianConvicted, PublicSecurityPenaltyImposed,
    RestorationRequested,
};
use kinward_contracts::r#type::v1::Reason;
use kinward_eventsourcing::Recording as _;

const TODAY: &str = "2026-11-24";

#[test]
fn cus_1_a_fact_is_about_a_guardian_whom_the_case_is_about() {
    let reference = Reference::default();
    let guardian_person_id = || "stranger".to_owned();
    let facts = [
        criticised("stranger", Conduct::Begging),
        refused("stranger", "2026-01-01"),
        DutyResumed { guardian_person_id: guardian_person_id(), on_date: "2026-01-01".to_owned() }.into(),
        suffered("stranger", Consequence::Displaced),
        DutyImpossible {
            guardian_person_id: guardian_person_id(),
            cause: Impossibility::Imprisonment.into(),
        }
        .into(),
        DelegationRefused { guardian_person_id: guardian_person_id() }.into(),
        HarmRecorded { guardian_person_id: guardian_person_id(), ..HarmRecorded::default() }.into(),
        LeftUnattended { guardian_person_id: guardian_person_id(), in_danger: true }.into(),
        CrimeIncited { guardian_person_id: guardian_person_id(), grave: true }.into(),
        PublicSecurityPenaltyImposed { guardian_person_id: guardian_person_id(), ..Default::default() }
            .into(),
        CriminalCaseFiled { guardian_person_id: guardian_person_id(), ..Default::default() }.into(),
        FamilyEducationOrdered { guardian_person_id: guardian_person_id(), ..Default::default() }.into(),
        GuardianConvicted { guardian_person_id: guardian_person_id(), ..Default::default() }.into(),
        RestorationRequested { guardian_person_id: guardian_person_id(), ..Default::default() }.into(),
    ];
    for fact in facts {
        let refused = case(&reference, TODAY).when(now(fact.clone())).then_refused("CUS-1");
        assert_eq!(refused.reason, Reason::UnknownReference, "{fact:?}");
    }
    let petition = petition_by(Petitioner::VillageCommittee, None, "stranger", &[Ground::DutyRefused]);
    let refused = case(&reference, TODAY).when(petition).then_refused("CUS-1");
    assert_eq!(refused.reason, Reason::UnknownReference);
}

#[test]
fn cus_2_somebody_may_petition_from_the_day_a_ground_is_met_until_the_court_is_asked_and_after_a_withdrawal()
{
    let reference = Reference::default();
    let may = |scenario: &Scenario<'_, Case>| may_petition(scenario.state(), FATHER, day(TODAY));
    assert!(!may(&case(&reference, TODAY)), "no ground is met");
    let scenario = met(&reference, TODAY);
    assert!(may(&scenario));
    assert!(!may_petition(scenario.state(), FATHER, day("2026-06-30")), "not before it was met");
    assert!(!may_petition(scenario.state(), MOTHER, day(TODAY)), "against him alone");
    assert!(!may(&filed(&reference, TODAY)), "the court is asked");
    let ruled = |ruling, designated| {
        may(&filed(&reference, TODAY).given([accept(), hear(), rule(ruling, designated)]))
    };
    assert!(!ruled(Ruling::Revoked, Some("aunt")), "there is nothing left to revoke");
    assert!(ruled(Ruling::Withdrawn, None));
}

#[test]
fn cus_2_against_a_revoked_guardian_nobody_petitions_again() {
    let reference = Reference::default();
    let revoked = filed(&reference, TODAY).given([accept(), hear(), rule(Ruling::Revoked, Some("aunt"))]);
    let again = Command::Record {
        event: Event::PetitionFiled(PetitionFiled {
            petition_id: "again".to_owned(),
            guardian_person_id: FATHER.to_owned(),
            petitioner: Petitioner::VillageCommittee.into(),
            grounds: vec![Ground::DutyRefused.into()],
            ..PetitionFiled::default()
        }),
        occurred_at: None,
    };
    let refused = revoked.by(actor(Department::Village)).when(again).then_refused("CUS-2");
    assert_eq!(refused.reason, Reason::WrongState);
}

#[test]
fn cus_4_neither_a_revoked_guardian_nor_one_against_whom_a_ground_is_met_is_designated() {
    let reference = Reference::default();
    let heard = || filed(&reference, TODAY).given([accept(), hear()]);
    for designated in [FATHER, MOTHER] {
        let scenario = heard().by(actor(Department::Village));
        let both = scenario
            .given([now(refused(MOTHER, "2026-01-01")), now(suffered(MOTHER, Consequence::Displaced))]);
        let court = both.by(actor(Department::Court));
        court.when(rule(Ruling::Revoked, Some(designated))).then_refused("CUS-4");
    }
    heard().when(rule(Ruling::Revoked, Some(FATHER))).then_refused("CUS-4");
    let types = ["PetitionRuled", "SupportDutyContinues"];
    heard().when(rule(Ruling::Revoked, Some(MOTHER))).then_types(&types);
}

#[test]
fn a_case_is_where_its_village_is_and_its_texts_are_the_child_s() {
    let reference = Reference::default();
    let scenario = case(&reference, TODAY);
    assert_eq!(Case::place(scenario.state(), Department::Village), Some(VILLAGE));
    assert_eq!(Case::child("case", scenario.state()), "child");
}
