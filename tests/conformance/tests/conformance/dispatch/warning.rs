//! LAW-2: the warning letter in light domestic violence.

use super::*;
use kinward_contracts::dispatch::v1::{
    GetWarningRequest, IssueWarningRequest, Prohibition, RecordWarningVisitRequest, ServeWarningRequest,
    ServedParty, WarningFinding,
};
use kinward_contracts::notification::v1::ListNoticesRequest;
use kinward_contracts::r#type::v1::Department;

#[tokio::test(flavor = "multi_thread")]
async fn law_2_bey_4_a_warning_letter_is_issued_in_light_violence_served_on_three_and_followed_up() {
    let district = district().await;
    let mut scene = here(&district, &[Situation::DomesticViolence]).await;
    scene.arrive().await;
    let parents = scene.parents().await;
    let mut warnings = district.clients.warnings(&people::police()).unwrap();
    let issue = |incident_id: &str| IssueWarningRequest {
        request_id: next(),
        incident_id: incident_id.to_owned(),
        infringer_person_id: parents[0].clone(),
        infringer_name: "贺某".to_owned(),
        infringer_identity_number: None,
        facts: "酒后掌掴一次，未致伤".to_owned(),
        prohibitions: vec![Prohibition::DomesticViolence.into(), Prohibition::Threats.into()],
        occurred_at: None,
    };
    let other = here(&district, &[Situation::LivingAlone]).await;
    let refused = warnings.issue_warning(issue(&other.id)).await.unwrap_err();
    assert_eq!(said(&refused), "LAW-2 WRONG_STATE", "it is for domestic violence");
    let signs = DangerSigns { serious_injury: true, ..DangerSigns::default() };
    let grave =
        Said { situations: &[Situation::DomesticViolence], signs, village: Some(VILLAGE), ..Said::default() };
    let grave = reported(&district, grave).await;
    let refused = warnings.issue_warning(issue(&grave.id)).await.unwrap_err();
    assert_eq!(said(&refused), "LAW-2 WRONG_STATE", "what is grave is punished");
    let toothless =
        IssueWarningRequest { prohibitions: vec![Prohibition::Harassment.into()], ..issue(&scene.id) };
    let refused = warnings.issue_warning(toothless).await.unwrap_err();
    assert_eq!(said(&refused), "LAW-2 INVALID_ARGUMENT");
    let warning_id = warnings.issue_warning(issue(&scene.id)).await.unwrap().into_inner().warning_id;
    // the village committee is told, and whoever was warned is not, in office or out of it
    let committee_office = people::village(VILLAGE);
    let told = notice_of(&district, &committee_office, Template::WarningIssued).await;
    assert!(!format!("{told:?}").contains(&parents[0]));
    let infringer = Principal { person: parents[0].clone(), ..committee_office };
    let freshness = Some(Freshness::at_least(district.position().await));
    let request = ListNoticesRequest { freshness, page_size: 200, page_token: String::new() };
    let mut his = district.clients.notices(&infringer).unwrap();
    let shown = his.list_notices(long(request)).await.unwrap().into_inner().notices;
    assert!(shown.iter().all(|one| one.template() != Template::WarningIssued), "{shown:?}");

    let serve = |party: ServedParty, person: Option<&str>, unit: Option<&str>| ServeWarningRequest {
        request_id: next(),
        warning_id: warning_id.clone(),
        party: party.into(),
        receiver_person_id: person.map(str::to_owned),
        receiver_unit_id: unit.map(str::to_owned),
        ..ServeWarningRequest::default()
    };
    let visit = |finding: WarningFinding| RecordWarningVisitRequest {
        request_id: next(),
        warning_id: warning_id.clone(),
        finding: finding.into(),
        notes: Some("家中平静".to_owned()),
        ..RecordWarningVisitRequest::default()
    };
    let early = warnings.record_warning_visit(visit(WarningFinding::NoViolence)).await.unwrap_err();
    assert_eq!(said(&early), "LAW-2 WRONG_STATE");
    let through_him = serve(ServedParty::Victim, Some(&parents[0]), None);
    let refused = warnings.serve_warning(through_him).await.unwrap_err();
    assert_eq!(said(&refused), "BEY-4 NOT_ENTITLED", "a child's copy never goes through the infringer");
    warnings.serve_warning(serve(ServedParty::Infringer, Some(&parents[0]), None)).await.unwrap();
    warnings.serve_warning(serve(ServedParty::Victim, Some(&parents[1]), None)).await.unwrap();
    let get = GetWarningRequest { warning_id: warning_id.clone() };
    let so_far = warnings.get_warning(get.clone()).await.unwrap().into_inner();
    assert_eq!(so_far.missing().collect::<Vec<_>>(), [ServedParty::VillageCommittee]);
    let committee = format!("village-{VILLAGE}");
    let to_village = serve(ServedParty::VillageCommittee, None, Some(&committee));
    warnings.serve_warning(to_village).await.unwrap();

    warnings.record_warning_visit(visit(WarningFinding::NoViolence)).await.unwrap();
    let mut village = district.clients.warnings(&people::village(VILLAGE)).unwrap();
    village.record_warning_visit(visit(WarningFinding::ViolenceAgain)).await.unwrap();
    let mut elsewhere = district.clients.warnings(&people::village("430903112201")).unwrap();
    let denied = elsewhere.record_warning_visit(visit(WarningFinding::NoViolence)).await.unwrap_err();
    assert_eq!(denied.code(), tonic::Code::PermissionDenied);
    assert_eq!(elsewhere.get_warning(get.clone()).await.unwrap_err().code(), tonic::Code::PermissionDenied);
    let letter = village.get_warning(get).await.unwrap().into_inner();
    assert!(letter.missing.is_empty());
    assert_eq!(letter.served.len(), 3);
    let visits: Vec<(Department, WarningFinding)> =
        letter.visits.iter().map(|visit| (visit.department(), visit.finding())).collect();
    assert_eq!(
        visits,
        [
            (Department::PublicSecurity, WarningFinding::NoViolence),
            (Department::Village, WarningFinding::ViolenceAgain)
        ]
    );
}
