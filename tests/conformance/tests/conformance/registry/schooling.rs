//! Schooling, psychological concern, caring adults, education relief (DEP-2, DEP-3, DEP-4).

use super::*;
use kinward_contracts::registry::v1::{
    AbsenceCause, AcknowledgeDropoutReportRequest, CaringRole, DeclarePersuasionFailedRequest,
    EndPairingRequest, FollowUpAbsenceRequest, IssueContactCardRequest, PairCaringAdultRequest,
    PersuaderRole, PersuasionResult, RaisePsychologicalConcernRequest, RecordAbsenceRequest,
    RecordPairingVisitRequest, RecordPersuasionRequest, RecordReturnRequest, RegisterDropoutRequest,
    ReportRecipient, SchoolingStage, WriteDropoutReportRequest,
};

#[tokio::test(flavor = "multi_thread")]
async fn dep_2_dep_4_from_absence_over_persuasion_to_the_written_report_and_back_to_school() {
    let district = district().await;
    let child = Child::registered(&district, 1).await;
    let mut school = district.clients.schooling(&people::teacher()).unwrap();
    let child_id = || child.id.clone();
    let absence = RecordAbsenceRequest {
        request_id: id("absence"),
        child_id: child_id(),
        on_date: today(&district),
        cause: AbsenceCause::Unspecified.into(),
        ..Default::default()
    };
    let absence_id = school.record_absence(absence).await.unwrap().into_inner().absence_id;
    let clock = child.clock("absence-follow-up").await;
    assert_eq!((clock.variant.as_str(), clock.outcome.as_str()), ("primary", ""));
    let follow = FollowUpAbsenceRequest {
        request_id: id("follow"),
        child_id: child_id(),
        absence_id,
        cause: AbsenceCause::Poverty.into(),
        findings: "家庭困难".to_owned(),
        ..Default::default()
    };
    let receipt = school.follow_up_absence(follow).await.unwrap().into_inner().receipt.unwrap();
    assert!(
        district.events_at(receipt.position).await.contains(&"EducationReliefReferred".to_owned()),
        "DEP-4"
    );
    assert_eq!(child.clock("absence-follow-up").await.outcome, "met");
    let drop_out = RegisterDropoutRequest {
        request_id: id("dropout"),
        child_id: child_id(),
        since_on: today(&district),
        cause: AbsenceCause::Poverty.into(),
        ..Default::default()
    };
    let dropout_id = school.register_dropout(drop_out).await.unwrap().into_inner().dropout_id;
    let file = child.file().await;
    assert_eq!((file.schooling_stage(), file.relief_referrals), (SchoolingStage::DroppedOut, 2));
    let fail = |step: &str| DeclarePersuasionFailedRequest {
        request_id: id(step),
        child_id: child_id(),
        dropout_id: dropout_id.clone(),
        ..Default::default()
    };
    let early = school.declare_persuasion_failed(fail("early")).await.unwrap_err();
    assert_eq!(refusal(&early), ("DEP-2".to_owned(), "REQUIREMENT_MISSING".to_owned()));
    assert_eq!(missing(&early), ["persuasion-attempt"]);
    let attempt = RecordPersuasionRequest {
        request_id: id("attempt"),
        child_id: child_id(),
        dropout_id: dropout_id.clone(),
        role: PersuaderRole::Teacher.into(),
        result: PersuasionResult::Refused.into(),
        narrative: "上门劝返".to_owned(),
        ..Default::default()
    };
    school.record_persuasion(attempt).await.unwrap();
    school.declare_persuasion_failed(fail("failed")).await.unwrap();
    assert_eq!(child.clock("dropout-written-report").await.outcome, "");
    let report = WriteDropoutReportRequest {
        request_id: id("report"),
        child_id: child_id(),
        dropout_id: dropout_id.clone(),
        text: "劝返无效，特此书面报告".to_owned(),
        ..Default::default()
    };
    school.write_dropout_report(report).await.unwrap();
    assert_eq!(child.clock("dropout-written-report").await.outcome, "met");
    let acknowledge = |step: &str, recipient: ReportRecipient| AcknowledgeDropoutReportRequest {
        request_id: id(step),
        child_id: child_id(),
        dropout_id: dropout_id.clone(),
        recipient: recipient.into(),
        ..Default::default()
    };
    let bureau_s = ReportRecipient::EducationDepartment;
    let refused = school.acknowledge_dropout_report(acknowledge("school", bureau_s)).await.unwrap_err();
    assert_eq!(refusal(&refused), ("DEP-2".to_owned(), "NOT_ENTITLED".to_owned()));
    let mut bureau = district.clients.schooling(&people::education_bureau()).unwrap();
    bureau.acknowledge_dropout_report(acknowledge("bureau", bureau_s)).await.unwrap();
    assert_eq!(child.clock("dropout-acknowledge-education").await.outcome, "met");
    assert_eq!(child.clock("dropout-acknowledge-township").await.outcome, "", "each for itself");
    let mut township = district.clients.schooling(&township()).unwrap();
    township.acknowledge_dropout_report(acknowledge("township", ReportRecipient::Township)).await.unwrap();
    assert_eq!(child.clock("dropout-acknowledge-township").await.outcome, "met");
    let file = child.file().await;
    assert_eq!((file.persuasion_attempts, file.acknowledged_by.len()), (1, 2));
    let back = RecordReturnRequest {
        request_id: id("back"),
        child_id: child_id(),
        on_date: today(&district),
        ..Default::default()
    };
    school.record_return(back).await.unwrap();
    assert_eq!(child.file().await.schooling_stage(), SchoolingStage::Enrolled);
    let card = IssueContactCardRequest {
        request_id: id("card"),
        child_id: child_id(),
        teacher_name: "龚知夏".to_owned(),
        teacher_phone: "13900000000".to_owned(),
        holder_person_ids: child.parents.clone(),
        ..Default::default()
    };
    school.issue_contact_card(card).await.unwrap();
    assert!(child.file().await.contact_card);
}

