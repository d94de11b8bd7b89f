//! ASM-1: who assesses, who helps, what stands in the way of the conclusion, and who reads it.

use super::super::{district, missing, refusal};
use super::{DIMENSIONS, assessments_of, conclusion, lead, open, score, seen_by, sign, village_of};
use kinward::people;
use kinward::story::assessment_of;
use kinward_chassis::Principal;
use kinward_contracts::assessment::v1::{
    Answer, DeclineInvitationRequest, Dimension, GiveInputRequest, InviteParticipantRequest, Origin,
    ParticipantKind, Risk, Stage,
};
use kinward_contracts::r#type::v1::{Department, Duty, Relation};
use kinward_story::District;
use tonic::Code;

fn legal_aid() -> Principal {
    Principal {
        department: "JUSTICE".to_owned(),
        unit: "legal-aid-430903".to_owned(),
        ..people::civil_affairs()
    }
}

async fn invite(district: &District, id: &str, kind: ParticipantKind, unit: Option<&Principal>) -> String {
    let request = InviteParticipantRequest {
        request_id: format!("invite-{kind:?}"),
        assessment_id: id.to_owned(),
        kind: kind.into(),
        department: unit.map(Principal::department).unwrap_or_default().into(),
        unit_id: unit.map(|unit| unit.unit.clone()).unwrap_or_default(),
        person_id: unit.is_none().then(|| "00000000-0000-8000-8000-00000000000a".to_owned()),
        relation: if unit.is_none() { Relation::PaternalAunt.into() } else { 0 },
        ..Default::default()
    };
    let mut assessments = district.clients.assessments(&lead()).unwrap();
    assessments.invite_participant(request).await.unwrap().into_inner().participant_id
}

