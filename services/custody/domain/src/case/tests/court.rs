//! Opening, recording, petitioning, the court's track (CUS-1, CUS-2, CUS-4, L39).

use super::*;
use crate::case::Progress;
use kinward_contracts::custody::v1::{GroundMet, SupportDutyContinues};
use kinward_contracts::r#type::v1::{ClockStarted, Reason};

const TODAY: &str = "2026-11-24";

#[test]
fn cus_1_a_case_names_the_child_and_the_guardians_and_opens_once() {
    let reference = Reference::default();
    let Command::Open(whole) = open() else { panic!("open") };
    for wrong in [
        CaseOpened { child: None, ..whole.clone() },
        CaseOpened { guardian_person_ids: Vec::new(), ..whole.clone() },
    ] {
        let scenario = Scenario::<Case>::new("case", noon(TODAY), &reference);
        let refused = scenario.when(Command::Open(wrong)).then_refused("CUS-1");
        assert_eq!(refused.reason, Reason::InvalidArgument);
    }
    let scenario = Scenario::<Case>::new("case", noon(TODAY), &reference).when(open()).then([whole.into()]);
    scenario.when(open()).then([]);
}

#[test]
fn cus_1_nothing_is_recorded_in_a_case_that_is_not_open() {
    let reference = Reference::default();
    for command in [refusal("2026-01-01"), criticism("2026-01-01"), Command::ObserveClocks] {
        let scenario = Scenario::<Case>::new("case", noon(TODAY), &reference).by(actor(Department::Village));
        assert_eq!(scenario.when(command).then_refused("CUS-1").reason, Reason::NotFound);
    }
}

#[test]
fn cus_1_a_fact_about_somebody_else_is_refused() {
    let reference = Reference::default();
    for event in [refused("stranger", "2026-01-01"), criticised("stranger", Conduct::Begging)] {
        let refused = case(&reference, TODAY).when(now(event)).then_refused("CUS-1");
        assert_eq!(refused.reason, Reason::UnknownReference);
    }
    let petition = petition_by(Petitioner::VillageCommittee, None, "stranger", &[Ground::Begging]);
    case(&reference, TODAY).when(petition).then_refused("CUS-1");
}

#[test]
fn cus_1_a_criticism_is_by_the_callers_own_department_and_says_for_what() {
    let reference = Reference::default();
    let forged = GuardianCriticised {
        guardian_person_id: FATHER.to_owned(),
        conduct: Conduct::Maltreatment.into(),
        department: Department::PublicSecurity.into(),
        article: "未成年人保护法 118".to_owned(),
        unit_id: "police-430903".to_owned(),
        source_event_id: Some("event".to_owned()),
    };
    let own = GuardianCriticised {
        department: Department::Village.into(),
        unit_id: "unit-DEPARTMENT_VILLAGE".to_owned(),
        source_event_id: None,
        ..forged.clone()
    };
    case(&reference, TODAY).when(now(Event::GuardianCriticised(forged))).then([own.into()]);
    let unsaid = case(&reference, TODAY).when(now(criticised(FATHER, Conduct::Unspecified)));
    assert_eq!(unsaid.then_refused("CUS-1").field.as_deref(), Some("conduct"));
}

#[test]
fn cus_1_grounds_clocks_and_the_opening_are_not_recorded_by_hand() {
    let reference = Reference::default();
    let Command::Open(opened) = open() else { panic!("open") };
    for event in [
        Event::GroundMet(GroundMet::default()),
        Event::ClockStarted(ClockStarted::default()),
        Event::CaseOpened(opened),
        Event::SupportDutyContinues(SupportDutyContinues::default()),
    ] {
        case(&reference, TODAY).when(now(event)).then_refused("CUS-1");
    }
}

#[test]
fn bey_1_a_day_in_the_future_or_that_does_not_exist_is_refused() {
    let reference = Reference::default();
    let refused = case(&reference, TODAY).when(refusal("2026-11-25")).then_refused("BEY-1");
    assert_eq!((refused.reason, refused.field.as_deref()), (Reason::TimeInvalid, Some("since_on")));
    let refused = case(&reference, TODAY).when(resumption("2026-02-30")).then_refused("BEY-1");
    assert_eq!((refused.reason, refused.field.as_deref()), (Reason::InvalidArgument, Some("on_date")));
    case(&reference, TODAY).when(criticism("2026-11-25")).then_refused("BEY-1");
    assert_eq!(case(&reference, TODAY).when(refusal(TODAY)).facts().len(), 2);
}

