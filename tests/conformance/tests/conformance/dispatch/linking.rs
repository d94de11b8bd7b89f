//! RPT-4: reports of the same event are one case, each reporter keeps its receipt, and linking can be undone.

use super::*;
use kinward_contracts::dispatch::v1::{
    GiveReporterFeedbackRequest, LinkIncidentRequest, LinkReason, ListLinkCandidatesRequest,
    ListOpenIncidentsRequest, OpenIncident, UnlinkIncidentRequest,
};
use kinward_contracts::reporting::v1::ReceiptState;
use kinward_contracts::r#type::v1::{FeedbackResult, Severity};

fn link(one: &Scene<'_>, main: &Scene<'_>) -> LinkIncidentRequest {
    LinkIncidentRequest {
        request_id: next(),
        incident_id: one.id.clone(),
        main_incident_id: main.id.clone(),
        reasons: vec![LinkReason::SameVillage.into(), LinkReason::NearInTime.into()],
        ..LinkIncidentRequest::default()
    }
}

fn unlink(one: &Scene<'_>) -> UnlinkIncidentRequest {
    UnlinkIncidentRequest {
        request_id: next(),
        incident_id: one.id.clone(),
        ..UnlinkIncidentRequest::default()
    }
}

async fn open(district: &District) -> Vec<OpenIncident> {
    let request = ListOpenIncidentsRequest {
        freshness: Some(Freshness::at_least(district.position().await)),
        ..ListOpenIncidentsRequest::default()
    };
    let mut worklist = district.clients.worklist(&people::police()).unwrap();
    let all = worklist.list_open_incidents(request).await.unwrap().into_inner().incidents;
    // positions move on with every command
    all.into_iter().map(|incident| OpenIncident { position: 0, ..incident }).collect()
}

fn ids(open: &[OpenIncident]) -> Vec<&str> {
    open.iter().map(|incident| incident.incident_id.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rpt_4_bey_5_two_reports_of_one_event_are_linked_and_unlinked_as_they_were() {
    let district = district().await;
    let mut main = here(&district, &[Situation::LivingAlone]).await;
    main.accept().await;
    let mut other = here(&district, &[Situation::LivingAlone, Situation::DomesticViolence]).await;
    let elsewhere =
        Said { situations: &[Situation::LivingAlone], village: Some("430903112201"), ..Said::default() };
    let far = reported(&district, elsewhere).await;

    let candidates = ListLinkCandidatesRequest {
        incident_id: other.id.clone(),
        freshness: Some(Freshness::at_least(district.position().await)),
    };
    let found = other.registers.list_link_candidates(candidates).await.unwrap().into_inner().candidates;
    let [candidate] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(candidate.incident_id, main.id);
    let reasons: Vec<LinkReason> = candidate.reasons().collect();
    assert_eq!(reasons, [LinkReason::SameVillage, LinkReason::NearInTime, LinkReason::SameSituation]);

    let (before, main_before, other_before) =
        (open(&district).await, main.incident().await, other.incident().await);
    let itself = link(&main, &main);
    assert_eq!(said(&main.inquiries.link_incident(itself).await.unwrap_err()), "RPT-4 INVALID_ARGUMENT");
    let request = link(&other, &main);
    let linked = main.inquiries.link_incident(request.clone()).await.unwrap().into_inner();
    let retried = main.inquiries.link_incident(request).await.unwrap().into_inner();
    assert_eq!(linked, retried, "a retry gets the first answer");

    // it left the top level, stands under the main one, and lends it what it reports
    let now = open(&district).await;
    assert_eq!(ids(&now).len(), 2);
    let shown = now.iter().find(|incident| incident.incident_id == main.id).unwrap();
    assert_eq!(shown.linked.len(), 1);
    assert_eq!(shown.linked[0].report_id, other.report_id);
    assert!(main.lacks().await.contains(&"DSP-2e violence-stopped".to_owned()));
    assert_eq!(main.incident().await.linked_incident_ids, [other.id.clone()]);
    let refused = other.conclude().await.unwrap_err();
    assert_eq!(said(&refused), "RPT-4 WRONG_STATE", "go on in the main one");
    let chain = link(&main, &far);
    assert_eq!(said(&main.inquiries.link_incident(chain).await.unwrap_err()), "RPT-4 WRONG_STATE");
    // each reporter sees the main one's progress by its own receipt
    assert_ne!(other.code, main.code);
    assert_eq!(other.receipt().await.state(), ReceiptState::AcceptedByPolice);

    let parted = main.inquiries.unlink_incident(unlink(&other)).await;
    parted.unwrap();
    assert_eq!(open(&district).await, before, "the worklist is as it was");
    let without_position = |one: GetIncidentResponse| GetIncidentResponse { position: 0, ..one };
    assert_eq!(without_position(main.incident().await), without_position(main_before));
    assert_eq!(without_position(other.incident().await), without_position(other_before));
    assert_eq!(other.receipt().await.state(), ReceiptState::Received);
    let nothing = main.inquiries.unlink_incident(unlink(&other)).await.unwrap_err();
    assert_eq!(said(&nothing), "RPT-4 WRONG_STATE");
    other.accept().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rpt_4_law_1_a_report_of_danger_makes_the_case_immediate_and_every_reporter_is_told() {
    let district = district().await;
    let mut main = here(&district, &[Situation::Other]).await;
    main.accept().await;
    let danger = Said {
        situations: &[Situation::Other],
        signs: DangerSigns { danger_in_progress: true, ..DangerSigns::default() },
        village: Some(VILLAGE),
        ..Said::default()
    };
    let other = reported(&district, danger).await;
    let request = link(&other, &main);
    main.inquiries.link_incident(request).await.unwrap();
    assert_eq!(open(&district).await[0].severity(), Severity::Immediate);
    // accepted an hour's way ago, it is now a quarter's
    district.advance(chrono::Duration::minutes(16));
    main.clock_is("police-on-scene", ClockOutcome::Missed).await;
    let go = DispatchUnitRequest {
        request_id: next(),
        incident_id: main.id.clone(),
        unit_id: POLICE.to_owned(),
        ..DispatchUnitRequest::default()
    };
    main.police.dispatch_unit(go).await.unwrap();
    let arrive = RecordArrivalRequest {
        request_id: next(),
        incident_id: main.id.clone(),
        unit_id: POLICE.to_owned(),
        ..RecordArrivalRequest::default()
    };
    main.police.record_arrival(arrive).await.unwrap();
    main.conclude().await.unwrap();
    assert_eq!(main.incident().await.reports_without_feedback.len(), 2);
    let feedback = GiveReporterFeedbackRequest {
        request_id: next(),
        incident_id: main.id.clone(),
        result: FeedbackResult::Handled.into(),
        ..GiveReporterFeedbackRequest::default()
    };
    main.inquiries.give_reporter_feedback(feedback).await.unwrap();
    for scene in [&main, &other] {
        let receipt = scene.receipt().await;
        assert_eq!((receipt.state(), receipt.feedback()), (ReceiptState::Concluded, FeedbackResult::Handled));
    }
    assert!(main.incident().await.reports_without_feedback.is_empty());
}