#[tokio::test(flavor = "multi_thread")]
async fn asm_1_dep_5_the_notice_opens_it_five_kinds_of_party_help_and_police_civil_affairs_township_sign() {
    let district = district().await;
    let play = district.play(1);
    let mut story = play.register().await.unwrap();
    play.report(&mut story).await.unwrap();
    play.police(&mut story).await.unwrap();
    play.acknowledge(&mut story).await.unwrap();
    let id = assessment_of(&district.clients, &lead(), &story.incident_id, story.position).await.unwrap();
    let entry = assessments_of(&district, &story.child_id, 1).await.remove(0);
    assert_eq!((entry.origin(), entry.clock.as_str()), (Origin::Notice, "assessment"));

    // who was not invited has nothing to say and sees nothing
    let (school, hospital, village) =
        (people::school(), people::hospital(), people::village(&village_of(&district)));
    let refused = sign(&district, &school, &id).await.unwrap_err();
    assert_eq!(refusal(&refused), ("ASM-1".to_owned(), "NOT_ENTITLED".to_owned()));
    assert_eq!(seen_by(&district, &school, &id).await.unwrap_err().code(), Code::PermissionDenied);

    let of_school = invite(&district, &id, ParticipantKind::School, Some(&school)).await;
    let of_hospital = invite(&district, &id, ParticipantKind::MedicalInstitution, Some(&hospital)).await;
    let of_village = invite(&district, &id, ParticipantKind::VillageCommittee, Some(&village)).await;
    let of_legal_aid = invite(&district, &id, ParticipantKind::ProfessionalService, Some(&legal_aid())).await;
    let of_aunt = invite(&district, &id, ParticipantKind::Relative, None).await;

    // one signs and scores, one declines with the reason, one's statement is taken down, two stay silent
    sign(&district, &school, &id).await.unwrap();
    score(&district, &school, &id, Dimension::Health, 3).await.unwrap();
    let decline = |reason: &str| DeclineInvitationRequest {
        request_id: format!("decline-{reason}"),
        assessment_id: id.clone(),
        reason: reason.to_owned(),
        ..Default::default()
    };
    let mut of_committee = district.clients.assessments(&village).unwrap();
    assert_eq!(of_committee.decline_invitation(decline("")).await.unwrap_err().code(), Code::InvalidArgument);
    of_committee.decline_invitation(decline("与家庭有亲属关系")).await.unwrap();
    let taken_down = GiveInputRequest {
        request_id: "aunt".to_owned(),
        assessment_id: id.clone(),
        statement: "愿意照料".to_owned(),
        participant_id: Some(of_aunt.clone()),
        ..Default::default()
    };
    district.clients.assessments(&people::police()).unwrap().give_input(taken_down).await.unwrap();

    // a conclusion too early names all that is missing, and so do the open duties (BEY-2)
    let mut leading = district.clients.assessments(&lead()).unwrap();
    let early = leading.finalise_assessment(conclusion(&id, Risk::High)).await.unwrap_err();
    assert_eq!(refusal(&early), ("ASM-1".to_owned(), "REQUIREMENT_MISSING".to_owned()));
    let lacking = [
        "input-township",
        "input-civil-affairs",
        "input-police",
        "dimension-safety",
        "dimension-guardianship",
    ];
    assert_eq!(missing(&early), lacking);
    let seen = seen_by(&district, &lead(), &id).await.unwrap();
    let last = |what: &str| seen.duties.iter().find(|duty| duty.what == what).cloned().unwrap();
    let lacks: Vec<_> = last("finalise").missing.into_iter().map(|one| one.what).collect();
    assert_eq!(lacks, lacking);
    let silent: Vec<&str> = seen
        .duties
        .iter()
        .filter(|duty| duty.what == "answer-invitation")
        .map(|duty| duty.about_id.as_str())
        .collect();
    let mut expected = [of_hospital.as_str(), of_legal_aid.as_str()];
    expected.sort_unstable();
    assert_eq!(silent, expected);
    let participant =
        |id: &str| seen.participants.iter().find(|one| one.participant_id == id).cloned().unwrap();
    assert_eq!(participant(&of_school).answer(), Answer::Signed);
    assert_eq!(participant(&of_school).statement, "school-430903111-01的意见");
    assert_eq!(participant(&of_village).answer(), Answer::Declined);
    assert_eq!(participant(&of_village).statement, "与家庭有亲属关系");
    assert_eq!(
        (participant(&of_aunt).answer(), participant(&of_aunt).relation()),
        (Answer::Signed, Relation::PaternalAunt)
    );
    assert_eq!(participant(&of_hospital).answer(), Answer::Unspecified);

    // health for assessors only, reasons for those who handle the case; who stays away is no assessor
    let by_hospital = seen_by(&district, &hospital, &id).await.unwrap();
    assert_eq!(by_hospital.dimensions[0].findings, "所见：Health");
    let declined = by_hospital.participants.iter().find(|one| one.participant_id == of_village).unwrap();
    assert_eq!(declined.statement, "", "a reason is no health");
    assert_eq!(seen_by(&district, &village, &id).await.unwrap_err().code(), Code::PermissionDenied);
    let elsewhere = people::township("430903112");
    assert_eq!(seen_by(&district, &elsewhere, &id).await.unwrap_err().code(), Code::PermissionDenied);

    for dimension in DIMENSIONS {
        score(&district, &lead(), &id, dimension, 3).await.unwrap();
    }
    sign(&district, &lead(), &id).await.unwrap();
    sign(&district, &people::civil_affairs(), &id).await.unwrap();
    // DEP-5: without the police it is not final
    let without = leading.finalise_assessment(conclusion(&id, Risk::High)).await.unwrap_err();
    assert_eq!(missing(&without), ["input-police"]);
    let police = seen_by(&district, &people::police(), &id).await.unwrap();
    let owed: Vec<Department> =
        police.duties.iter().filter(|duty| duty.what == "sign-input").map(Duty::department).collect();
    assert_eq!(owed, [Department::PublicSecurity]);
    sign(&district, &people::police(), &id).await.unwrap();
    let mut of_police = district.clients.assessments(&people::police()).unwrap();
    let no_lead = of_police.finalise_assessment(conclusion(&id, Risk::High)).await.unwrap_err();
    assert_eq!(refusal(&no_lead), ("ASM-1".to_owned(), "NOT_ENTITLED".to_owned()));
    leading.finalise_assessment(conclusion(&id, Risk::High)).await.unwrap();
    let seen = seen_by(&district, &lead(), &id).await.unwrap();
    assert_eq!((seen.stage(), seen.risk()), (Stage::Final, Risk::High));
    let late = sign(&district, &hospital, &id).await.unwrap_err();
    assert_eq!(refusal(&late), ("ASM-1".to_owned(), "WRONG_STATE".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn asm_1_township_or_civil_affairs_open_one_by_hand_and_its_missed_clock_is_told_to_civil_affairs() {
    use kinward_contracts::notification::v1::ListNoticesRequest;
    let district = district().await;
    let story = district.play(1).register().await.unwrap();
    for nobody in [people::school(), people::police(), people::township("430903112")] {
        let refused = open(&district, &nobody, &story.child_id, "by-hand").await.unwrap_err();
        assert_eq!(refusal(&refused), ("ASM-1".to_owned(), "NOT_ENTITLED".to_owned()));
    }
    let opened = open(&district, &lead(), &story.child_id, "by-hand").await.unwrap();
    assert_eq!(open(&district, &lead(), &story.child_id, "by-hand").await.unwrap(), opened, "a retry");
    let seen = seen_by(&district, &people::civil_affairs(), &opened.id).await.unwrap();
    assert_eq!((seen.origin(), seen.concern.as_str()), (Origin::ByHand, "学校发现情绪低落、拒绝交流"));
    district.advance(chrono::Duration::days(16));
    let mut notices = district.clients.notices(&people::civil_affairs()).unwrap();
    let mut position = district.position().await;
    let subject = format!("kw.assessment.assessment.{}", opened.id);
    loop {
        let freshness = Some(kinward_contracts::r#type::v1::Freshness::at_least(position));
        let request = ListNoticesRequest { freshness, page_size: 200, page_token: String::new() };
        let answer = notices.list_notices(request).await.unwrap().into_inner();
        let told = |about: kinward_contracts::notification::v1::About| {
            (about.subject.as_str(), about.clock.as_str()) == (subject.as_str(), "assessment")
        };
        if answer.notices.into_iter().filter_map(|notice| notice.about).any(told) {
            break;
        }
        position = answer.position + 1;
    }
}
