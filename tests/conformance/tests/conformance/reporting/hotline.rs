//! The hotline: answered at once, registered with a receipt, followed up to the end; what is not is visible (INF-3).

use super::*;
use kinward::story::incident_of;
use kinward_contracts::notification::v1::Template;
use kinward_contracts::reporting::v1::{
    AnswerCallRequest, Call, CallFilter, CallState, ClassifyCallRequest, CloseCallRequest, FeedbackMeans,
    FollowUpCallRequest, FollowUpResult, GetCallReceiptRequest, GiveAidRequest, HelpKind, HotlineFunction,
    ListCallsRequest, RecordHangUpRequest, RecordRingRequest, RegisterCallRequest, ReportCallRequest,
    ReportedChildInput, RequestHelpRequest, ReturnCallRequest, ReturnOutcome, TransferCallRequest,
};
use kinward_contracts_grpc::reporting::v1::call_service_client::CallServiceClient;

type Hotline = CallServiceClient<kinward::clients::Authorised>;

async fn ring(hotline: &mut Hotline, step: &str) -> String {
    let request = RecordRingRequest {
        request_id: format!("ring-{step}"),
        occurred_at: None,
        phone: Some("13900000002".to_owned()),
    };
    hotline.record_ring(request).await.unwrap().into_inner().receipt.unwrap().id
}

async fn answer(hotline: &mut Hotline, call_id: &str) {
    let request = AnswerCallRequest {
        request_id: format!("answer-{call_id}"),
        call_id: call_id.to_owned(),
        ..AnswerCallRequest::default()
    };
    hotline.answer_call(request).await.unwrap();
}

async fn hang_up(hotline: &mut Hotline, call_id: &str) -> u64 {
    let request = RecordHangUpRequest {
        request_id: format!("hang-up-{call_id}"),
        call_id: call_id.to_owned(),
        ..RecordHangUpRequest::default()
    };
    hotline.record_hang_up(request).await.unwrap().into_inner().receipt.unwrap().position
}

fn registration(call_id: &str) -> RegisterCallRequest {
    RegisterCallRequest {
        request_id: format!("register-{call_id}"),
        call_id: call_id.to_owned(),
        caller: Some(ReporterInput { unit_id: None, ..named(ReporterClass::Citizen) }),
        child: Some(ReportedChildInput { name: Some("小满".to_owned()), ..ReportedChildInput::default() }),
        village_code: Some(VILLAGE.to_owned()),
        place: Some("村小学东侧".to_owned()),
        narrative: Some("邻居家孩子独自在家三天".to_owned()),
        ..RegisterCallRequest::default()
    }
}

/// What is shown of a call under a filter, as of a position.
async fn shown(
    district: &District,
    caller: &Principal,
    filter: CallFilter,
    call_id: &str,
    position: u64,
) -> Option<Call> {
    let mut calls = district.clients.calls(caller).unwrap();
    let request = ListCallsRequest {
        freshness: Some(freshness(position)),
        filter: filter.into(),
        ..Default::default()
    };
    let answer = calls.list_calls(long(request)).await.unwrap().into_inner();
    answer.calls.into_iter().find(|call| call.call_id == call_id)
}

