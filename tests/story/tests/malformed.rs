//! Malformed and illegal requests over all services: each is refused with its documented reason, and the log does not
//! move.

use kinward::people;
use kinward_chassis::Principal;
use kinward_story::District;
use tonic::Status;
use tonic_types::StatusExt as _;

/// Reason of a refusal, without its prefix.
fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    let info = details.error_info().unwrap_or_else(|| panic!("no ErrorInfo in {status:?}"));
    assert_eq!(info.domain, "kinward");
    assert!(details.localized_message().is_some(), "Chinese text in {status:?}");
    for broken in details.bad_request().into_iter().flat_map(|request| &request.field_violations) {
        let chinese = broken.localized_message.as_ref().map(|told| told.message.as_str());
        assert!(!broken.description.is_empty() && chinese.is_some_and(|text| !text.is_empty()), "{status:?}");
    }
    if info.reason == "REASON_PERMISSION_DENIED" {
        let told = |key: &str| info.metadata.contains_key(key);
        assert!(told("rule") && (told("departments") || told("unit") && told("area")), "{status:?}");
    }
    info.reason.trim_start_matches("REASON_").to_owned()
}

/// Sends requests and compares the reasons of their refusals.
macro_rules! refused {
    ($($client:expr, $rpc:ident, $request:expr => $reason:literal;)*) => {{
        let mut count = 0;
        $(
            let answer = $client.unwrap().$rpc($request).await;
            let status = answer.err().unwrap_or_else(|| panic!("{} was obeyed", stringify!($request)));
            assert_eq!(reason(&status), $reason, "{}: {status:?}", stringify!($request));
            count += 1;
        )*
        count
    }};
}

const NOBODY: &str = "00000000-0000-8000-8000-000000000000";

fn id() -> String {
    NOBODY.to_owned()
}

fn r() -> String {
    "request".to_owned()
}

