//! Temporary guardianship by civil affairs (LAW-3).

use crate::{district, missing, refusal};
use kinward::people;
use kinward_contracts::custody::v1::{
    AssessGuardianFitnessRequest, BeginTemporaryGuardianshipRequest, ChangePlacementFormRequest,
    GetTemporaryGuardianshipRequest, GiveToDesignatedGuardianRequest, ListTemporaryGuardianshipDutiesRequest,
    LongTermCase, PlacementForm, ReturnChildRequest, StayEnd, TakeLongTermGuardianshipRequest, TakerInput,
    TemporaryCase, TemporaryPlacement,
};
use kinward_contracts::instant;
use kinward_contracts::r#type::v1::{Department, Duty, Relation};
use kinward_story::District;

async fn open_duties(district: &District, id: &str) -> Vec<Duty> {
    let mut stays = district.clients.stays(&people::civil_affairs()).unwrap();
    let request = ListTemporaryGuardianshipDutiesRequest { guardianship_id: id.to_owned() };
    stays.list_temporary_guardianship_duties(request).await.unwrap().into_inner().duties
}

#[tokio::test(flavor = "multi_thread")]
async fn law_3_bey_2_bey_3_civil_affairs_places_assesses_and_only_then_returns() {
    let district = district().await;
    let play = district.play(1);
    let story = play.register().await.unwrap();
    let village_code = Some(play.child().household.unwrap().village_code);
    let mut civil = district.clients.stays(&people::civil_affairs()).unwrap();
    let begin = |request_id: &str| BeginTemporaryGuardianshipRequest {
        request_id: request_id.to_owned(),
        child_id: Some(story.child_id.clone()),
        village_code: village_code.clone(),
        statutory_case: TemporaryCase::GuardianNeglects.into(),
        guardian_person_ids: story.parents.clone(),
        form: PlacementForm::ReliefProtectionInstitution.into(),
        giver_unit_id: "police-430903".to_owned(),
        taker_unit_id: Some("relief-430903".to_owned()),
        place: "赫山区未成年人救助保护中心".to_owned(),
        ..Default::default()
    };
    let mut police = district.clients.stays(&people::police()).unwrap();
    let refused = police.begin_temporary_guardianship(begin("police")).await.unwrap_err();
    assert_eq!(refusal(&refused), ("LAW-3".to_owned(), "NOT_ENTITLED".to_owned()));
    let other_law =
        BeginTemporaryGuardianshipRequest { statutory_case: TemporaryCase::OtherLaw.into(), ..begin("law") };
    let refused = civil.begin_temporary_guardianship(other_law).await.unwrap_err();
    assert_eq!(refusal(&refused), ("LAW-3".to_owned(), "INVALID_ARGUMENT".to_owned()));
    let began = civil.begin_temporary_guardianship(begin("begin")).await.unwrap().into_inner();
    let id = began.receipt.unwrap().id;
    let twice = civil.begin_temporary_guardianship(begin("twice")).await.unwrap_err();
    assert_eq!(refusal(&twice), ("LAW-3".to_owned(), "WRONG_STATE".to_owned()));

    let to = |request_id: &str, person_id: Option<String>, relation: Relation| ChangePlacementFormRequest {
        request_id: request_id.to_owned(),
        guardianship_id: id.clone(),
        form: PlacementForm::Relative.into(),
        giver_unit_id: "relief-430903".to_owned(),
        taker: Some(TakerInput { person_id, relation: relation.into(), name: "贺青禾".to_owned() }),
        place: "姑母家".to_owned(),
        ..Default::default()
    };
    let father = to("father", Some(story.parents[0].clone()), Relation::Father);
    let refused = civil.change_placement_form(father).await.unwrap_err();
    assert_eq!(refusal(&refused), ("LAW-3".to_owned(), "INVALID_ARGUMENT".to_owned()));
    district.advance(chrono::Duration::days(3));
    civil.change_placement_form(to("aunt", None, Relation::PaternalAunt)).await.unwrap();

    let give_back = |request_id: &str| ReturnChildRequest {
        request_id: request_id.to_owned(),
        guardianship_id: id.clone(),
        guardian_person_id: story.parents[0].clone(),
        ..Default::default()
    };
    let assess = |request_id: &str, fit| AssessGuardianFitnessRequest {
        request_id: request_id.to_owned(),
        guardianship_id: id.clone(),
        guardian_person_id: story.parents[0].clone(),
        fit: Some(fit),
        findings: "家访与询问".to_owned(),
        ..Default::default()
    };
    for unfit in [None, Some(assess("unfit", false))] {
        if let Some(assessment) = unfit {
            civil.assess_guardian_fitness(assessment).await.unwrap();
        }
        let refused = civil.return_child(give_back("early")).await.unwrap_err();
        assert_eq!(refusal(&refused), ("LAW-3".to_owned(), "REQUIREMENT_MISSING".to_owned()));
        assert_eq!(missing(&refused), ["guardian-assessed-fit"]);
    }
    district.advance(chrono::Duration::days(30));
    let duties = open_duties(&district, &id).await;
    assert_eq!((duties[0].department(), duties[0].overdue), (Department::CivilAffairs, false));
    assert_eq!(duties[0].missing[0].what, "guardian-assessed-fit");
    civil.assess_guardian_fitness(assess("fit", true)).await.unwrap();
    civil.return_child(give_back("return")).await.unwrap();
    assert!(open_duties(&district, &id).await.is_empty());
    let get = GetTemporaryGuardianshipRequest { guardianship_id: id.clone() };
    let stay = civil.get_temporary_guardianship(get).await.unwrap().into_inner().stays.remove(0);
    assert_eq!(
        (stay.statutory_case(), stay.article.as_str()),
        (TemporaryCase::GuardianNeglects, "未成年人保护法 92（四）")
    );
    assert_eq!(stay.end(), StayEnd::Returned);
    let forms: Vec<PlacementForm> = stay.placements.iter().map(TemporaryPlacement::form).collect();
    assert_eq!(forms, [PlacementForm::ReliefProtectionInstitution, PlacementForm::Relative]);
    assert_eq!(
        (stay.placements[0].from_at, stay.placements[0].until_at),
        (stay.began_at, stay.placements[1].from_at)
    );
    assert_eq!(stay.placements[1].until_at, stay.ended_at);
}

