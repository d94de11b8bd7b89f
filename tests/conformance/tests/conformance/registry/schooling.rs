//! Schooling, psychological concern, caring adults, education relief (DEP-2, DEP-3, DEP-4).

use super::*;
use kinward_contracts::assessment::v1::{
    AssessmentEntry, ListAssessmentsRequest, ListReliefReferralsRequest, Origin, ReliefKind, ReliefReferral,
    ReliefStage,
};
use kinward_contracts::instant;
use kinward_contracts::notification::v1::Template;
use kinward_contracts::registry::v1::{
    AbsenceCause, AcknowledgeDropoutReportRequest, CaringRole, DeclarePersuasionFailedRequest,
    EndPairingRequest, EnrolInSchoolRequest, FollowUpAbsenceRequest, IssueContactCardRequest,
    PairCaringAdultRequest, PersuaderRole, PersuasionResult, RaisePsychologicalConcernRequest,
    RecordAbsenceRequest, RecordPairingVisitRequest, RecordPersuasionRequest, RecordReturnRequest,
    RegisterDropoutRequest, ReportRecipient, SchoolStage, Schooling, SchoolingStage,
    WriteDropoutReportRequest,
};
use kinward_contracts::r#type::v1::{ClockOutcome, Department, Freshness};

/// The assessment of a child, when it has opened; asks at one position after the other.
async fn assessment(district: &District, child_id: &str) -> AssessmentEntry {
    let mut assessments = district.clients.assessments(&township()).unwrap();
    let mut position = district.position().await;
    loop {
        let request = ListAssessmentsRequest {
            freshness: Some(Freshness::at_least(position)),
            child_id: Some(child_id.to_owned()),
            ..Default::default()
        };
        let mut answer = assessments.list_assessments(long(request)).await.unwrap().into_inner();
        if let Some(found) = answer.assessments.pop() {
            return found;
        }
        position = answer.position + 1;
    }
}

/// Referrals to education, once there are so many.
async fn referrals(district: &District, number: usize) -> Vec<ReliefReferral> {
    let mut relief = district.clients.relief(&people::education()).unwrap();
    let mut position = district.position().await;
    loop {
        let freshness = Some(Freshness::at_least(position));
        let request = ListReliefReferralsRequest { freshness, ..Default::default() };
        let answer = relief.list_relief_referrals(long(request)).await.unwrap().into_inner();
        if answer.referrals.len() >= number {
            return answer.referrals;
        }
        position = answer.position + 1;
    }
}

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
    assert_eq!((clock.variant.as_str(), clock.outcome()), ("primary", ClockOutcome::Unspecified));
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
    assert_eq!(child.clock("absence-follow-up").await.outcome(), ClockOutcome::Met);
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
    assert_eq!(child.clock("dropout-written-report").await.outcome(), ClockOutcome::Unspecified);
    let report = WriteDropoutReportRequest {
        request_id: id("report"),
        child_id: child_id(),
        dropout_id: dropout_id.clone(),
        text: "劝返无效，特此书面报告".to_owned(),
        ..Default::default()
    };
    school.write_dropout_report(report).await.unwrap();
    for recipient in [people::education(), township()] {
        let told = notice_of(&district, &recipient, Template::DropoutReported).await.about.unwrap();
        assert_eq!(told.child.and_then(|of| of.child_id), Some(child_id()));
    }
    // poverty became a referral to education, of the absence and of the dropout, with the clock of its decision
    let referrals = referrals(&district, 2).await;
    for referral in &referrals {
        assert_eq!(referral.child_id.as_deref(), Some(child.id.as_str()), "DEP-4, ASM-3");
        assert_eq!((referral.recipient(), referral.stage()), (Department::Education, ReliefStage::Referred));
        assert_eq!(referral.proposed().collect::<Vec<_>>(), [ReliefKind::Education]);
    }
    assert_eq!(child.clock("dropout-written-report").await.outcome(), ClockOutcome::Met);
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
    let mut bureau = district.clients.schooling(&people::education()).unwrap();
    bureau.acknowledge_dropout_report(acknowledge("bureau", bureau_s)).await.unwrap();
    assert_eq!(child.clock("dropout-acknowledge-education").await.outcome(), ClockOutcome::Met);
    assert_eq!(
        child.clock("dropout-acknowledge-township").await.outcome(),
        ClockOutcome::Unspecified,
        "each for itself"
    );
    let mut township = district.clients.schooling(&township()).unwrap();
    township.acknowledge_dropout_report(acknowledge("township", ReportRecipient::Township)).await.unwrap();
    assert_eq!(child.clock("dropout-acknowledge-township").await.outcome(), ClockOutcome::Met);
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
    assert_eq!(events, ["PsychologicalConcernRaised"]);
    // the township is told, and an assessment opens
    let told = notice_of(&district, &township(), Template::PsychologicalConcern).await.about.unwrap();
    assert!(told.immediate, "it cannot wait");
    let assessment = assessment(&district, &child.id).await;
    assert_eq!((assessment.origin(), assessment.clock.as_str()), (Origin::SchoolConcern, "assessment"));
    let due = assessment.clock_due_at.as_ref().and_then(instant).unwrap();
    assert_eq!(due - district.now(), chrono::Duration::hours(24));
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

#[tokio::test(flavor = "multi_thread")]
async fn dep_2_a_child_enrols_in_another_school_and_a_drop_out_comes_back_before_it_does() {
    let district = district().await;
    let child = Child::registered(&district, 1).await;
    let mut school = district.clients.schooling(&people::teacher()).unwrap();
    let enrol = |step: &str, since_on: String| EnrolInSchoolRequest {
        request_id: id(step),
        child_id: child.id.clone(),
        schooling: Some(Schooling {
            stage: SchoolStage::JuniorSecondary.into(),
            school_unit_id: Some(format!("school-{}-01", people::TOWNSHIP)),
            boarding: true,
        }),
        since_on,
        ..Default::default()
    };
    let tomorrow = (kinward_statute::day_of(district.now()) + chrono::Days::new(1)).to_string();
    let future = school.enrol_in_school(enrol("future", tomorrow)).await.unwrap_err();
    assert_eq!(refusal(&future), ("BEY-1".to_owned(), "TIME_INVALID".to_owned()));
    school.enrol_in_school(enrol("enrol", today(&district))).await.unwrap();
    let file = child.file().await;
    let schooling = file.schooling.clone().unwrap();
    assert_eq!((schooling.stage(), schooling.boarding), (SchoolStage::JuniorSecondary, true));
    assert_eq!(file.schooling_stage(), SchoolingStage::Enrolled);
    let drop_out = RegisterDropoutRequest {
        request_id: id("dropout"),
        child_id: child.id.clone(),
        since_on: today(&district),
        cause: AbsenceCause::Other.into(),
        ..Default::default()
    };
    school.register_dropout(drop_out).await.unwrap();
    let gone = school.enrol_in_school(enrol("gone", today(&district))).await.unwrap_err();
    assert_eq!(refusal(&gone), ("DEP-2".to_owned(), "WRONG_STATE".to_owned()));
}