#[test]
fn cus_2_each_petitioner_petitions_through_its_own_department_only() {
    let reference = Reference::default();
    for (petitioner, entitled) in [
        (Petitioner::CloseRelative, vec![Department::Court, Department::Village, Department::Justice]),
        (Petitioner::VillageCommittee, vec![Department::Village]),
        (Petitioner::CivilAffairs, vec![Department::CivilAffairs]),
        (Petitioner::School, vec![Department::Education]),
        (Petitioner::MedicalInstitution, vec![Department::Health]),
        (Petitioner::WomensFederation, vec![Department::WomensFederation]),
        (Petitioner::DisabledPersonsFederation, vec![Department::DisabledPersonsFederation]),
        (
            Petitioner::MinorsProtectionOrganisation,
            vec![Department::CivilAffairs, Department::NextGenerationCommittee],
        ),
        (Petitioner::EldersOrganisation, vec![Department::CivilAffairs, Department::NextGenerationCommittee]),
        (Petitioner::Unspecified, vec![]),
    ] {
        for number in 0..=17 {
            let department = Department::try_from(number).unwrap();
            let scenario = met(&reference, TODAY).by(actor(department));
            let outcome = scenario.when(petition_by(petitioner, None, FATHER, &[Ground::DutyRefused]));
            if entitled.contains(&department) {
                outcome.then_types(&["PetitionFiled", "ClockMet"]);
            } else {
                let refused = outcome.then_refused("CUS-2");
                assert_eq!(refused.reason, Reason::NotEntitled, "{petitioner:?} by {department:?}");
            }
        }
    }
}

#[test]
fn cus_2_a_unit_petitions_in_its_own_name_and_a_relative_in_no_unit_s() {
    let reference = Reference::default();
    let grounds = &[Ground::DutyRefused];
    let own = actor(Department::Village).unit_id;
    let by = |petitioner, unit| petition_by(petitioner, unit, FATHER, grounds);
    met(&reference, TODAY).when(by(Petitioner::VillageCommittee, Some("another"))).then_refused("CUS-2");
    met(&reference, TODAY).when(by(Petitioner::CloseRelative, Some(&own))).then_refused("CUS-2");
    for (petitioner, named, unit) in [
        (Petitioner::VillageCommittee, Some(own.as_str()), Some(own.clone())),
        (Petitioner::VillageCommittee, None, Some(own.clone())),
        (Petitioner::CloseRelative, None, None),
    ] {
        let outcome = met(&reference, TODAY).when(by(petitioner, named));
        let Some(Event::PetitionFiled(filed)) = &outcome.facts()[0].event.event else { panic!("filed") };
        assert_eq!(filed.petitioner_unit_id, unit);
    }
    let elsewhere = Actor { area: "430903112201".to_owned(), ..actor(Department::Village) };
    met(&reference, TODAY).by(elsewhere).when(petition(Ground::DutyRefused)).then_refused("CUS-2");
}

#[test]
fn cus_2_every_ground_relied_on_must_be_met_and_everything_missing_is_named() {
    let reference = Reference::default();
    let both = [Ground::DutyRefused, Ground::CrimeIncited, Ground::Begging];
    let petition = petition_by(Petitioner::VillageCommittee, None, FATHER, &both);
    let refused = met(&reference, TODAY).when(petition).then_refused("CUS-3f");
    assert_eq!(refused.reason, Reason::RequirementMissing);
    assert_eq!(
        names(&refused.missing),
        ["grave-crime", "criticism-1", "criticism-2", "criticism-3", "life-seriously-affected"]
    );
    let none = petition_by(Petitioner::VillageCommittee, None, FATHER, &[]);
    assert_eq!(met(&reference, TODAY).when(none).then_refused("CUS-2").field.as_deref(), Some("grounds"));
    // met against the father is not met against the mother
    let mother = petition_by(Petitioner::VillageCommittee, None, MOTHER, &[Ground::DutyRefused]);
    met(&reference, TODAY).when(mother).then_refused("CUS-3c");
}

