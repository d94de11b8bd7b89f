//! DSP-1 and BEY-5: police accept, go and arrive, and nothing ever delays that.

use super::*;
use kinward_contracts::dispatch::v1::{ListOpenIncidentsRequest, Stage};
use kinward_contracts::notification::v1::Template;
use kinward_contracts::reporting::v1::ReceiptState;

#[tokio::test(flavor = "multi_thread")]
async fn dsp_1_police_accept_then_go_then_arrive_and_conclude_only_what_is_complete() {
    let district = district().await;
    let mut scene = here(&district, &[Situation::DomesticViolence]).await;
    let go = |id: &str| DispatchUnitRequest {
        request_id: next(),
        incident_id: id.to_owned(),
        unit_id: POLICE.to_owned(),
        ..DispatchUnitRequest::default()
    };
    let early = scene.police.dispatch_unit(go(&scene.id)).await.unwrap_err();
    assert_eq!(said(&early), "DSP-1 WRONG_STATE");
    let early = scene.conclude().await.unwrap_err();
    assert_eq!(said(&early), "DSP-1 WRONG_STATE");
    scene.arrive().await;
    let twice = scene.police.dispatch_unit(go(&scene.id)).await.unwrap_err();
    assert_eq!(said(&twice), "DSP-1 WRONG_STATE");
    let incomplete = scene.conclude().await.unwrap_err();
    assert!(missing(&incomplete).contains(&"violence-stopped".to_owned()), "{incomplete:?}");
    assert_eq!(scene.incident().await.stage(), Stage::OnScene);
    assert_eq!(scene.receipt().await.state(), ReceiptState::InHand);
    scene.clock_is("police-accept", ClockOutcome::Met).await;
    scene.clock_is("police-on-scene", ClockOutcome::Met).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dsp_1_an_incident_nobody_accepts_warns_after_five_minutes_and_escalates_after_ten() {
    let district = district().await;
    let mut scene = here(&district, &[Situation::LivingAlone]).await;
    district.advance(chrono::Duration::minutes(5));
    scene.event_is_written("ClockWarned").await;
    district.advance(chrono::Duration::minutes(5));
    scene.clock_is("police-accept", ClockOutcome::Missed).await;
    // the duty commander is told
    let told = notice_of(&district, &people::police(), Template::ClockMissed).await;
    assert_eq!(told.recipient.unwrap().role, "duty-commander");
    assert_eq!(told.about.unwrap().incident_id, Some(scene.id.clone()));
    // late is better than never; the next clock runs
    scene.accept().await;
    district.advance(chrono::Duration::minutes(60));
    scene.clock_is("police-on-scene", ClockOutcome::Missed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bey_5_rpt_4_an_unknown_child_in_an_unknown_place_and_a_likely_duplicate_are_police_s_with_the_rest_down()
 {
    let mut district = district().await;
    for name in ["departments", "registry", "assessment", "custody", "notification"] {
        district.stop_service(name).await;
    }
    let situations = [Situation::Missing];
    let nothing_known = Said { situations: &situations, ..Said::default() };
    let mut first = reported(&district, nothing_known.clone()).await;
    let second = reported(&district, nothing_known.clone()).await;
    // a place that is in no district known here is no place either: a typing error hides no child from police
    let far = reported(&district, Said { village: Some("999999999999"), ..nothing_known }).await;
    assert_ne!(first.id, second.id, "each report has an incident at once");
    let mut worklist = district.clients.worklist(&people::police()).unwrap();
    let request = ListOpenIncidentsRequest {
        freshness: Some(Freshness::at_least(district.position().await)),
        ..ListOpenIncidentsRequest::default()
    };
    let open = worklist.list_open_incidents(request).await.unwrap().into_inner().incidents;
    let ids: Vec<&str> = open.iter().map(|incident| incident.incident_id.as_str()).collect();
    assert_eq!(ids, [first.id.as_str(), second.id.as_str(), far.id.as_str()]);
    assert!(open.iter().all(|incident| incident.village_code.is_none()));
    first.arrive().await;
    assert_eq!(first.receipt().await.state(), ReceiptState::InHand);
}
