//! ASM-3, DEP-1: eligible children and families come into social relief and welfare.

use super::super::{district, refusal};
use super::{conclusion, finalise_as, lead, open, village_of};
use kinward::people;
use kinward_chassis::Principal;
use kinward_contracts::assessment::v1::{
    Beneficiary, EnrolInReliefRequest, GetReliefReferralRequest, ListReliefReferralsRequest,
    ReferForReliefRequest, RefuseReliefRequest, ReliefKind, ReliefReferral, ReliefStage, Risk,
    WithdrawReferralRequest,
};
use kinward_contracts::notification::v1::ListNoticesRequest;
use kinward_contracts::r#type::v1::{Department, Freshness};
use kinward_story::District;
use tonic::{Code, Status};

async fn refer(
    district: &District,
    caller: &Principal,
    recipient: Department,
    (request, child_id): (&str, &str),
) -> Result<String, Status> {
    let request = ReferForReliefRequest {
        request_id: request.to_owned(),
        recipient: recipient.into(),
        child_id: child_id.to_owned(),
        village_code: village_of(district),
        beneficiary: Beneficiary::Family.into(),
        proposed: vec![ReliefKind::SubsistenceAllowance.into()],
        hardship: "祖母患病，无收入".to_owned(),
        ..Default::default()
    };
    let answer = district.clients.relief(caller).unwrap().refer_for_relief(request).await?;
    Ok(answer.into_inner().receipt.unwrap().id)
}

/// Referrals as a caller sees them, once there are so many.
async fn listed(district: &District, caller: &Principal, number: usize) -> Vec<ReliefReferral> {
    let mut relief = district.clients.relief(caller).unwrap();
    let mut position = district.position().await;
    loop {
        let request = ListReliefReferralsRequest {
            freshness: Some(Freshness::at_least(position)),
            ..Default::default()
        };
        let answer = relief.list_relief_referrals(request).await.unwrap().into_inner();
        if answer.referrals.len() >= number {
            return answer.referrals;
        }
        position = answer.position + 1;
    }
}

