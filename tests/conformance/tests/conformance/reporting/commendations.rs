//! Who reports without having to is commended, and stays sealed (RPT-6).

use super::*;
use kinward::story::{Story, incident_of};
use kinward_contracts::dispatch::v1::{LinkIncidentRequest, LinkReason};
use kinward_contracts::notification::v1::Template;
use kinward_contracts::reporting::v1::{
    ClaimCommendationRequest, Commendation, CommendationForm, CommendationRefusal, CommendationState,
    GetReceiptRequest, GrantCommendationRequest, ListCommendationsRequest, RefuseCommendationRequest,
};
use kinward_contracts::r#type::v1::DangerSigns;

/// A report about the story's child, found substantiated by police; its receipt code.
async fn substantiated(district: &District, number: u64, reporter: ReporterInput) -> (Story, String) {
    let play = district.play(number);
    let mut story = play.register().await.unwrap();
    let village_code = play.child().household.unwrap().village_code;
    let report = SubmitReportRequest {
        signs: Some(DangerSigns { signs_of_injury_or_crime: true, ..DangerSigns::default() }),
        village_code: Some(village_code),
        ..bare(&format!("report-{number}"), &[Situation::LivingAlone, Situation::DomesticViolence], reporter)
    };
    let answer = submit(district, report).await.unwrap();
    story.report_id = answer.receipt.unwrap().id;
    story.incident_id = incident_of(&district.clients, &story.report_id).await.unwrap();
    play.police(&mut story).await.unwrap();
    (story, answer.receipt_code)
}

/// All commendations, once this report's is proposed; asks at one position after the other.
async fn commendations(district: &District, report_id: &str) -> Vec<Commendation> {
    let mut service = district.clients.commendations(&people::civil_affairs()).unwrap();
    let mut position = 0;
    loop {
        let request = ListCommendationsRequest {
            freshness: Some(freshness(position)),
            decided_too: true,
            ..Default::default()
        };
        let answer = service.list_commendations(long(request)).await.unwrap().into_inner();
        if answer.commendations.iter().any(|commendation| commendation.report_id == report_id) {
            return answer.commendations;
        }
        position = answer.position + 1;
    }
}

async fn by_receipt(district: &District, code: &str, position: u64) -> CommendationState {
    let mut reports = district.clients.reports(&people::teacher()).unwrap();
    let request = GetReceiptRequest { receipt_code: code.to_owned(), freshness: Some(freshness(position)) };
    reports.get_receipt(request).await.unwrap().into_inner().commendation()
}