#[test]
fn cus_2_a_petition_relies_on_what_had_happened_by_its_own_day() {
    let reference = Reference::default();
    let Command::Record { event, .. } = petition(Ground::DutyRefused) else { panic!("a step") };
    met(&reference, TODAY).when(on("2026-06-30", event.clone())).then_refused("CUS-3c");
    met(&reference, TODAY).when(on("2026-07-01", event)).then_types(&["PetitionFiled", "ClockMet"]);
}

#[test]
fn cus_2_one_petition_at_a_time_about_a_guardian_but_one_about_each() {
    let reference = Reference::default();
    let village = || filed(&reference, TODAY).by(actor(Department::Village));
    let refused = village().when(petition(Ground::DutyRefused)).then_refused("CUS-2");
    assert_eq!(refused.reason, Reason::WrongState);
    village()
        .given([now(refused_by_mother()), now(suffered(MOTHER, Consequence::Displaced))])
        .when(petition_by(Petitioner::VillageCommittee, None, MOTHER, &[Ground::DutyRefused]))
        .then_types(&["PetitionFiled", "ClockMet"]);
}

fn refused_by_mother() -> Event {
    refused(MOTHER, "2026-01-01")
}

#[test]
fn cus_4_only_the_court_accepts_hears_and_rules() {
    let reference = Reference::default();
    for number in (0..=17).filter(|number| *number != i32::from(Department::Court)) {
        let other = actor(Department::try_from(number).unwrap());
        for (before, command) in [
            (vec![], accept()),
            (vec![accept()], hear()),
            (vec![accept(), hear()], rule(Ruling::Revoked, Some("aunt"))),
            (vec![accept(), hear()], rule(Ruling::Refused, None)),
        ] {
            let scenario = filed(&reference, TODAY).given(before).by(other.clone());
            assert_eq!(scenario.when(command).then_refused("CUS-4").reason, Reason::NotEntitled);
        }
    }
}

#[test]
fn cus_4_filed_accepted_heard_ruled_in_this_order_and_each_once() {
    let reference = Reference::default();
    let revoke = || rule(Ruling::Revoked, Some("aunt"));
    let steps = [accept(), hear(), revoke()];
    for done in 0..=3 {
        for (index, step) in steps.iter().enumerate().filter(|(index, _)| *index != done) {
            let scenario = filed(&reference, TODAY).given(steps[..done].to_vec());
            let refused = scenario.when(step.clone()).then_refused("CUS-4");
            assert_eq!(refused.reason, Reason::WrongState, "{index} after {done}");
        }
    }
    filed(&reference, TODAY).given([accept()]).when(rule(Ruling::Refused, None)).then_refused("CUS-4");
    let unknown = now(Event::PetitionAccepted(PetitionAccepted { petition_id: "unknown".to_owned() }));
    assert_eq!(filed(&reference, TODAY).when(unknown).then_refused("CUS-4").reason, Reason::UnknownReference);
}

#[test]
fn cus_4_a_revocation_designates_another_guardian_and_support_is_still_owed() {
    let reference = Reference::default();
    let heard = || filed(&reference, TODAY).given([accept(), hear()]);
    for (designated, field) in [(None, "designated"), (Some(FATHER), "designated.person_id")] {
        let refused = heard().when(rule(Ruling::Revoked, designated)).then_refused("CUS-4");
        assert_eq!(refused.field.as_deref(), Some(field));
    }
    let outcome = heard().when(rule(Ruling::Revoked, Some("aunt")));
    let [ruled, support] = outcome.facts() else { panic!("{:?}", outcome.facts()) };
    let Some(Event::PetitionRuled(ruled)) = &ruled.event.event else { panic!("{ruled:?}") };
    // what the registry needs is added from the case, whatever the request says
    assert_eq!(ruled.guardian_person_id, FATHER);
    assert_eq!(ruled.child.as_ref().unwrap().child_id.as_deref(), Some("child"));
    assert_eq!(ruled.ruled_on, TODAY);
    let Some(Event::SupportDutyContinues(support)) = &support.event.event else { panic!("{support:?}") };
    assert_eq!(support.guardian_person_id, FATHER, "L39");
    assert!(support.article.contains("108"));
    let scenario = outcome.then_types(&["PetitionRuled", "SupportDutyContinues"]);
    assert!(scenario.state().is_revoked(FATHER));
    scenario.by(actor(Department::Village)).when(petition(Ground::DutyRefused)).then_refused("CUS-2");
}

