//! Who had to report and did not is held to account by its superior (RPT-5).

use super::*;
use kinward_contracts::notification::v1::Template;
use kinward_contracts::reporting::v1::{
    DecideOmissionCaseRequest, ListOmissionCasesRequest, ListOmissionCasesResponse, OmissionOutcome,
    OpenOmissionCaseRequest, OpenOmissionCaseResponse,
};
use kinward_contracts::timestamp;

fn known(district: &District, step: &str, class: ReporterClass) -> OpenOmissionCaseRequest {
    OpenOmissionCaseRequest {
        request_id: step.to_owned(),
        reporter_class: class.into(),
        unit_id: format!("village-{VILLAGE}"),
        staff_name: Some(NAME.to_owned()),
        knew_at: Some(timestamp(district.now() - chrono::Duration::days(3))),
        situations: vec![Situation::LivingAlone.into()],
        incident_id: Some("00000000-0000-8000-8000-000000000001".to_owned()),
        village_code: Some(VILLAGE.to_owned()),
        findings: "村委会三日前已知情".to_owned(),
        ..OpenOmissionCaseRequest::default()
    }
}

async fn open(
    district: &District,
    caller: &Principal,
    request: OpenOmissionCaseRequest,
) -> Result<OpenOmissionCaseResponse, Status> {
    let mut omissions = district.clients.omissions(caller).unwrap();
    omissions.open_omission_case(request).await.map(tonic::Response::into_inner)
}

async fn list(
    district: &District,
    caller: &Principal,
    position: u64,
    decided_too: bool,
) -> ListOmissionCasesResponse {
    let mut omissions = district.clients.omissions(caller).unwrap();
    let request = ListOmissionCasesRequest {
        freshness: Some(freshness(position)),
        decided_too,
        ..ListOmissionCasesRequest::default()
    };
    omissions.list_omission_cases(long(request)).await.unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn rpt_5_a_mandated_reporter_that_did_not_report_answers_to_its_superior_and_then_to_the_next() {
    let district = district().await;
    let (police, township) = (people::police(), people::township(people::TOWNSHIP));
    let civil_affairs = people::civil_affairs();

    // refused: who need not report; who may not open; a case found nowhere; a unit nobody knows
    let voluntary = known(&district, "voluntary", ReporterClass::Citizen);
    let refused = open(&district, &police, voluntary).await.unwrap_err();
    assert_eq!(refusal(&refused), refused_by("RPT-5", "INVALID_ARGUMENT"));
    let case = known(&district, "open", ReporterClass::VillageCommittee);
    let refused = open(&district, &people::teacher(), case.clone()).await.unwrap_err();
    assert_eq!(refusal(&refused).1, "PERMISSION_DENIED");
    let elsewhere = people::township("430903112");
    assert_eq!(refusal(&open(&district, &elsewhere, case.clone()).await.unwrap_err()).1, "PERMISSION_DENIED");
    let nowhere =
        OpenOmissionCaseRequest { request_id: "nowhere".to_owned(), incident_id: None, ..case.clone() };
    let refused = open(&district, &police, nowhere).await.unwrap_err();
    assert_eq!(refusal(&refused), refused_by("RPT-5", "INVALID_ARGUMENT"));
    let nobody = OpenOmissionCaseRequest {
        request_id: "nobody".to_owned(),
        unit_id: "nobody".to_owned(),
        ..case.clone()
    };
    let refused = open(&district, &police, nobody).await.unwrap_err();
    assert_eq!(refusal(&refused), refused_by("RPT-5", "UNKNOWN_REFERENCE"));

    // opened: the township above the village has thirty days
    let opened = open(&district, &police, case).await.unwrap();
    let receipt = opened.receipt.unwrap();
    assert_eq!(opened.superior_unit_id, format!("township-{}", people::TOWNSHIP));
    let told = notice_of(&district, &township, Template::FailureToReport).await;
    assert!(told.about.as_ref().unwrap().subject.ends_with(&receipt.id));
    assert!(!format!("{told:?}").contains(NAME));
    let seen = list(&district, &township, receipt.position, false).await.cases;
    assert_eq!((seen.len(), seen[0].omission_case_id.as_str()), (1, receipt.id.as_str()));
    assert!(!seen[0].overdue && seen[0].due_at.is_some());
    assert_eq!(list(&district, &civil_affairs, receipt.position, false).await.cases.len(), 1, "oversees it");
    assert!(list(&district, &people::village(VILLAGE), receipt.position, true).await.cases.is_empty());

    // nobody else decides
    let decide = |step: &str, outcome: OmissionOutcome| DecideOmissionCaseRequest {
        request_id: step.to_owned(),
        omission_case_id: receipt.id.clone(),
        outcome: outcome.into(),
        reason: "未及时报告，情节轻微".to_owned(),
        ..DecideOmissionCaseRequest::default()
    };
    for stranger in [&police, &people::village(VILLAGE), &civil_affairs] {
        let mut omissions = district.clients.omissions(stranger).unwrap();
        let refused =
            omissions.decide_omission_case(decide("early", OmissionOutcome::Criticised)).await.unwrap_err();
        assert_eq!(refusal(&refused), refused_by("RPT-5", "NOT_ENTITLED"));
    }

    // the township lets its time run out: the case goes up, with a clock of its own
    district.alarms.advance(chrono::Duration::days(31));
    let mut position = receipt.position;
    let escalated = loop {
        let answer = list(&district, &civil_affairs, position, false).await;
        if answer.cases[0].level == 1 {
            break answer.cases[0].clone();
        }
        position = answer.position + 1;
    };
    assert_eq!(escalated.superior_unit_id, "civil-affairs-430903");
    notice_of(&district, &civil_affairs, Template::FailureToReport).await;
    assert!(escalated.overdue && escalated.due_at.is_some());
    let mut omissions = district.clients.omissions(&civil_affairs).unwrap();
    let done = omissions.decide_omission_case(decide("decide", OmissionOutcome::Disciplined)).await.unwrap();
    let position = done.into_inner().receipt.unwrap().position;
    assert!(list(&district, &civil_affairs, position, false).await.cases.is_empty());
    let decided = list(&district, &township, position, true).await.cases;
    assert_eq!(decided[0].outcome(), OmissionOutcome::Disciplined);
    let refused =
        omissions.decide_omission_case(decide("again", OmissionOutcome::Criticised)).await.unwrap_err();
    assert_eq!(refusal(&refused), refused_by("RPT-5", "WRONG_STATE"));
}