fn grant(step: &str, report_id: &str) -> GrantCommendationRequest {
    GrantCommendationRequest {
        request_id: step.to_owned(),
        report_id: report_id.to_owned(),
        forms: vec![CommendationForm::Praise.into(), CommendationForm::Reward.into()],
        ..GrantCommendationRequest::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rpt_6_a_substantiated_voluntary_report_is_commended_and_its_reporter_stays_sealed() {
    let district = district().await;
    let (teacher, teacher_code) = substantiated(&district, 1, named(ReporterClass::School)).await;
    let (unknown, unknown_code) = substantiated(&district, 2, anonymous()).await;
    let citizen = ReporterInput { unit_id: None, ..named(ReporterClass::Citizen) };
    let (known, known_code) = substantiated(&district, 3, citizen).await;

    // proposed for the two that did not have to report; events are reacted to in order, so the third tells of all
    let proposed = commendations(&district, &known.report_id).await;
    let of = |story: &Story| proposed.iter().find(|one| one.report_id == story.report_id);
    assert!(of(&teacher).is_none(), "a duty done is no merit");
    assert_eq!(of(&unknown).unwrap().state(), CommendationState::AwaitingReceipt);
    assert_eq!(of(&known).unwrap().state(), CommendationState::Proposed);
    assert_eq!(of(&known).unwrap().incident_id, known.incident_id);
    assert_eq!(by_receipt(&district, &teacher_code, 0).await, CommendationState::Unspecified);
    let told = notice_of(&district, &people::civil_affairs(), Template::CommendationProposed).await;
    assert!(told.about.as_ref().unwrap().subject.ends_with(&known.report_id), "the anonymous one waits");
    assert!(!format!("{told:?}").contains(NAME));
    let shown = format!("{proposed:?}");
    assert!(!shown.contains(NAME), "who reported stays sealed: {shown}");

    // civil affairs decides and nobody else
    let mut others = district.clients.commendations(&people::police()).unwrap();
    let refused = others.grant_commendation(grant("police", &known.report_id)).await.unwrap_err();
    assert_eq!(refusal(&refused).1, "PERMISSION_DENIED");
    let refused = others.list_commendations(ListCommendationsRequest::default()).await.unwrap_err();
    assert_eq!(refusal(&refused).1, "PERMISSION_DENIED");

    // the anonymous one waits until somebody comes with the receipt code
    let mut civil = district.clients.commendations(&people::civil_affairs()).unwrap();
    let refused = civil.grant_commendation(grant("early", &unknown.report_id)).await.unwrap_err();
    assert_eq!(missing(&refused), ["receipt-code"]);
    let claim = |step: &str, code: &str| ClaimCommendationRequest {
        request_id: step.to_owned(),
        receipt_code: code.to_owned(),
        name: Some(NAME.to_owned()),
        phone: None,
    };
    let mut anybody = district.clients.commendations(&people::teacher()).unwrap();
    let refused = anybody.claim_commendation(claim("guess", "22222-22222")).await.unwrap_err();
    assert_eq!(refusal(&refused), refused_by("RPT-6", "NOT_FOUND"));
    anybody.claim_commendation(claim("claim", &unknown_code)).await.unwrap();
    let granted = civil.grant_commendation(grant("grant", &unknown.report_id)).await.unwrap().into_inner();
    let position = granted.receipt.unwrap().position;
    assert_eq!(by_receipt(&district, &unknown_code, position).await, CommendationState::Granted);

    // the named one is refused, with a reason, once
    let refuse = |step: &str| RefuseCommendationRequest {
        request_id: step.to_owned(),
        report_id: known.report_id.clone(),
        reason: CommendationRefusal::ReporterInvolved.into(),
        ..RefuseCommendationRequest::default()
    };
    let decided = civil.refuse_commendation(refuse("refuse")).await.unwrap().into_inner();
    let position = decided.receipt.unwrap().position;
    assert_eq!(by_receipt(&district, &known_code, position).await, CommendationState::Refused);
    let refused = civil.grant_commendation(grant("after", &known.report_id)).await.unwrap_err();
    assert_eq!(refusal(&refused), refused_by("RPT-6", "WRONG_STATE"));
    let open = ListCommendationsRequest { freshness: Some(freshness(position)), ..Default::default() };
    assert!(civil.list_commendations(open).await.unwrap().into_inner().commendations.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn rpt_6_rpt_4_whoever_reported_the_same_event_is_proposed_for_commendation_too() {
    let district = district().await;
    let play = district.play(1);
    let mut story = play.register().await.unwrap();
    let village_code = play.child().household.unwrap().village_code;
    let citizen = || ReporterInput { unit_id: None, ..named(ReporterClass::Citizen) };
    let mut reports = Vec::new();
    for (number, reporter) in [citizen(), citizen(), named(ReporterClass::School)].into_iter().enumerate() {
        let report = SubmitReportRequest {
            signs: Some(DangerSigns { signs_of_injury_or_crime: true, ..DangerSigns::default() }),
            village_code: Some(village_code.clone()),
            ..bare(&format!("one-{number}"), &[Situation::LivingAlone, Situation::DomesticViolence], reporter)
        };
        let report_id = submit(&district, report).await.unwrap().receipt.unwrap().id;
        let incident_id = incident_of(&district.clients, &report_id).await.unwrap();
        reports.push((report_id, incident_id));
    }
    (story.report_id, story.incident_id) = reports[0].clone();
    let mut inquiries = district.clients.inquiries(&people::police()).unwrap();
    for (number, (_, incident_id)) in reports[1..].iter().enumerate() {
        let link = LinkIncidentRequest {
            request_id: format!("link-{number}"),
            incident_id: incident_id.clone(),
            main_incident_id: story.incident_id.clone(),
            reasons: vec![LinkReason::SameVillage.into()],
            ..LinkIncidentRequest::default()
        };
        inquiries.link_incident(link).await.unwrap();
    }
    play.police(&mut story).await.unwrap();
    // both citizens are proposed for the incident that police concluded; the school had to report
    commendations(&district, &reports[0].0).await;
    let proposed = commendations(&district, &reports[1].0).await;
    let mut of: Vec<&str> = proposed.iter().map(|one| one.report_id.as_str()).collect();
    let mut expected = [reports[0].0.as_str(), reports[1].0.as_str()];
    of.sort_unstable();
    expected.sort_unstable();
    assert_eq!(of, expected);
    assert!(proposed.iter().all(|one| one.incident_id == story.incident_id));
}
