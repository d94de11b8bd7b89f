//! How every service answers: deadlines, overload, pages, health and reflection; and that no rpc lets in who must not be.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod raw;

use kinward::people;
use kinward_chassis::{Principal, Settings};
use kinward_contracts::departments::v1::{ListAssessmentsRequest, ListChildrenRequest, ListIncidentsRequest};
use kinward_contracts::dispatch::v1::ListOpenIncidentsRequest;
use kinward_contracts::r#type::v1::Freshness;
use kinward_story::District;
use raw::{Rpc, call, rpcs};
use std::collections::BTreeSet;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

fn reason(status: &Status) -> String {
    let info = status.get_error_details().error_info().cloned();
    info.unwrap_or_else(|| panic!("no ErrorInfo in {status:?}")).reason
}

/// A query that waits until a position which nobody has reached; a client that names a deadline of its own gives up by
/// itself, so the service's counts.
fn waiting() -> ListIncidentsRequest {
    let freshness = Some(Freshness::at_least(u64::MAX));
    ListIncidentsRequest { freshness, ..Default::default() }
}

/// Milliseconds that a call may take which names no deadline.
const DEADLINE: u64 = 3_000;

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_in_vain_hears_how_fresh_the_answer_would_be_and_a_full_service_says_when_to_come_back() {
    let change = |settings: &mut Settings| {
        settings.default_deadline_ms = DEADLINE;
        settings.max_in_flight = 1;
    };
    let district = District::start_with(change).await.unwrap();
    let police = || district.clients.public_security(&people::police()).unwrap();
    let late = police().list_incidents(waiting()).await.unwrap_err();
    assert_eq!((late.code(), reason(&late).as_str()), (Code::Unavailable, "REASON_READ_MODEL_UNAVAILABLE"));
    let told = late.get_error_details().error_info().unwrap().metadata.clone();
    assert_eq!(told["at_least_as_fresh"], u64::MAX.to_string());
    assert!(told["position"].parse::<u64>().unwrap() < u64::MAX);
    let mut worklist = district.clients.worklist(&people::police()).unwrap();
    let open = ListOpenIncidentsRequest { freshness: waiting().freshness, ..Default::default() };
    let late = worklist.list_open_incidents(open).await.unwrap_err();
    assert_eq!((late.code(), reason(&late).as_str()), (Code::Unavailable, "REASON_READ_MODEL_UNAVAILABLE"));

    let (first, second) =
        tokio::join!(async { police().list_incidents(waiting()).await.unwrap_err() }, async {
            police().list_incidents(waiting()).await.unwrap_err()
        },);
    let mut answers = [first, second].map(|status| (status.code(), status));
    answers.sort_by_key(|(code, _)| *code == Code::ResourceExhausted);
    let [(waited, _), (refused, status)] = answers;
    assert_eq!((waited, refused), (Code::Unavailable, Code::ResourceExhausted));
    assert_eq!(reason(&status), "REASON_OVERLOADED");
    assert!(status.get_error_details().retry_info().unwrap().retry_delay.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_cannot_take_all_the_room() {
    let change = |settings: &mut Settings| {
        settings.default_deadline_ms = DEADLINE;
        settings.max_in_flight_per_connection = 1;
    };
    let district = District::start_with(change).await.unwrap();
    // clones of one client share one connection
    let mut police = district.clients.public_security(&people::police()).unwrap();
    let mut same = district.clients.public_security(&people::police()).unwrap();
    let (first, second) = tokio::join!(police.list_incidents(waiting()), same.list_incidents(waiting()),);
    let codes = [first.unwrap_err().code(), second.unwrap_err().code()];
    assert!(codes.contains(&Code::ResourceExhausted) && codes.contains(&Code::Unavailable), "{codes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_token_is_good_for_its_caller_and_filter_only() {
    let district = District::start().await.unwrap();
    let mut position = 0;
    for number in 0..3 {
        position = district.play(number).register().await.unwrap().position;
    }
    let township = people::township(people::TOWNSHIP);
    let mut reading = district.clients.township(&township).unwrap();
    let page = |page_token: String| ListChildrenRequest {
        freshness: Some(Freshness::at_least(position)),
        page_size: 2,
        page_token,
        ..Default::default()
    };
    let first = reading.list_children(page(String::new())).await.unwrap().into_inner();
    assert_eq!((first.children.len(), first.total), (2, 3));
    let token = first.next_page_token;
    let second = reading.list_children(page(token.clone())).await.unwrap().into_inner();
    assert_eq!(second.children.len(), 1);
    assert_eq!(second.next_page_token, "");
    assert!(first.children.iter().all(|child| child.child_id != second.children[0].child_id));

    let refused = |status: Status| {
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(status.get_error_details().bad_request().unwrap().field_violations[0].field, "page_token");
    };
    let other_filter = ListChildrenRequest { left_behind_only: true, ..page(token.clone()) };
    refused(reading.list_children(other_filter).await.unwrap_err());
    let other_list = ListAssessmentsRequest { page_token: token.clone(), ..Default::default() };
    refused(reading.list_assessments(other_list).await.unwrap_err());
    let colleague = Principal { person: "somebody-else".to_owned(), ..township };
    let mut other_caller = district.clients.township(&colleague).unwrap();
    refused(other_caller.list_children(page(token)).await.unwrap_err());
    refused(reading.list_children(page("2".to_owned())).await.unwrap_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_rpc_answers_without_a_token_nor_obeys_an_empty_command() {
    let district = District::start().await.unwrap();
    let position = district.position().await;
    let nobody = Principal { department: "NOBODY".to_owned(), ..people::police() };
    let (mut all, mut commands, mut seen) = (0, 0, BTreeSet::new());
    for Rpc { context, path, is_command, .. } in rpcs() {
        let address = district.address(&context);
        let channel = tonic::transport::Endpoint::from_shared(format!("http://{address}")).unwrap();
        let status = call(channel.connect().await.unwrap(), &path, Vec::new()).await.unwrap_err();
        assert_eq!(reason(&status), "REASON_UNAUTHENTICATED", "{path} without a token: {status:?}");
        let status =
            call(district.clients.channel(&context, &nobody).unwrap(), &path, Vec::new()).await.unwrap_err();
        assert_eq!(reason(&status), "REASON_UNAUTHENTICATED", "{path} as nobody: {status:?}");
        // what is no message of the rpc, and what is too large to be one
        for bytes in
            [vec![0xff], vec![0; 5 << 20]].into_iter().take(if seen.insert(context.clone()) { 2 } else { 1 })
        {
            let channel = district.clients.channel(&context, &people::police()).unwrap();
            let status = call(channel, &path, bytes).await.unwrap_err();
            assert_eq!(reason(&status), "REASON_INVALID_ARGUMENT", "{path}: {status:?}");
        }
        if is_command {
            let mut refused = Vec::new();
            for caller in people::all() {
                let answer =
                    call(district.clients.channel(&context, &caller).unwrap(), &path, Vec::new()).await;
                let status = answer.err().unwrap_or_else(|| panic!("{path} obeyed an empty command"));
                refused.push(reason(&status));
            }
            let expected = ["REASON_INVALID_ARGUMENT", "REASON_PERMISSION_DENIED"];
            assert!(refused.iter().all(|reason| expected.contains(&reason.as_str())), "{path}: {refused:?}");
            assert!(refused.contains(&"REASON_INVALID_ARGUMENT".to_owned()), "{path}: nobody may call it");
            commands += 1;
        }
        all += 1;
    }
    assert!(all >= 60 && commands >= 40, "{all} rpcs, {commands} commands");
    assert_eq!(district.position().await, position, "a refused request moved the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_service_tells_its_health_and_its_api() {
    let district = District::start().await.unwrap();
    for context in kinward::services::ALL.iter().copied() {
        let address = district.address(context);
        let channel = tonic::transport::Endpoint::from_shared(format!("http://{address}")).unwrap();
        let channel = channel.connect().await.unwrap();
        let mine: Vec<String> = rpcs()
            .into_iter()
            .filter(|rpc| rpc.context == context)
            .map(|rpc| rpc.service().to_owned())
            .collect();
        for service in &mine {
            let mut health = tonic_health::pb::health_client::HealthClient::new(channel.clone());
            let asked = tonic_health::pb::HealthCheckRequest { service: service.clone() };
            let state = health.check(asked).await.unwrap().into_inner().status();
            assert_eq!(state, tonic_health::pb::health_check_response::ServingStatus::Serving, "{service}");
        }
        assert!(raw::reflected(channel).await.contains(&mine[0]), "{context}");
        let metrics = district.admin(context, "/metrics").await;
        for shown in ["kinward_calls", "kinward_log_position", "kinward_reader_position{"] {
            assert!(metrics.contains(shown), "{context}: {shown}");
        }
        assert_eq!(metrics.contains("kinward_parked{"), context == "departments", "{context}");
        assert!(district.admin(context, "/readyz").await.contains("log: ok"), "{context}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_the_token_it_was_opened_with() {
    use kinward_contracts::dispatch::v1::WatchOpenIncidentsRequest;
    use kinward_contracts::notification::v1::WatchNoticesRequest;

    let district = District::start().await.unwrap();
    let mut notices = district.clients.notices(&people::township(people::TOWNSHIP)).unwrap();
    let mut worklist = district.clients.worklist(&people::police()).unwrap();
    let mut notices = notices.watch_notices(WatchNoticesRequest::default()).await.unwrap().into_inner();
    let mut incidents =
        worklist.watch_open_incidents(WatchOpenIncidentsRequest::default()).await.unwrap().into_inner();
    assert!(notices.message().await.unwrap().is_some() && incidents.message().await.unwrap().is_some());
    // longer than any token of a district lasts
    district.advance(chrono::Duration::days(3_651));
    let ended = loop {
        if let Err(status) = notices.message().await {
            break status;
        }
    };
    assert_eq!(reason(&ended), "REASON_UNAUTHENTICATED", "{ended:?}");
    let ended = loop {
        if let Err(status) = incidents.message().await {
            break status;
        }
    };
    assert_eq!(reason(&ended), "REASON_UNAUTHENTICATED", "{ended:?}");
}