fn enrol(referral_id: &str, request: &str) -> EnrolInReliefRequest {
    EnrolInReliefRequest {
        request_id: request.to_owned(),
        referral_id: referral_id.to_owned(),
        kinds: vec![ReliefKind::SubsistenceAllowance.into(), ReliefKind::Temporary.into()],
        from_on: "2026-12-01".to_owned(),
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn asm_3_dep_1_a_family_is_referred_and_enrolled_or_refused_with_the_reason_or_taken_back() {
    let district = district().await;
    let story = district.play(1).register().await.unwrap();
    let village = people::village(&village_of(&district));
    let child = story.child_id.as_str();
    let refused = refer(&district, &people::school(), Department::CivilAffairs, ("school", child)).await;
    assert_eq!(refusal(&refused.unwrap_err()), ("ASM-3".to_owned(), "NOT_ENTITLED".to_owned()));
    let court = refer(&district, &village, Department::Court, ("court", child)).await.unwrap_err();
    assert_eq!(refusal(&court), ("DEP-1".to_owned(), "INVALID_ARGUMENT".to_owned()));

    let to_civil = refer(&district, &village, Department::CivilAffairs, ("civil", child)).await.unwrap();
    let to_education = refer(&district, &lead(), Department::Education, ("education", child)).await.unwrap();
    let taken_back = refer(&district, &village, Department::CivilAffairs, ("mistake", child)).await.unwrap();
    // civil affairs lead and see all; education what is theirs
    assert_eq!(listed(&district, &people::civil_affairs(), 3).await.len(), 3);
    let theirs = listed(&district, &people::education(), 1).await;
    assert_eq!((theirs.len(), theirs[0].referral_id.as_str()), (1, to_education.as_str()));

    let mut civil = district.clients.relief(&people::civil_affairs()).unwrap();
    let read = GetReliefReferralRequest { referral_id: to_civil.clone() };
    let seen = civil.get_relief_referral(read.clone()).await.unwrap().into_inner();
    assert_eq!(seen.hardship, "祖母患病，无收入");
    assert_eq!(
        (seen.duties[0].what.as_str(), seen.duties[0].department()),
        ("decide-relief", Department::CivilAffairs)
    );
    let mut police = district.clients.relief(&people::police()).unwrap();
    assert_eq!(police.get_relief_referral(read.clone()).await.unwrap_err().code(), Code::PermissionDenied);
    let mut own = district.clients.relief(&village).unwrap();
    let not_theirs = own.enrol_in_relief(enrol(&to_civil, "village")).await.unwrap_err();
    assert_eq!(refusal(&not_theirs), ("ASM-3".to_owned(), "NOT_ENTITLED".to_owned()));
    civil.enrol_in_relief(enrol(&to_civil, "enrol")).await.unwrap();
    let again = civil.enrol_in_relief(enrol(&to_civil, "again")).await.unwrap_err();
    assert_eq!(refusal(&again), ("ASM-3".to_owned(), "WRONG_STATE".to_owned()));
    let seen = civil.get_relief_referral(read).await.unwrap().into_inner();
    let referral = seen.referral.unwrap();
    assert_eq!((referral.stage(), referral.from_on.as_str()), (ReliefStage::Enrolled, "2026-12-01"));
    assert!(seen.duties.is_empty());

    let mut education = district.clients.relief(&people::education()).unwrap();
    let refuse = |reason: &str| RefuseReliefRequest {
        request_id: format!("refuse-{reason}"),
        referral_id: to_education.clone(),
        reason: reason.to_owned(),
        ..Default::default()
    };
    assert_eq!(education.refuse_relief(refuse("")).await.unwrap_err().code(), Code::InvalidArgument);
    education.refuse_relief(refuse("已享受寄宿生补助")).await.unwrap();
    let read = GetReliefReferralRequest { referral_id: to_education.clone() };
    let seen =
        district.clients.relief(&lead()).unwrap().get_relief_referral(read).await.unwrap().into_inner();
    assert_eq!(seen.reason, "已享受寄宿生补助", "who referred reads why");
    let withdraw = WithdrawReferralRequest {
        request_id: "withdraw".to_owned(),
        referral_id: taken_back.clone(),
        reason: "重复转介".to_owned(),
        ..Default::default()
    };
    own.withdraw_referral(withdraw).await.unwrap();
    let stages: Vec<ReliefStage> =
        listed(&district, &people::civil_affairs(), 3).await.iter().map(ReliefReferral::stage).collect();
    for stage in [ReliefStage::Enrolled, ReliefStage::Refused, ReliefStage::Withdrawn] {
        assert!(stages.contains(&stage), "{stages:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn asm_3_poor_guardians_are_referred_by_the_assessment_and_a_decision_too_late_escalates() {
    let district = district().await;
    let story = district.play(1).register().await.unwrap();
    let id = open(&district, &lead(), &story.child_id, "open").await.unwrap().id;
    let mut request = conclusion(&id, Risk::Low);
    request.economic_hardship = true;
    finalise_as(&district, &id, request).await;
    let referral = listed(&district, &people::civil_affairs(), 1).await.remove(0);
    assert_eq!(referral.assessment_id.as_deref(), Some(id.as_str()));
    assert_eq!((referral.stage(), referral.referred_by()), (ReliefStage::Referred, Department::Township));
    assert!(referral.due_at.is_some());
    district.advance(chrono::Duration::days(32));
    let subject = format!("kw.assessment.relief.{}", referral.referral_id);
    let mut notices = district.clients.notices(&people::civil_affairs()).unwrap();
    let mut position = district.position().await;
    loop {
        let freshness = Some(Freshness::at_least(position));
        let request = ListNoticesRequest { freshness, page_size: 200, page_token: String::new() };
        let answer = notices.list_notices(request).await.unwrap().into_inner();
        let about = answer.notices.into_iter().filter_map(|notice| notice.about);
        if about.into_iter().any(|about| about.subject == subject && about.clock == "relief-decision") {
            break;
        }
        position = answer.position + 1;
    }
    // late, but decided
    let mut civil = district.clients.relief(&people::civil_affairs()).unwrap();
    civil.enrol_in_relief(enrol(&referral.referral_id, "late")).await.unwrap();
}