#[tokio::test(flavor = "multi_thread")]
async fn dep_3_a_school_raises_a_concern_and_a_caring_adult_is_paired_with_dates_and_visits() {
    let district = district().await;
    let child = Child::registered(&district, 1).await;
    let mut school = district.clients.care(&people::teacher()).unwrap();
    let concern = |step: &str| RaisePsychologicalConcernRequest {
        request_id: id(step),
        child_id: child.id.clone(),
        signs: "长期沉默，拒绝交流".to_owned(),
        urgent: true,
        ..Default::default()
    };
    let raised = school.raise_psychological_concern(concern("concern")).await.unwrap().into_inner();
    let events = district.events_at(raised.receipt.unwrap().position).await;
    assert_eq!(events, ["PsychologicalConcernRaised"], "an assessment reacts to it");
    let mut village = district.clients.care(&child.keeper()).unwrap();
    let refused = village.raise_psychological_concern(concern("village")).await.unwrap_err();
    assert_eq!(refusal(&refused), ("DEP-3".to_owned(), "NOT_ENTITLED".to_owned()));
    let pair = PairCaringAdultRequest {
        request_id: id("pair"),
        child_id: child.id.clone(),
        role: CaringRole::LoveMother.into(),
        name: "汤若溪".to_owned(),
        from_on: days_ago(&district, 10),
        unit_id: format!("school-{}-01", people::TOWNSHIP),
        ..Default::default()
    };
    let pairing_id = school.pair_caring_adult(pair).await.unwrap().into_inner().pairing_id;
    let visit = |step: &str| RecordPairingVisitRequest {
        request_id: id(step),
        child_id: child.id.clone(),
        pairing_id: pairing_id.clone(),
        in_holidays: true,
        findings: "一起做作业".to_owned(),
        ..Default::default()
    };
    school.record_pairing_visit(visit("visit")).await.unwrap();
    let end = EndPairingRequest {
        request_id: id("end"),
        child_id: child.id.clone(),
        pairing_id: pairing_id.clone(),
        on_date: days_ago(&district, 1),
        ..Default::default()
    };
    school.end_pairing(end).await.unwrap();
    let pairing = child.file().await.pairings.remove(0);
    assert_eq!((pairing.role(), pairing.visits), (CaringRole::LoveMother, 1));
    assert_eq!((pairing.from_on, pairing.until_on), (days_ago(&district, 10), Some(days_ago(&district, 1))));
    let late = school.record_pairing_visit(visit("late")).await.unwrap_err();
    assert_eq!(refusal(&late), ("DEP-3".to_owned(), "TIME_INVALID".to_owned()));
}
