//! Who petitions, who must, and what the court does (CUS-2, CUS-4).

use super::{Opened, patient};
use crate::{district, refusal};
use kinward::people;
use kinward_contracts::custody::v1::{
    Consequence, DesignatedGuardianInput, Petitioner, RuleOnPetitionRequest, Ruling,
};
use kinward_contracts::departments::v1::GetChildFileRequest;
use kinward_contracts::instant;
use kinward_contracts::registry::v1::GuardianshipBasis;
use kinward_contracts::r#type::v1::{Department, Freshness, Ground, Relation};

#[tokio::test(flavor = "multi_thread")]
async fn cus_2_bey_2_when_nobody_petitions_in_time_civil_affairs_must_and_only_a_petition_ends_that() {
    let district = district().await;
    let case = Opened::open(&district, 1).await;
    case.refuse("2026-05-01").await;
    case.suffer(Consequence::Displaced, "2026-06-01").await;
    // only those entitled, each through its own department
    for petitioner in [Petitioner::VillageCommittee, Petitioner::School, Petitioner::CivilAffairs] {
        let refused = case.petition(&people::police(), petitioner, Ground::DutyRefused).await.unwrap_err();
        assert_eq!(refusal(&refused), ("CUS-2".to_owned(), "NOT_ENTITLED".to_owned()));
    }
    let anybody = case.duty("petition").await;
    assert_eq!((anybody.department(), anybody.overdue), (Department::Unspecified, false));
    assert_eq!(anybody.missing[0].what, "petition");
    let due = anybody.due_at.as_ref().and_then(instant).unwrap();
    district.advance(due - district.now() - chrono::Duration::seconds(1));
    assert!(case.has_duty("petition").await && !case.has_duty("petition-by-civil-affairs").await);
    while !case.timeline().await.contains(&"ClockWarned".to_owned()) {
        tokio::task::yield_now().await;
    }
    district.advance(chrono::Duration::seconds(1));
    let must = case.duty("petition-by-civil-affairs").await;
    assert_eq!((must.department(), must.overdue), (Department::CivilAffairs, true));
    assert_eq!((must.since.as_ref().and_then(instant), must.rule.as_str()), (Some(due), "CUS-2"));
    assert!(must.article.contains("民法典 36"));
    // days pass, and it stays
    district.advance(chrono::Duration::days(40));
    assert!(case.has_duty("petition-by-civil-affairs").await);
    case.petition(&people::civil_affairs(), Petitioner::CivilAffairs, Ground::DutyRefused).await.unwrap();
    assert!(!case.has_duty("petition-by-civil-affairs").await);
    assert_eq!(case.duty("accept-petition").await.department(), Department::Court);
    let timeline = case.timeline().await;
    let count = |name: &str| timeline.iter().filter(|one| *one == name).count();
    assert_eq!((count("ClockWarned"), count("ClockMissed"), count("ClockMet")), (1, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn cus_4_bey_2_the_court_refuses_lets_withdraw_or_revokes_and_designates() {
    let district = district().await;
    let case = Opened::open(&district, 1).await;
    case.refuse("2026-05-01").await;
    case.suffer(Consequence::Displaced, "2026-06-01").await;
    let rule = |petition_id: String, ruling: Ruling, designated| RuleOnPetitionRequest {
        request_id: case.request(),
        case_id: case.case(),
        petition_id,
        ruling: ruling.into(),
        designated,
        ..Default::default()
    };
    let aunt = || {
        Some(DesignatedGuardianInput {
            person_id: None,
            relation: Relation::PaternalAunt.into(),
            name: "贺青禾".to_owned(),
            phone: None,
        })
    };
    let court = people::court();
    // refused: back to assistance, and a new petition is possible
    let petition_id = case.heard(Ground::DutyRefused).await;
    assert_eq!(case.duty("rule-on-petition").await.about_id, petition_id);
    let early = rule(petition_id.clone(), Ruling::Refused, None);
    let refused = case.cases(&case.office()).rule_on_petition(early).await;
    assert_eq!(refusal(&refused.unwrap_err()), ("CUS-4".to_owned(), "NOT_ENTITLED".to_owned()));
    case.cases(&court).rule_on_petition(rule(petition_id, Ruling::Refused, None)).await.unwrap();
    assert!(case.timeline().await.contains(&"ReturnedToAssistance".to_owned()));
    // withdrawn by whoever filed it: somebody must petition again
    let petition_id = case.heard(Ground::DutyRefused).await;
    let withdraw = rule(petition_id, Ruling::Withdrawn, None);
    case.cases(&case.office()).rule_on_petition(withdraw).await.unwrap();
    assert!(case.has_duty("petition").await);
    // revoked: another guardian, and support is still owed
    let petition_id = case.heard(Ground::DutyRefused).await;
    let nobody = case.cases(&court).rule_on_petition(rule(petition_id.clone(), Ruling::Revoked, None)).await;
    assert_eq!(refusal(&nobody.unwrap_err()), ("CUS-4".to_owned(), "INVALID_ARGUMENT".to_owned()));
    let revoked = rule(petition_id, Ruling::Revoked, aunt());
    let revoked = case.cases(&court).rule_on_petition(revoked).await.unwrap().into_inner();
    assert!(!revoked.guardian_person_id.is_empty());
    let support = case.duty("support").await;
    assert_eq!((support.person_id.as_str(), support.rule.as_str()), (case.father.as_str(), "L39"));
    assert_eq!(case.duties().await.len(), 1);
    // the registry's guardianship follows by event
    let mut township = district.clients.township(&people::township(people::TOWNSHIP)).unwrap();
    let mut position = revoked.receipt.unwrap().position;
    loop {
        let freshness = Some(Freshness::at_least(position));
        let request = GetChildFileRequest { child_id: case.child_id.clone(), freshness };
        let file = township.get_child_file(patient(request)).await.unwrap().into_inner();
        if file.guardians.iter().any(|one| one.basis() == GuardianshipBasis::Court) {
            break;
        }
        position = file.position + 1;
    }
}