#[tokio::test(flavor = "multi_thread")]
async fn law_3_bey_1_after_a_year_a_stay_must_be_decided_and_long_term_guardianship_ends_it() {
    let district = district().await;
    let mut civil = district.clients.stays(&people::civil_affairs()).unwrap();
    // nobody knows yet who the child is
    let begin = BeginTemporaryGuardianshipRequest {
        request_id: "begin".to_owned(),
        statutory_case: TemporaryCase::ParentsNotFound.into(),
        form: PlacementForm::ChildWelfareInstitution.into(),
        giver_unit_id: "police-430903".to_owned(),
        taker_unit_id: Some("welfare-430903".to_owned()),
        place: "赫山区儿童福利院".to_owned(),
        ..Default::default()
    };
    let began = civil.begin_temporary_guardianship(begin.clone()).await.unwrap().into_inner();
    let again = civil.begin_temporary_guardianship(begin).await.unwrap().into_inner();
    assert_eq!(began, again, "a retry gets the first answer");
    let id = began.receipt.unwrap().id;
    let due = open_duties(&district, &id).await[0].due_at.as_ref().and_then(instant).unwrap();
    district.advance(due - district.now() - chrono::Duration::seconds(1));
    assert!(!open_duties(&district, &id).await[0].overdue);
    district.advance(chrono::Duration::seconds(1));
    while !open_duties(&district, &id).await[0].overdue {
        tokio::task::yield_now().await;
    }
    let long_term = TakeLongTermGuardianshipRequest {
        request_id: "long-term".to_owned(),
        guardianship_id: id.clone(),
        statutory_case: LongTermCase::ParentsNotFound.into(),
        ..Default::default()
    };
    civil.take_long_term_guardianship(long_term).await.unwrap();
    assert!(open_duties(&district, &id).await.is_empty());
    let get = GetTemporaryGuardianshipRequest { guardianship_id: id };
    let stay = civil.get_temporary_guardianship(get).await.unwrap().into_inner().stays.remove(0);
    assert_eq!(stay.end(), StayEnd::LongTerm);
}

#[tokio::test(flavor = "multi_thread")]
async fn law_3_cus_4_a_child_goes_to_whom_the_court_designated_and_not_so_to_a_guardian_of_old() {
    let district = district().await;
    let story = district.play(1).register().await.unwrap();
    let mut civil = district.clients.stays(&people::civil_affairs()).unwrap();
    let begin = BeginTemporaryGuardianshipRequest {
        request_id: "begin".to_owned(),
        child_id: Some(story.child_id.clone()),
        statutory_case: TemporaryCase::SevereHarm.into(),
        guardian_person_ids: story.parents.clone(),
        form: PlacementForm::ReliefProtectionInstitution.into(),
        giver_unit_id: "police-430903".to_owned(),
        taker_unit_id: Some("relief-430903".to_owned()),
        place: "赫山区未成年人救助保护中心".to_owned(),
        ..Default::default()
    };
    let id = civil.begin_temporary_guardianship(begin).await.unwrap().into_inner().receipt.unwrap().id;
    let give = |request_id: &str, guardian: &str| GiveToDesignatedGuardianRequest {
        request_id: request_id.to_owned(),
        guardianship_id: id.clone(),
        guardian_person_id: guardian.to_owned(),
        case_id: "00000000-0000-8000-8000-000000000002".to_owned(),
        ..Default::default()
    };
    let aunt = "00000000-0000-8000-8000-000000000003";
    let mut court = district.clients.stays(&people::court()).unwrap();
    let refused = court.give_to_designated_guardian(give("court", aunt)).await.unwrap_err();
    assert_eq!(refusal(&refused), ("LAW-3".to_owned(), "NOT_ENTITLED".to_owned()));
    let refused = civil.give_to_designated_guardian(give("father", &story.parents[0])).await.unwrap_err();
    assert_eq!(refusal(&refused), ("LAW-3".to_owned(), "INVALID_ARGUMENT".to_owned()));
    civil.give_to_designated_guardian(give("give", aunt)).await.unwrap();
    assert!(open_duties(&district, &id).await.is_empty());
    let get = GetTemporaryGuardianshipRequest { guardianship_id: id.clone() };
    let stay = civil.get_temporary_guardianship(get).await.unwrap().into_inner().stays.remove(0);
    assert_eq!(stay.end(), StayEnd::DesignatedGuardian);
    assert_eq!(stay.placements[0].until_at, stay.ended_at);
    let twice = civil.give_to_designated_guardian(give("twice", aunt)).await.unwrap_err();
    assert_eq!(refusal(&twice), ("LAW-3".to_owned(), "WRONG_STATE".to_owned()));
}