fn unit(id: &str) -> kinward_contracts::registry::v1::Unit {
    kinward_contracts::registry::v1::Unit {
        unit_id: id.to_owned(),
        name: "单位".to_owned(),
        department: 6,
        area: people::DISTRICT.to_owned(),
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corpus_of_bad_requests_is_refused_by_reason_and_moves_nothing() {
    use kinward_contracts::assessment::v1 as assessment;
    use kinward_contracts::custody::v1 as custody;
    use kinward_contracts::departments::v1 as departments;
    use kinward_contracts::dispatch::v1 as dispatch;
    use kinward_contracts::notification::v1 as notification;
    use kinward_contracts::registry::v1 as registry;
    use kinward_contracts::reporting::v1 as reporting;

    let district = District::start().await.unwrap();
    let play = district.play(9);
    let mut story = play.register().await.unwrap();
    play.report(&mut story).await.unwrap();
    let all = &district.clients;
    let (police, court, civil, teacher) =
        (people::police(), people::court(), people::civil_affairs(), people::teacher());
    let township = people::township(people::TOWNSHIP);
    let elsewhere = people::township("430903101");
    let nobody = Principal { department: "NOBODY".to_owned(), ..police.clone() };
    let incident = || story.incident_id.clone();
    let child = |change: &dyn Fn(&mut registry::RegisterChildRequest)| {
        let mut request = district.play(10).child();
        change(&mut request);
        request
    };
    let report = |change: &dyn Fn(&mut reporting::SubmitReportRequest)| {
        let mut request = reporting::SubmitReportRequest {
            request_id: "bad-report".to_owned(),
            situations: vec![1],
            reporter: Some(reporting::ReporterInput {
                reporter_class: 8,
                anonymous: true,
                ..Default::default()
            }),
            ..Default::default()
        };
        change(&mut request);
        request
    };
    // processes may still react to the report: their end is the position that must not move
    let position = district.settled().await;

    let mut count = refused! {
        all.children(&civil), register_child, child(&|c| c.request_id.clear()) => "INVALID_ARGUMENT";
        all.children(&civil), register_child, child(&|c| c.request_id = "x".repeat(65)) => "INVALID_ARGUMENT";
        all.children(&civil), register_child, child(&|c| c.name.clear()) => "INVALID_ARGUMENT";
        all.children(&civil), register_child, child(&|c| c.name = "长".repeat(61)) => "INVALID_ARGUMENT";
        all.children(&civil), register_child, child(&|c| c.sex = 77) => "INVALID_ARGUMENT";
        all.children(&civil), register_child, child(&|c| c.birth_date = "2015-2-3".to_owned()) => "INVALID_ARGUMENT";
        all.children(&civil), register_child, child(&|c| c.birth_date = "2015-02-30".to_owned()) => "INVALID_ARGUMENT";
        all.children(&civil), register_child, child(&|c| c.identity_number = Some("430903200902290014".to_owned())) => "INVALID_ARGUMENT";
        all.children(&civil), register_child, child(&|c| c.identity_number = Some("1".to_owned())) => "INVALID_ARGUMENT";
        all.children(&civil), register_child, child(&|c| c.birth_date = "2016-01-01".to_owned()) => "INVALID_ARGUMENT";
        all.children(&civil), register_child, child(&|c| c.household = None) => "INVALID_ARGUMENT";
        all.children(&civil), register_child, child(&|c| c.parents[0].relation = 9) => "INVALID_ARGUMENT";
        all.children(&civil), register_child, child(&|c| c.parents[0].facts = None) => "INVALID_ARGUMENT";
        all.children(&civil), register_child, child(&|c| c.parents = vec![c.parents[0].clone(); 5]) => "INVALID_ARGUMENT";
        all.children(&people::village("430903101001")), register_child, district.play(10).child() => "PERMISSION_DENIED";
        all.children(&court), register_child, district.play(10).child() => "PERMISSION_DENIED";
        all.children(&nobody), register_child, district.play(10).child() => "UNAUTHENTICATED";
        all.children(&civil), register_child, child(&|c| c.identity_number = play.child().identity_number) => "INVALID_ARGUMENT";
        all.children(&civil), register_children, registry::RegisterChildrenRequest { request_id: r(), rows: vec![], validate_only: false } => "INVALID_ARGUMENT";
        all.children(&civil), record_parent_whereabouts, registry::RecordParentWhereaboutsRequest { request_id: r(), child_id: "*".to_owned(), ..Default::default() } => "INVALID_ARGUMENT";
        all.children(&civil), record_parent_whereabouts, registry::RecordParentWhereaboutsRequest { request_id: r(), child_id: id(), person_id: id(), facts: Some(registry::ParentFacts::default()), ..Default::default() } => "NOT_FOUND";
        all.children(&civil), record_parent_whereabouts, registry::RecordParentWhereaboutsRequest { request_id: r(), child_id: story.child_id.clone(), person_id: id(), facts: Some(registry::ParentFacts::default()), ..Default::default() } => "UNKNOWN_REFERENCE";
        all.children(&teacher), get_child, registry::GetChildRequest { child_id: story.child_id.clone() } => "PERMISSION_DENIED";
        all.children(&civil), get_child, registry::GetChildRequest { child_id: id() } => "NOT_FOUND";
        all.children(&civil), list_open_duties, registry::ListOpenDutiesRequest { child_id: "x".to_owned() } => "INVALID_ARGUMENT";
        all.families(&civil), request_move, registry::RequestMoveRequest { request_id: r(), child_id: story.child_id.clone(), moved_on: "2026-11-01".to_owned(), ..Default::default() } => "INVALID_ARGUMENT";
        all.families(&civil), make_delegation, registry::MakeDelegationRequest { request_id: r(), child_id: story.child_id.clone(), ..Default::default() } => "INVALID_ARGUMENT";
        all.families(&elsewhere), end_delegation, registry::EndDelegationRequest { request_id: r(), child_id: story.child_id.clone(), delegation_id: id(), end: 3, on_date: "2026-11-01".to_owned(), ..Default::default() } => "PERMISSION_DENIED";
        all.care(&civil), record_contact, registry::RecordContactRequest { request_id: r(), child_id: story.child_id.clone(), person_id: id(), kind: 0, ..Default::default() } => "INVALID_ARGUMENT";
        all.care(&civil), record_visit, registry::RecordVisitRequest { request_id: r(), child_id: id(), kind: 1, role: 1, finding: 1, findings: "正常".to_owned(), ..Default::default() } => "NOT_FOUND";
        all.care(&civil), end_key_case, registry::EndKeyCaseRequest { request_id: r(), child_id: story.child_id.clone(), reason: "r".to_owned(), ..Default::default() } => "WRONG_STATE";
        all.care(&civil), record_health, registry::RecordHealthRequest { request_id: r(), child_id: story.child_id.clone(), condition: "健康".to_owned(), examined_on: "2026-12-01".to_owned(), ..Default::default() } => "TIME_INVALID";
        all.schooling(&teacher), record_return, registry::RecordReturnRequest { request_id: r(), child_id: story.child_id.clone(), on_date: "2026-11-01".to_owned(), ..Default::default() } => "WRONG_STATE";
        all.schooling(&court), record_return, registry::RecordReturnRequest { request_id: r(), child_id: story.child_id.clone(), on_date: "2026-11-01".to_owned(), ..Default::default() } => "PERMISSION_DENIED";
        all.duplicates(&civil), unlink_duplicate, registry::UnlinkDuplicateRequest { request_id: r(), child_id: story.child_id.clone(), ..Default::default() } => "WRONG_STATE";
        all.duplicates(&civil), link_duplicate, registry::LinkDuplicateRequest { request_id: r(), child_id: story.child_id.clone(), of_child_id: id(), ..Default::default() } => "NOT_FOUND";
        all.villages(&elsewhere), adopt_village_rules, registry::AdoptVillageRulesRequest { request_id: r(), village_code: "430903111201".to_owned(), duties: vec![1], document_sha256: "ab".repeat(32), ..Default::default() } => "PERMISSION_DENIED";
        all.reference(&civil), withdraw_division, registry::WithdrawDivisionRequest { request_id: r(), code: "430903111998".to_owned(), valid_until: "2026-12-31".to_owned(), ..Default::default() } => "NOT_FOUND";
        all.reference(&people::school()), adopt_divisions, registry::AdoptDivisionsRequest { request_id: r(), divisions: vec![registry::Division { code: "430903111997".to_owned(), name: "某村".to_owned(), level: 3, valid_from: "2026-01-01".to_owned(), ..Default::default() }] } => "PERMISSION_DENIED";
        all.reference(&people::school()), register_units, registry::RegisterUnitsRequest { request_id: r(), units: vec![unit("one")] } => "PERMISSION_DENIED";
        all.reference(&civil), register_units, registry::RegisterUnitsRequest { request_id: r(), units: vec![unit("one"), unit("two"), unit("one")] } => "INVALID_ARGUMENT";
        all.reference(&police), adopt_divisions, registry::AdoptDivisionsRequest { request_id: r(), divisions: vec![] } => "PERMISSION_DENIED";
        all.reference(&civil), adopt_divisions, registry::AdoptDivisionsRequest { request_id: r(), divisions: vec![registry::Division::default()] } => "INVALID_ARGUMENT";
        all.reference(&civil), register_units, registry::RegisterUnitsRequest { request_id: r(), units: vec![] } => "INVALID_ARGUMENT";
        all.reference(&civil), publish_holiday_notice, registry::PublishHolidayNoticeRequest { request_id: r(), year: 3, ..Default::default() } => "INVALID_ARGUMENT";
        all.reference(&civil), publish_school_term, registry::PublishSchoolTermRequest { request_id: r(), area: people::DISTRICT.to_owned(), stage: 3, school_year: 2026, term: 1, starts_on: "2026-09-01".to_owned(), ends_on: "2026-08-01".to_owned(), ..Default::default() } => "INVALID_ARGUMENT";
        all.reference(&civil), set_clock_setting, registry::SetClockSettingRequest { request_id: r(), ..Default::default() } => "INVALID_ARGUMENT";
        all.reports(&civil), submit_report, report(&|q| q.situations.clear()) => "INVALID_ARGUMENT";
        all.reports(&civil), submit_report, report(&|q| q.situations = vec![9]) => "INVALID_ARGUMENT";
        all.reports(&civil), submit_report, report(&|q| q.situations = vec![99]) => "INVALID_ARGUMENT";
        all.reports(&civil), submit_report, report(&|q| q.reporter = None) => "INVALID_ARGUMENT";
        all.reports(&civil), submit_report, report(&|q| q.reporter.as_mut().unwrap().reporter_class = 1) => "INVALID_ARGUMENT";
        all.reports(&civil), submit_report, report(&|q| q.reporter.as_mut().unwrap().reporter_class = 10) => "INVALID_ARGUMENT";
        all.reports(&civil), submit_report, report(&|q| q.reporter.as_mut().unwrap().name = Some("名".to_owned())) => "INVALID_ARGUMENT";
        all.reports(&civil), submit_report, report(&|q| q.narrative = Some("一\0二".to_owned())) => "INVALID_ARGUMENT";
        all.reports(&civil), submit_report, report(&|q| q.village_code = Some("43".to_owned())) => "INVALID_ARGUMENT";
        all.reports(&civil), submit_report, report(&|q| q.situations = vec![8]) => "INVALID_ARGUMENT";
        all.reports(&civil), submit_report, report(&|q| q.discovered_at = Some(kinward_contracts::timestamp(district.now() + chrono::Duration::hours(1)))) => "TIME_INVALID";
        all.reports(&teacher), submit_report, report(&|_| ()) => "INVALID_ARGUMENT";
        all.reports(&teacher), get_receipt, reporting::GetReceiptRequest::default() => "INVALID_ARGUMENT";
        all.reports(&teacher), get_receipt, reporting::GetReceiptRequest { receipt_code: "AAAAA-AAAAA".to_owned(), freshness: None } => "NOT_FOUND";
    };
    count += refused! {
        all.incidents(&teacher), accept_incident, dispatch::AcceptIncidentRequest { request_id: r(), incident_id: incident(), unit_id: "u".to_owned(), ..Default::default() } => "PERMISSION_DENIED";
        all.incidents(&police), accept_incident, dispatch::AcceptIncidentRequest { request_id: r(), incident_id: incident(), unit_id: "单位".to_owned(), ..Default::default() } => "INVALID_ARGUMENT";
        all.incidents(&police), accept_incident, dispatch::AcceptIncidentRequest { request_id: r(), incident_id: "kw.>".to_owned(), unit_id: "u".to_owned(), ..Default::default() } => "INVALID_ARGUMENT";
        all.incidents(&police), accept_incident, dispatch::AcceptIncidentRequest { request_id: r(), incident_id: id(), unit_id: "u".to_owned(), ..Default::default() } => "NOT_FOUND";
        all.incidents(&police), accept_incident, dispatch::AcceptIncidentRequest { request_id: r(), incident_id: incident(), unit_id: "u".to_owned(), expected_revision: Some(99), ..Default::default() } => "REVISION_MISMATCH";
        all.incidents(&police), accept_incident, dispatch::AcceptIncidentRequest { request_id: r(), incident_id: incident(), unit_id: "u".to_owned(), occurred_at: Some(kinward_contracts::timestamp(district.now() + chrono::Duration::days(1))), ..Default::default() } => "TIME_INVALID";
        all.incidents(&police), dispatch_unit, dispatch::DispatchUnitRequest { request_id: r(), incident_id: incident(), unit_id: "u".to_owned(), ..Default::default() } => "WRONG_STATE";
        all.incidents(&police), record_arrival, dispatch::RecordArrivalRequest { request_id: r(), incident_id: incident(), unit_id: "u".to_owned(), ..Default::default() } => "WRONG_STATE";
        all.incidents(&police), stop_violence, dispatch::StopViolenceRequest { request_id: r(), incident_id: incident(), ..Default::default() } => "WRONG_STATE";
        all.incidents(&police), order_parents_to_return, dispatch::OrderParentsToReturnRequest { request_id: r(), incident_id: incident(), ..Default::default() } => "INVALID_ARGUMENT";
        all.incidents(&police), take_evidence, dispatch::TakeEvidenceRequest { request_id: r(), incident_id: incident(), kind: 1, sha256: Some("xyz".to_owned()), description: "d".to_owned(), place: "p".to_owned(), holder_unit_id: "u".to_owned(), ..Default::default() } => "INVALID_ARGUMENT";
        all.incidents(&police), place_child_temporarily, dispatch::PlaceChildTemporarilyRequest { request_id: r(), incident_id: incident(), kind: 0, giver_unit_id: "u".to_owned(), place: "p".to_owned(), ..Default::default() } => "INVALID_ARGUMENT";
        all.incidents(&police), conclude_incident, dispatch::ConcludeIncidentRequest { request_id: r(), incident_id: incident(), summary: "s".to_owned(), substantiation: 1, ..Default::default() } => "WRONG_STATE";
        all.incidents(&police), accept_incident, dispatch::AcceptIncidentRequest { request_id: r(), incident_id: incident(), unit_id: "nobody".to_owned(), ..Default::default() } => "UNKNOWN_REFERENCE";
        all.worklist(&teacher), list_open_incidents, dispatch::ListOpenIncidentsRequest::default() => "PERMISSION_DENIED";
        all.worklist(&police), list_open_incidents, dispatch::ListOpenIncidentsRequest { page_size: 201, ..Default::default() } => "INVALID_ARGUMENT";
        all.worklist(&police), list_open_incidents, dispatch::ListOpenIncidentsRequest { area: Some("440000".to_owned()), ..Default::default() } => "PERMISSION_DENIED";
        all.assessments(&township), give_input, assessment::GiveInputRequest { request_id: r(), assessment_id: id(), statement: "s".to_owned(), ..Default::default() } => "NOT_FOUND";
        all.assessments(&township), assess_dimension, assessment::AssessDimensionRequest { request_id: r(), assessment_id: id(), dimension: 1, score: 5, findings: "f".to_owned(), ..Default::default() } => "INVALID_ARGUMENT";
        all.assessments(&court), give_input, assessment::GiveInputRequest { request_id: r(), assessment_id: id(), statement: "s".to_owned(), ..Default::default() } => "NOT_FOUND";
        all.assessments(&township), draw_up_plan, assessment::DrawUpPlanRequest { request_id: r(), assessment_id: id(), goals: "g".to_owned(), needs: vec![], ..Default::default() } => "INVALID_ARGUMENT";
        all.cases(&civil), open_case, custody::OpenCaseRequest { request_id: r(), child_id: story.child_id.clone(), guardian_person_ids: vec![], village_code: "430903111001".to_owned(), occurred_at: None } => "INVALID_ARGUMENT";
        all.cases(&elsewhere), open_case, custody::OpenCaseRequest { request_id: r(), child_id: story.child_id.clone(), guardian_person_ids: story.parents.clone(), village_code: "430903111001".to_owned(), occurred_at: None } => "PERMISSION_DENIED";
        all.cases(&civil), record_refusal, custody::RecordRefusalRequest { request_id: r(), case_id: id(), guardian_person_id: id(), since_on: "2026-01-01".to_owned(), ..Default::default() } => "NOT_FOUND";
        all.cases(&civil), criticise_guardian, custody::CriticiseGuardianRequest { request_id: r(), case_id: id(), guardian_person_id: id(), conduct: 44, ..Default::default() } => "INVALID_ARGUMENT";
        all.cases(&civil), assess_grounds, custody::AssessGroundsRequest { case_id: id(), guardian_person_id: id(), on_date: None } => "NOT_FOUND";
        all.cases(&police), file_petition, custody::FilePetitionRequest { request_id: r(), case_id: id(), guardian_person_id: id(), petitioner: 2, grounds: vec![], court_unit_id: "court".to_owned(), ..Default::default() } => "INVALID_ARGUMENT";
        all.notices(&nobody), list_notices, notification::ListNoticesRequest::default() => "UNAUTHENTICATED";
        all.notices(&township), acknowledge_notice, notification::AcknowledgeNoticeRequest { request_id: r(), notice_id: id(), ..Default::default() } => "NOT_FOUND";
        all.notices(&township), acknowledge_notice, notification::AcknowledgeNoticeRequest { request_id: r(), notice_id: "a.b".to_owned(), ..Default::default() } => "INVALID_ARGUMENT";
        all.public_security(&civil), list_incidents, departments::ListIncidentsRequest::default() => "PERMISSION_DENIED";
        all.public_security(&police), get_incident, departments::GetIncidentRequest { incident_id: id(), freshness: None } => "NOT_FOUND";
        all.explain(&civil), explain_child, departments::ExplainChildRequest { child_id: id(), freshness: None } => "NOT_FOUND";
        all.explain(&elsewhere), explain_child, departments::ExplainChildRequest { child_id: story.child_id.clone(), freshness: None } => "PERMISSION_DENIED";
        all.explain(&civil), explain_case, departments::ExplainCaseRequest { case_id: "x".to_owned(), freshness: None } => "INVALID_ARGUMENT";
        all.township(&elsewhere), get_child_file, departments::GetChildFileRequest { child_id: story.child_id.clone(), freshness: None } => "PERMISSION_DENIED";
        all.township(&township), list_children, departments::ListChildrenRequest { village_code: Some("430903101001".to_owned()), ..Default::default() } => "PERMISSION_DENIED";
        all.township(&township), list_children, departments::ListChildrenRequest { page_size: -1, ..Default::default() } => "INVALID_ARGUMENT";
        all.civil_affairs(&township), list_cases, departments::ListCasesRequest::default() => "PERMISSION_DENIED";
        all.civil_affairs(&civil), get_case, departments::GetCaseRequest { case_id: id(), freshness: None } => "NOT_FOUND";
    };
    assert!(count >= 60, "{count} requests");
    assert_eq!(district.position().await, position, "a refused request moved the log");
}