#[test]
fn cus_4_nobody_is_designated_against_whom_a_ground_is_met() {
    let reference = Reference::default();
    let scenario = met(&reference, TODAY)
        .given([now(refused_by_mother()), now(suffered(MOTHER, Consequence::Displaced))])
        .given([petition(Ground::DutyRefused)])
        .by(actor(Department::Court))
        .given([accept(), hear()]);
    scenario.when(rule(Ruling::Revoked, Some(MOTHER))).then_refused("CUS-4");
    // without one, the mother can be
    let scenario = filed(&reference, TODAY).given([accept(), hear()]);
    assert_eq!(scenario.when(rule(Ruling::Revoked, Some(MOTHER))).facts().len(), 2);
}

#[test]
fn cus_4_a_refusal_designates_nobody_and_a_new_petition_is_possible() {
    let reference = Reference::default();
    let heard = || filed(&reference, TODAY).given([accept(), hear()]);
    heard().when(rule(Ruling::Refused, Some("aunt"))).then_refused("CUS-4");
    let unsaid = heard().when(rule(Ruling::Unspecified, None)).then_refused("CUS-4");
    assert_eq!(unsaid.field.as_deref(), Some("ruling"));
    let outcome = heard().when(rule(Ruling::Refused, None));
    let Some(Event::ReturnedToAssistance(returned)) = &outcome.facts()[1].event.event else {
        panic!("{:?}", outcome.facts())
    };
    assert_eq!(
        (returned.guardian_person_id.as_str(), returned.petition_id.as_str()),
        (FATHER, &*petition_id())
    );
    assert_eq!(returned.child.as_ref().unwrap().person_id, "child");
    let scenario = outcome.then_types(&["PetitionRuled", "ReturnedToAssistance"]);
    assert!(!scenario.state().is_revoked(FATHER));
    let Command::Record { event: Event::PetitionFiled(again), .. } = petition(Ground::DutyRefused) else {
        panic!("a petition")
    };
    let village = scenario.by(actor(Department::Village));
    // the id of the first is not used twice
    let refused = village.when(now(Event::PetitionFiled(again.clone()))).then_refused("CUS-2");
    assert_eq!(refused.reason, Reason::WrongState);
    let again = PetitionFiled { petition_id: "second".to_owned(), ..again };
    let scenario = heard().given([rule(Ruling::Refused, None)]).by(actor(Department::Village));
    scenario.when(now(Event::PetitionFiled(again))).then_types(&["PetitionFiled"]);
}

#[test]
fn cus_4_a_petition_is_withdrawn_by_whoever_filed_it_or_as_the_court_records_it() {
    let reference = Reference::default();
    let withdraw = || rule(Ruling::Withdrawn, None);
    for before in [vec![], vec![accept()], vec![accept(), hear()]] {
        for by in [Department::Village, Department::Court] {
            let scenario = filed(&reference, TODAY).given(before.clone()).by(actor(by));
            let scenario = scenario.when(withdraw()).then_types(&["PetitionRuled", "ClockStarted"]);
            assert_eq!(scenario.state().petitions[&petition_id()].progress, Progress::Withdrawn);
            scenario.when(withdraw()).then_refused("CUS-4");
        }
    }
    let another = Actor { unit_id: "another".to_owned(), ..actor(Department::Village) };
    for by in [another, actor(Department::CivilAffairs)] {
        let refused = filed(&reference, TODAY).by(by).when(withdraw()).then_refused("CUS-4");
        assert_eq!(refused.reason, Reason::NotEntitled);
    }
    filed(&reference, TODAY).when(rule(Ruling::Withdrawn, Some("aunt"))).then_refused("CUS-4");
}

#[test]
fn bey_1_a_step_of_the_court_does_not_lie_before_the_one_before_it() {
    let reference = Reference::default();
    let Command::Record { event, .. } = accept() else { panic!("a step") };
    let refused = filed(&reference, TODAY).when(on("2026-11-23", event.clone())).then_refused("BEY-1");
    assert_eq!(refused.reason, Reason::TimeInvalid);
    filed(&reference, TODAY).when(on(TODAY, event)).then_types(&["PetitionAccepted"]);
}
