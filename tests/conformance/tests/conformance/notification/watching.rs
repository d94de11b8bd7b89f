//! Whoever watches sees notices come and go (DSP-4).

use super::*;
use kinward_contracts::notification::v1::{
    AcknowledgeNoticeRequest, Template, WatchNoticesRequest, WatchNoticesResponse,
    watch_notices_response::Change,
};
use tonic::Streaming;

async fn watch(
    district: &District,
    caller: &Principal,
    after_position: u64,
) -> Streaming<WatchNoticesResponse> {
    let mut notices = district.clients.notices(caller).unwrap();
    notices.watch_notices(WatchNoticesRequest { after_position }).await.unwrap().into_inner()
}

/// The next change that is wanted, and the checkpoint behind it.
async fn seen(
    stream: &mut Streaming<WatchNoticesResponse>,
    wanted: impl Fn(&Change) -> bool,
) -> (Change, u64) {
    let mut found = None;
    loop {
        let message = stream.message().await.unwrap().unwrap();
        match (message.change, found.take()) {
            (Some(change), None) if wanted(&change) => found = Some(change),
            (None, Some(change)) => return (change, message.position),
            (_, before) => found = before,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dsp_4_bey_4_whoever_watches_sees_a_notice_and_its_acknowledgement_and_an_infringer_sees_neither() {
    let district = district().await;
    let township = people::township(people::TOWNSHIP);
    let mut stream = watch(&district, &township, 0).await;
    let story = concluded(&district, 1).await;
    let told = |change: &Change| matches!(change, Change::Changed(one) if one.template() == Template::IncidentConcluded);
    let (Change::Changed(notice), position) = seen(&mut stream, told).await else { unreachable!() };
    assert_eq!(notice.about.unwrap().incident_id, Some(story.incident_id));
    assert!(notice.position <= position, "a checkpoint to resume from");
    // whoever comes later sees what is open, whoever resumes only what is new
    let mut late = watch(&district, &township, 0).await;
    seen(&mut late, told).await;
    let mut resumed = watch(&district, &township, position).await;
    let first = resumed.message().await.unwrap().unwrap();
    assert!(first.change.is_none() && first.position >= position, "{first:?}");
    let infringer = Principal { person: story.parents[0].clone(), ..township.clone() };
    let mut his = watch(&district, &infringer, 0).await;
    let shown = his.message().await.unwrap().unwrap();
    assert!(shown.change.is_none(), "{shown:?}");
    let acknowledge = AcknowledgeNoticeRequest {
        request_id: "acknowledge".to_owned(),
        notice_id: notice.notice_id.clone(),
        ..Default::default()
    };
    district.clients.notices(&township).unwrap().acknowledge_notice(acknowledge).await.unwrap();
    let gone = |change: &Change| *change == Change::AcknowledgedNoticeId(notice.notice_id.clone());
    for watching in [&mut stream, &mut late, &mut resumed] {
        seen(watching, gone).await;
    }
    // also who was away meanwhile hears that it is gone
    seen(&mut watch(&district, &township, position).await, gone).await;
    let mut his = watch(&district, &infringer, position).await;
    let shown = his.message().await.unwrap().unwrap();
    assert!(shown.change.is_none(), "{shown:?}");
}
