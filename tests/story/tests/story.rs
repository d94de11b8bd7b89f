//! The story, through gRPC only, on the real log and the real database.

use kinward::people;
use kinward::story::notice_to;
use kinward_contracts::custody::v1::CaseStage;
use kinward_contracts::departments::v1::{
    GetCaseRequest, GetChildFileRequest, GetIncidentRequest, ListAssessmentsRequest, ListNoticeStatesRequest,
    ListPlacementsRequest,
};
use kinward_contracts::dispatch::v1::{
    AcceptIncidentRequest, ConcludeIncidentRequest, DispatchUnitRequest, PlacementKind, RecordArrivalRequest,
    Stage,
};
use kinward_contracts::notification::v1::ListNoticesRequest;
use kinward_contracts::registry::v1::{ChildStatus, GuardianshipBasis};
use kinward_contracts::reporting::v1::{GetReceiptRequest, ReceiptState};
use kinward_contracts::r#type::v1::{ClockOutcome, Department, Freshness};
use kinward_story::District;
use tonic::Code;
use tonic_types::StatusExt as _;

#[tokio::test(flavor = "multi_thread")]
async fn one_report_goes_its_whole_way_and_every_department_sees_its_part() {
    let district = District::start().await.unwrap();
    let story = district.play(1).whole().await.unwrap();
    let freshness = Some(Freshness::at_least(story.position));

    let mut police = district.clients.public_security(&people::police()).unwrap();
    let request = GetIncidentRequest { incident_id: story.incident_id.clone(), freshness };
    let incident = police.get_incident(request).await.unwrap().into_inner();
    assert_eq!(incident.incident.unwrap().stage(), Stage::Concluded);
    assert_eq!(incident.child_name, district.play(1).child().name);
    assert_eq!(incident.placement_id, Some(story.placement_id.clone()));
    let clocks: Vec<(&str, ClockOutcome)> =
        incident.clocks.iter().map(|clock| (clock.clock.as_str(), clock.outcome())).collect();
    for met in ["police-accept", "police-on-scene", "township-notice"] {
        assert!(clocks.contains(&(met, ClockOutcome::Met)), "{met}: {clocks:?}");
    }
    assert!(incident.timeline.iter().any(|entry| entry.event_type.ends_with("ChildPlacedTemporarily")));

    let mut township = district.clients.township(&people::township(people::TOWNSHIP)).unwrap();
    let request = GetChildFileRequest { child_id: story.child_id.clone(), freshness };
    let file = township.get_child_file(request).await.unwrap().into_inner();
    assert_eq!(
        file.child.unwrap().status(),
        ChildStatus::LeftBehind,
        "DEF-1: derived from both parents away"
    );
    let father = file.guardians.iter().find(|guardian| guardian.person_id == story.parents[0]).unwrap();
    assert!(father.revoked, "CUS-4");
    let designated =
        file.guardians.iter().find(|guardian| guardian.basis() == GuardianshipBasis::Court).unwrap();
    assert_eq!(designated.person_id, story.guardian_person_id);
    assert_eq!(designated.name, "贺青禾");
    let request = ListAssessmentsRequest { freshness, page_size: 10, ..Default::default() };
    let assessments = township.list_assessments(request).await.unwrap().into_inner().assessments;
    assert_eq!(assessments.len(), 1);
    assert_eq!(
        (assessments[0].dimensions.len(), assessments[0].inputs.len(), assessments[0].plan_items),
        (3, 3, 2)
    );

    let mut civil = district.clients.civil_affairs(&people::civil_affairs()).unwrap();
    let request = GetCaseRequest { case_id: story.case_id.clone(), freshness };
    let case = civil.get_case(request).await.unwrap().into_inner();
    assert_eq!(case.designated_guardian_name, "贺青禾");
    assert_eq!(case.case.unwrap().stage(), CaseStage::Ruled);
    let request =
        ListPlacementsRequest { freshness, page_size: 10, page_token: String::new(), open_only: true };
    let placements = civil.list_placements(request).await.unwrap().into_inner().placements;
    assert_eq!(placements[0].kind(), PlacementKind::WelfareInstitution);
    let request = ListNoticeStatesRequest { freshness, page_size: 50, ..Default::default() };
    let notices = civil.list_notice_states(request).await.unwrap().into_inner().notices;
    let told = |department: Department| {
        notices.iter().any(|notice| notice.department() == department && notice.acknowledged)
    };
    assert!(told(Department::Township) && told(Department::CivilAffairs), "DSP-4: {notices:?}");

    let mut reports = district.clients.reports(&people::teacher()).unwrap();
    let request = GetReceiptRequest { receipt_code: story.receipt_code.clone(), freshness };
    let receipt = reports.get_receipt(request).await.unwrap().into_inner();
    assert_eq!(receipt.state(), ReceiptState::Concluded);
    assert_eq!(district.differences().await, Vec::<String>::new());

    // played again, every command gets its first answer and nothing is written
    let position = district.position().await;
    let again = district.play(1);
    assert_eq!(again.register().await.unwrap().child_id, story.child_id);
    assert_eq!(district.position().await, position);
}