#[tokio::test(flavor = "multi_thread")]
async fn inf_3_a_call_is_answered_registered_reported_transferred_followed_up_and_closed_with_feedback() {
    let district = district().await;
    let hotline = people::hotline();
    let mut calls = district.clients.calls(&hotline).unwrap();
    let call_id = ring(&mut calls, "one").await;
    let id = || call_id.clone();
    let early = calls.register_call(registration(&call_id)).await.unwrap_err();
    assert_eq!(refusal(&early), refused_by("INF-3", "WRONG_STATE"), "not answered yet");
    answer(&mut calls, &call_id).await;
    let registered = calls.register_call(registration(&call_id)).await.unwrap().into_inner();
    let code = registered.receipt_code;

    // classified into several functions; closing too early says what is missing
    let classify = ClassifyCallRequest {
        request_id: "classify".to_owned(),
        call_id: id(),
        functions: (1..=4).collect(),
        ..ClassifyCallRequest::default()
    };
    calls.classify_call(classify).await.unwrap();
    let close = |step: &str| CloseCallRequest {
        request_id: step.to_owned(),
        call_id: call_id.clone(),
        means: FeedbackMeans::Phone.into(),
        feedback: Some("孩子已有亲属照料".to_owned()),
        ..CloseCallRequest::default()
    };
    let refused = calls.close_call(close("early")).await.unwrap_err();
    let lacks =
        ["report-or-help-request", "transfer", "psychological-aid", "guardianship-guidance", "follow-up"];
    assert_eq!(missing(&refused), lacks);

    // a report like any other: police have it, and read what the caller said, not who called
    let report = |step: &str, situations: Vec<i32>| ReportCallRequest {
        request_id: step.to_owned(),
        call_id: call_id.clone(),
        situations,
        ..ReportCallRequest::default()
    };
    let empty = calls.report_call(report("empty", Vec::new())).await.unwrap_err();
    assert_eq!(refusal(&empty).1, "INVALID_ARGUMENT");
    let silent = ReportCallRequest {
        reporter: Some(ReporterInput { unit_id: None, ..named(ReporterClass::School) }),
        ..report("unit", vec![Situation::LivingAlone.into()])
    };
    let refused = calls.report_call(silent).await.unwrap_err();
    assert_eq!(
        refusal(&refused),
        refused_by("RPT-1", "INVALID_ARGUMENT"),
        "the same rules as of every report"
    );
    let reported = report("report", vec![Situation::LivingAlone.into()]);
    let reported = calls.report_call(reported).await.unwrap().into_inner();
    incident_of(&district.clients, &reported.report_id).await.unwrap();
    let told = read(&district, &people::police(), &reported.report_id).await.unwrap();
    assert_eq!((told.narrative.as_str(), told.child_name.as_str()), ("邻居家孩子独自在家三天", "小满"));
    assert!(!format!("{told:?}").contains(NAME));

    // help asked for and given, and the matter given to the township, which sees it
    let help = RequestHelpRequest {
        request_id: "help".to_owned(),
        call_id: id(),
        kinds: vec![HelpKind::GuardianshipGuidance.into()],
        details: "希望指导祖父母照料".to_owned(),
        ..RequestHelpRequest::default()
    };
    assert!(!calls.request_help(help).await.unwrap().into_inner().help_request_id.is_empty());
    let aid = GiveAidRequest {
        request_id: "aid".to_owned(),
        call_id: id(),
        function: HotlineFunction::PsychologicalAid.into(),
        details: "安抚来电人".to_owned(),
        ..GiveAidRequest::default()
    };
    calls.give_aid(aid).await.unwrap();
    let transfer = TransferCallRequest {
        request_id: "transfer".to_owned(),
        call_id: id(),
        to_unit_id: format!("township-{}", people::TOWNSHIP),
        ..TransferCallRequest::default()
    };
    let position = calls.transfer_call(transfer).await.unwrap().into_inner().receipt.unwrap().position;
    let township = people::township(people::TOWNSHIP);
    let told = notice_of(&district, &township, Template::CallTransferred).await.about.unwrap();
    assert!(told.subject.ends_with(&call_id));
    let listed = shown(&district, &township, CallFilter::Open, &call_id, position).await.unwrap();
    assert_eq!(listed.report_ids, [reported.report_id]);
    assert!(!format!("{listed:?}").contains(NAME));
    assert!(shown(&district, &people::court(), CallFilter::Unspecified, &call_id, position).await.is_none());

    // followed up to the end, closed with feedback; the receipt tells the caller
    hang_up(&mut calls, &call_id).await;
    for (step, result) in [("first", FollowUpResult::InHand), ("second", FollowUpResult::Resolved)] {
        let early = calls.close_call(close(&format!("before-{step}"))).await.unwrap_err();
        assert_eq!(refusal(&early).0, "INF-3");
        let follow_up = FollowUpCallRequest {
            request_id: step.to_owned(),
            call_id: id(),
            result: result.into(),
            ..FollowUpCallRequest::default()
        };
        calls.follow_up_call(follow_up).await.unwrap();
    }
    let position = calls.close_call(close("close")).await.unwrap().into_inner().receipt.unwrap().position;
    assert!(shown(&district, &hotline, CallFilter::Unspecified, &call_id, position).await.is_none());
    let receipt = GetCallReceiptRequest { receipt_code: code, freshness: Some(freshness(position)) };
    let receipt = calls.get_call_receipt(receipt).await.unwrap().into_inner();
    assert_eq!(receipt.state(), CallState::Closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn inf_3_what_nobody_answers_or_follows_up_in_time_is_visible_until_it_is_done() {
    let district = district().await;
    let hotline = people::hotline();
    let mut calls = district.clients.calls(&hotline).unwrap();

    // it rings for more than twenty seconds: overdue, and told by the alarm
    let call_id = ring(&mut calls, "slow").await;
    let is = |filter: CallFilter, position: u64| {
        let (district, hotline, call_id) = (&district, &hotline, &call_id);
        async move { shown(district, hotline, filter, call_id, position).await }
    };
    let position = district.position().await;
    assert!(is(CallFilter::Open, position).await.is_some_and(|call| !call.overdue));
    district.alarms.advance(chrono::Duration::seconds(21));
    let missed = is(CallFilter::Overdue, position + 1).await.unwrap();
    assert!(missed.overdue && missed.due_at.is_none(), "the clock was missed: {missed:?}");

    // the caller gives up: unanswered until the hotline has rung back
    let position = hang_up(&mut calls, &call_id).await;
    assert!(is(CallFilter::Open, position).await.is_none());
    let unanswered = is(CallFilter::Unanswered, position).await.unwrap();
    assert_eq!(unanswered.state(), CallState::Abandoned);
    let back = ReturnCallRequest {
        request_id: "back".to_owned(),
        call_id: call_id.clone(),
        outcome: ReturnOutcome::Reached.into(),
        ..ReturnCallRequest::default()
    };
    let position = calls.return_call(back).await.unwrap().into_inner().receipt.unwrap().position;
    assert!(is(CallFilter::Unanswered, position).await.is_none());
    assert!(is(CallFilter::Overdue, position).await.is_none());

    // registered, and nobody follows up for four working days
    let registered = calls.register_call(registration(&call_id)).await.unwrap().into_inner();
    let position = registered.receipt.unwrap().position;
    let waiting = is(CallFilter::Open, position).await.unwrap();
    assert!(!waiting.overdue && waiting.due_at.is_some());
    district.alarms.advance(chrono::Duration::days(7));
    let mut position = position;
    let late = loop {
        let late = is(CallFilter::Overdue, position).await.unwrap();
        if late.due_at.is_none() {
            break late;
        }
        position += 1;
    };
    assert_eq!(late.state(), CallState::Registered);
    let follow_up = FollowUpCallRequest {
        request_id: "late".to_owned(),
        call_id: call_id.clone(),
        result: FollowUpResult::NotResolved.into(),
        ..FollowUpCallRequest::default()
    };
    let position = calls.follow_up_call(follow_up).await.unwrap().into_inner().receipt.unwrap().position;
    assert!(is(CallFilter::Overdue, position).await.is_none(), "the next one is not due yet");

    // the hotline's own business: nobody else records it
    let mut others = district.clients.calls(&people::police()).unwrap();
    let request = RecordRingRequest { request_id: "police".to_owned(), ..RecordRingRequest::default() };
    assert_eq!(refusal(&others.record_ring(request).await.unwrap_err()).1, "PERMISSION_DENIED");
}
