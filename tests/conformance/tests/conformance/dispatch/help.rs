//! DSP-4, DSP-5 and LAW-1: township and civil affairs are told, reporters help, and learn what came of it.

use super::*;
use kinward::story::notice_to;
use kinward_contracts::dispatch::v1::{
    AnswerAssistanceRequest, AssistanceKind, AssistanceState, DeclineAssistanceRequest,
    GiveReporterFeedbackRequest, ListAssistanceRequest, RequestAssistanceRequest,
};
use kinward_contracts::reporting::v1::ReceiptState;
use kinward_contracts::r#type::v1::FeedbackResult;

#[tokio::test(flavor = "multi_thread")]
async fn dsp_4_law_1_township_civil_affairs_and_the_reporter_are_told_what_came_of_it() {
    let district = district().await;
    let mut scene = here(&district, &[Situation::Other]).await;
    scene.arrive().await;
    let feedback = |id: &str, result: FeedbackResult| GiveReporterFeedbackRequest {
        request_id: next(),
        incident_id: id.to_owned(),
        result: result.into(),
        words: Some("感谢报告，已由派出所处置".to_owned()),
        ..GiveReporterFeedbackRequest::default()
    };
    let early = feedback(&scene.id, FeedbackResult::Handled);
    let early = scene.inquiries.give_reporter_feedback(early).await.unwrap_err();
    assert_eq!(said(&early), "LAW-1 WRONG_STATE");
    let concluded = scene.conclude().await.unwrap();
    for recipient in [people::township(people::TOWNSHIP), people::civil_affairs()] {
        notice_to(&district.clients, &recipient, &scene.id, concluded.position).await.unwrap();
    }
    scene.clock_is("township-notice", ClockOutcome::Met).await;
    let waiting = scene.receipt().await;
    assert_eq!((waiting.state(), waiting.feedback()), (ReceiptState::Concluded, FeedbackResult::Unspecified));
    assert_eq!(scene.incident().await.reports_without_feedback, [scene.report_id.clone()]);
    let give = feedback(&scene.id, FeedbackResult::Handled);
    scene.inquiries.give_reporter_feedback(give).await.unwrap();
    scene.clock_is("reporter-feedback", ClockOutcome::Met).await;
    let told = scene.receipt().await;
    assert_eq!(told.feedback(), FeedbackResult::Handled);
    assert!(told.feedback_at.is_some());
    let twice = feedback(&scene.id, FeedbackResult::NotFound);
    let twice = scene.inquiries.give_reporter_feedback(twice).await.unwrap_err();
    assert_eq!(said(&twice), "LAW-1 WRONG_STATE");

    // whom nobody tells within three working days, county police hear of
    let mut forgotten = here(&district, &[Situation::Other]).await;
    forgotten.arrive().await;
    forgotten.conclude().await.unwrap();
    forgotten.clock_is("township-notice", ClockOutcome::Met).await;
    district.advance(chrono::Duration::days(6));
    forgotten.clock_is("reporter-feedback", ClockOutcome::Missed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dsp_5_the_reporter_s_unit_is_asked_and_it_alone_answers_or_declines() {
    let district = district().await;
    let mut scene = here(&district, &[Situation::LivingAlone]).await;
    scene.accept().await;
    let mut ids = Vec::new();
    for kind in [AssistanceKind::Material, AssistanceKind::LookingAfter] {
        let request = RequestAssistanceRequest {
            request_id: next(),
            incident_id: scene.id.clone(),
            unit_id: SCHOOL.to_owned(),
            kind: kind.into(),
            matter: Some("请提供近一个月到校记录".to_owned()),
            ..RequestAssistanceRequest::default()
        };
        ids.push(scene.inquiries.request_assistance(request).await.unwrap().into_inner().assistance_id);
    }
    let told = notice_of(&district, &people::teacher(), Template::AssistanceRequested).await;
    assert_eq!(told.about.as_ref().unwrap().incident_id.as_deref(), Some(scene.id.as_str()));
    assert!(!format!("{told:?}").contains("到校记录"), "what is asked is not said in the notice");
    let own = RequestAssistanceRequest {
        request_id: next(),
        incident_id: scene.id.clone(),
        unit_id: POLICE.to_owned(),
        kind: AssistanceKind::Other.into(),
        ..RequestAssistanceRequest::default()
    };
    assert_eq!(
        said(&scene.inquiries.request_assistance(own).await.unwrap_err()),
        "DSP-5 INVALID_ARGUMENT",
        "police are no reporters"
    );
    let list = |position| ListAssistanceRequest {
        incident_id: None,
        freshness: Some(Freshness::at_least(position)),
    };
    let mut school = district.clients.registers(&people::teacher()).unwrap();
    let waiting = school.list_assistance(list(district.position().await)).await.unwrap().into_inner();
    assert_eq!(waiting.assistance.len(), 2);
    assert_eq!(waiting.assistance[0].matter, "请提供近一个月到校记录");
    let mut hospital = district.clients.registers(&people::hospital()).unwrap();
    let none = hospital.list_assistance(list(district.position().await)).await.unwrap().into_inner();
    assert!(none.assistance.is_empty());
    let of_incident =
        ListAssistanceRequest { incident_id: Some(scene.id.clone()), ..list(district.position().await) };
    let denied = school.list_assistance(of_incident.clone()).await.unwrap_err();
    assert_eq!(denied.code(), tonic::Code::PermissionDenied, "its own are what a unit sees");

    let answer = |id: &str| AnswerAssistanceRequest {
        request_id: next(),
        incident_id: scene.id.clone(),
        assistance_id: id.to_owned(),
        answer: "已提供考勤表".to_owned(),
        ..AnswerAssistanceRequest::default()
    };
    let (by_police, by_school, again) = (answer(&ids[0]), answer(&ids[0]), answer(&ids[0]));
    let refused = scene.inquiries.answer_assistance(by_police).await.unwrap_err();
    assert_eq!(said(&refused), "DSP-5 NOT_ENTITLED");
    let mut teacher = scene.inquiries_of(&people::teacher());
    teacher.answer_assistance(by_school).await.unwrap();
    let told = notice_of(&district, &people::police(), Template::AssistanceAnswered).await;
    assert_eq!(told.about.as_ref().unwrap().incident_id.as_deref(), Some(scene.id.as_str()));
    assert_eq!(said(&teacher.answer_assistance(again).await.unwrap_err()), "DSP-5 WRONG_STATE");
    let decline = DeclineAssistanceRequest {
        request_id: next(),
        incident_id: scene.id.clone(),
        assistance_id: ids[1].clone(),
        reason: "寒假无人值守".to_owned(),
        ..DeclineAssistanceRequest::default()
    };
    teacher.decline_assistance(decline).await.unwrap();
    let left = school.list_assistance(list(district.position().await)).await.unwrap().into_inner();
    assert!(left.assistance.is_empty());
    let listed = scene.registers.list_assistance(of_incident).await.unwrap().into_inner().assistance;
    let of = |id: &str| listed.iter().find(|one| one.assistance_id == id).unwrap();
    assert_eq!(
        (of(&ids[0]).state(), of(&ids[0]).answer.as_str()),
        (AssistanceState::Answered, "已提供考勤表")
    );
    assert_eq!(
        (of(&ids[1]).state(), of(&ids[1]).answer.as_str()),
        (AssistanceState::Declined, "寒假无人值守")
    );
}