#[tokio::test(flavor = "multi_thread")]
async fn twn_1_of_thirty_two_callers_with_one_identity_one_makes_the_file() {
    let district = District::start().await.unwrap();
    let play = district.play(7);
    let mut calls = Vec::new();
    for caller in 0..32 {
        let mut request = play.child();
        request.request_id = format!("caller-{caller}");
        let mut children = district.clients.children(&people::civil_affairs()).unwrap();
        calls.push(async move { children.register_child(request).await });
    }
    let answers = futures::future::join_all(calls).await;
    let made: Vec<String> =
        answers.iter().flatten().map(|answer| answer.get_ref().receipt.clone().unwrap().id).collect();
    assert_eq!(made.len(), 1, "one file");
    for refused in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(refused.code(), Code::AlreadyExists, "{refused:?}");
        let info = refused.get_error_details().error_info().cloned().unwrap();
        assert_eq!(info.reason, "REASON_ALREADY_EXISTS");
        assert_eq!(info.metadata["rule"], "TWN-1");
        assert_eq!(info.metadata["existing_id"], made[0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dsp_2_concluding_too_early_names_everything_that_is_missing() {
    let district = District::start().await.unwrap();
    let play = district.play(3);
    let mut story = play.register().await.unwrap();
    play.report(&mut story).await.unwrap();
    let mut incidents = district.clients.incidents(&people::police()).unwrap();
    let incident_id = story.incident_id.clone();
    let common = |request_id: &str| (request_id.to_owned(), incident_id.clone());
    let unit_id = "police-430903".to_owned();
    let (request_id, incident_id) = common("a");
    let request =
        AcceptIncidentRequest { request_id, incident_id, unit_id: unit_id.clone(), ..Default::default() };
    incidents.accept_incident(request).await.unwrap();
    let (request_id, incident_id) = common("d");
    let request =
        DispatchUnitRequest { request_id, incident_id, unit_id: unit_id.clone(), ..Default::default() };
    incidents.dispatch_unit(request).await.unwrap();
    let (request_id, incident_id) = common("o");
    let request = RecordArrivalRequest { request_id, incident_id, unit_id, ..Default::default() };
    incidents.record_arrival(request).await.unwrap();
    let position = district.position().await;
    let (request_id, incident_id) = common("c");
    let request = ConcludeIncidentRequest {
        request_id,
        incident_id,
        summary: "办结".to_owned(),
        substantiation: 1,
        ..Default::default()
    };
    let refused = incidents.conclude_incident(request).await.unwrap_err();
    let details = refused.get_error_details();
    assert_eq!(details.error_info().unwrap().reason, "REASON_REQUIREMENT_MISSING");
    let missing: Vec<String> = details
        .precondition_failure()
        .unwrap()
        .violations
        .iter()
        .map(|violation| format!("{} {}", violation.r#type, violation.subject))
        .collect();
    assert_eq!(
        missing,
        [
            "DSP-2a parents-ordered-to-return",
            "DSP-2a parents-admonished",
            "DSP-2a child-cared-for",
            "DSP-2e violence-stopped",
            "DSP-3 evidence-taken",
            "DSP-3 medical-care-referred",
            "DSP-3 injury-appraisal-referred",
        ]
    );
    assert_eq!(district.position().await, position);
}

#[tokio::test(flavor = "multi_thread")]
async fn dsp_4_a_notice_nobody_acknowledges_escalates_when_its_clock_runs_out() {
    let district = District::start().await.unwrap();
    let play = district.play(4);
    let mut story = play.register().await.unwrap();
    play.report(&mut story).await.unwrap();
    play.police(&mut story).await.unwrap();
    let township = people::township(people::TOWNSHIP);
    let notice_id =
        notice_to(&district.clients, &township, &story.incident_id, story.position).await.unwrap();
    // the clock of this notice is set once the alarm process has read its start
    district.advance(chrono::Duration::hours(25));
    let mut civil = district.clients.notices(&people::civil_affairs()).unwrap();
    let mut position = district.position().await;
    let escalated = loop {
        let freshness = Some(Freshness::at_least(position));
        let request = ListNoticesRequest { freshness, page_size: 200, page_token: String::new() };
        let answer = civil.list_notices(request).await.unwrap().into_inner();
        if let Some(found) = answer.notices.into_iter().find(|notice| notice.notice_id == notice_id) {
            break found;
        }
        position = answer.position + 1;
    };
    assert_eq!(escalated.level, 1);
    assert_eq!(escalated.recipient.unwrap().department(), Department::CivilAffairs);
}

#[tokio::test(flavor = "multi_thread")]
async fn bey_5_with_database_departments_registry_and_notification_down_police_go_and_the_rest_catches_up() {
    let mut district = District::start().await.unwrap();
    let mut story = district.play(5).register().await.unwrap();
    let down = ["departments", "registry", "notification"];
    for name in down {
        district.stop_service(name).await;
    }
    district.database.kill().await;
    let play = district.play(5);
    play.report(&mut story).await.unwrap();
    play.police(&mut story).await.unwrap();
    assert!(!story.placement_id.is_empty());

    district.database.restart().await;
    for name in down {
        district.start_service(name).await.unwrap();
    }
    let play = district.play(5);
    play.acknowledge(&mut story).await.unwrap();
    play.assess(&mut story).await.unwrap();
    play.court(&mut story).await.unwrap();
    assert_eq!(district.differences().await, Vec::<String>::new());
}
