//! The rules of dispatch: what police do.

use super::{district, missing, refusal};
use kinward::people;
use kinward_contracts::dispatch::v1::{
    AcceptIncidentRequest, ConcludeIncidentRequest, DispatchUnitRequest, RecordArrivalRequest, Substantiation,
};

#[tokio::test(flavor = "multi_thread")]
async fn dsp_1_police_accept_then_go_then_arrive_and_conclude_only_what_is_complete() {
    let district = district().await;
    let play = district.play(1);
    let mut story = play.register().await.unwrap();
    play.report(&mut story).await.unwrap();
    let mut incidents = district.clients.incidents(&people::police()).unwrap();
    let id = || story.incident_id.clone();
    let unit_id = || "police-430903".to_owned();
    let request_id = |text: &str| text.to_owned();
    let go = |step: &str| DispatchUnitRequest {
        request_id: request_id(step),
        incident_id: id(),
        unit_id: unit_id(),
        ..Default::default()
    };
    let early = incidents.dispatch_unit(go("early")).await.unwrap_err();
    assert_eq!(refusal(&early), ("DSP-1".to_owned(), "WRONG_STATE".to_owned()));
    let accept = AcceptIncidentRequest {
        request_id: request_id("accept"),
        incident_id: id(),
        unit_id: unit_id(),
        ..Default::default()
    };
    incidents.accept_incident(accept).await.unwrap();
    incidents.dispatch_unit(go("go")).await.unwrap();
    let arrive = RecordArrivalRequest {
        request_id: request_id("arrive"),
        incident_id: id(),
        unit_id: unit_id(),
        ..Default::default()
    };
    incidents.record_arrival(arrive).await.unwrap();
    let conclude = ConcludeIncidentRequest {
        request_id: request_id("conclude"),
        incident_id: id(),
        summary: "办结".to_owned(),
        substantiation: Substantiation::Substantiated.into(),
        ..Default::default()
    };
    let refused = incidents.conclude_incident(conclude).await.unwrap_err();
    assert!(missing(&refused).contains(&"violence-stopped".to_owned()), "{refused:?}");
}
