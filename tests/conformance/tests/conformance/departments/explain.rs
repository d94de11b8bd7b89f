//! Why and why not: one query answers, from the same rules that decide (BEY-2).

use crate::custody::{Opened, patient};
use crate::{district, refusal};
use kinward::people;
use kinward_chassis::Principal;
use kinward_contracts::custody::v1::{Consequence, Petitioner};
use kinward_contracts::departments::v1::{
    ExplainCaseRequest, ExplainCaseResponse, ExplainChildRequest, ExplainChildResponse,
};
use kinward_contracts::dispatch::v1::{AcceptIncidentRequest, GetIncidentRequest};
use kinward_contracts::instant;
use kinward_contracts::registry::v1::{ChildStatus, ListOpenDutiesRequest, StatusReason};
use kinward_contracts::r#type::v1::{Department, Duty, Freshness, Ground};
use kinward_story::District;
use std::collections::BTreeSet;
use tonic::Status;

async fn explained(
    district: &District,
    by: &Principal,
    child_id: &str,
) -> Result<ExplainChildResponse, Status> {
    let freshness = Some(Freshness::at_least(district.position().await));
    let request = ExplainChildRequest { child_id: child_id.to_owned(), freshness };
    Ok(district.clients.explain(by).unwrap().explain_child(patient(request)).await?.into_inner())
}

async fn explained_case(
    district: &District,
    by: &Principal,
    case_id: &str,
) -> Result<ExplainCaseResponse, Status> {
    let freshness = Some(Freshness::at_least(district.position().await));
    let request = ExplainCaseRequest { case_id: case_id.to_owned(), freshness };
    Ok(district.clients.explain(by).unwrap().explain_case(patient(request)).await?.into_inner())
}

/// The duties of one aggregate.
fn of<'a>(answer: &'a ExplainChildResponse, aggregate: &str, id: &str) -> Vec<&'a Duty> {
    let of_it = |duty: &&Duty| (duty.aggregate.as_str(), duty.aggregate_id.as_str()) == (aggregate, id);
    answer.duties.iter().filter(of_it).collect()
}

fn names<'a>(duties: &[&'a Duty]) -> BTreeSet<&'a str> {
    duties.iter().map(|duty| duty.what.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn bey_2_a_child_is_explained_status_and_every_open_duty_whose_since_when_and_by_which_rule() {
    let district = district().await;
    let play = district.play(1);
    let mut story = play.register().await.unwrap();
    let civil_affairs = people::civil_affairs();
    let answer = explained(&district, &civil_affairs, &story.child_id).await.unwrap();
    assert_eq!(answer.status(), ChildStatus::LeftBehind);
    assert_eq!(answer.status_reason(), StatusReason::BothParentsAway);
    assert!(!answer.status_since_on.is_empty() && answer.position >= story.position);

    // the registry, which decides, says the same
    let mut children = district.clients.children(&civil_affairs).unwrap();
    let request = ListOpenDutiesRequest { child_id: story.child_id.clone() };
    let decides = children.list_open_duties(request).await.unwrap().into_inner().duties;
    assert_eq!(of(&answer, "registry.child", &story.child_id), decides.iter().collect::<Vec<_>>());
    let visit = answer.duties.iter().find(|duty| duty.what == "village-visit").unwrap();
    assert_eq!(
        (visit.department(), visit.rule.as_str(), visit.overdue),
        (Department::Village, "TWN-2", false)
    );
    assert!(
        visit.due_at.is_some() && visit.due_at != visit.since && visit.message_zh.contains("走访"),
        "{visit:?}"
    );

    // reported: police owe the next step, with its clock
    play.report(&mut story).await.unwrap();
    let answer = explained(&district, &civil_affairs, &story.child_id).await.unwrap();
    let incident = of(&answer, "dispatch.incident", &story.incident_id);
    let accept = incident.iter().find(|duty| duty.what == "accept-incident").unwrap();
    assert_eq!((accept.department(), accept.rule.as_str()), (Department::PublicSecurity, "DSP-1"));
    let minutes =
        accept.due_at.as_ref().and_then(instant).unwrap() - accept.since.as_ref().and_then(instant).unwrap();
    assert_eq!(minutes, chrono::Duration::minutes(10));

    // accepted: the next step is another, and what dispatch says is missing is what is owed
    let mut police = district.clients.incidents(&people::police()).unwrap();
    let request = AcceptIncidentRequest {
        request_id: "accept".to_owned(),
        incident_id: story.incident_id.clone(),
        unit_id: "police-430903".to_owned(),
        ..AcceptIncidentRequest::default()
    };
    police.accept_incident(request).await.unwrap();
    let answer = explained(&district, &people::police(), &story.child_id).await.unwrap();
    let owed = names(&of(&answer, "dispatch.incident", &story.incident_id));
    let mut registers = district.clients.registers(&people::police()).unwrap();
    let request = GetIncidentRequest { incident_id: story.incident_id.clone() };
    let incident = registers.get_incident(request).await.unwrap().into_inner();
    let missing: BTreeSet<&str> =
        incident.dispositions.iter().filter(|one| !one.done).map(|one| one.what.as_str()).collect();
    assert!(!missing.is_empty());
    assert_eq!(owed, missing.iter().copied().chain(["dispatch-unit"]).collect());

    // late is overdue
    district.advance(chrono::Duration::minutes(61));
    district
        .until(async || {
            let answer = explained(&district, &civil_affairs, &story.child_id).await.unwrap();
            let late = answer.duties.iter().any(|duty| duty.what == "dispatch-unit" && duty.overdue);
            late.then_some(())
        })
        .await;

    // the child's own township sees it, another does not, and who has no part in it neither
    assert!(explained(&district, &people::township(people::TOWNSHIP), &story.child_id).await.is_ok());
    for other in [people::township("430903100"), people::teacher(), people::court()] {
        let refused = explained(&district, &other, &story.child_id).await.unwrap_err();
        assert_eq!(refusal(&refused).1, "PERMISSION_DENIED", "{}", other.unit);
    }
    let unknown = explained(&district, &civil_affairs, "11111111-1111-4111-8111-111111111111").await;
    assert_eq!(refusal(&unknown.unwrap_err()), ("BEY-2".to_owned(), "NOT_FOUND".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn bey_2_cus_3c_a_case_is_explained_each_ground_met_by_which_events_or_missing_what_and_the_next_step()
{
    let district = district().await;
    let case = Opened::open(&district, 1).await;
    let civil_affairs = people::civil_affairs();
    let of_father = |answer: ExplainCaseResponse| {
        let mut guardians = answer.guardians.into_iter();
        guardians.find(|guardian| guardian.guardian_person_id == case.father).unwrap()
    };
    let answer = explained_case(&district, &civil_affairs, &case.case_id).await.unwrap();
    assert_eq!((answer.child_id.as_str(), answer.guardians.len()), (case.child_id.as_str(), 2));
    assert!(answer.duties.is_empty());
    let father = of_father(answer);
    assert_eq!(father.grounds.len(), 6);
    assert!(!father.may_petition && father.events.is_empty());
    assert!(father.grounds.iter().all(|ground| !ground.met && !ground.missing.is_empty()));

    // half of a ground: what is there, and what is missing
    case.refuse("2026-05-01").await;
    let father = of_father(explained_case(&district, &civil_affairs, &case.case_id).await.unwrap());
    let refused = father.grounds.iter().find(|ground| ground.ground() == Ground::DutyRefused).unwrap();
    assert_eq!(
        refused.missing.iter().map(|one| one.what.as_str()).collect::<Vec<_>>(),
        ["displaced-or-without-livelihood"]
    );
    assert!(!father.may_petition && refused.rule == "CUS-3c");
    // custody, which decides, says the same
    for ground in &father.grounds {
        assert_eq!(*ground, case.ground(ground.ground(), None).await);
    }

    // met: by these events, and the next step is a petition
    case.suffer(Consequence::Displaced, "2026-06-01").await;
    case.duty("petition").await;
    let answer = explained_case(&district, &civil_affairs, &case.case_id).await.unwrap();
    let petition = answer.duties.iter().find(|duty| duty.what == "petition").unwrap().clone();
    assert_eq!((petition.rule.as_str(), petition.missing[0].what.as_str()), ("CUS-2", "petition"));
    assert!(petition.due_at.is_some() && petition.article.contains("民法典"), "{petition:?}");
    let father = of_father(answer);
    assert!(father.may_petition);
    let types: Vec<&str> =
        father.events.iter().map(|event| event.event_type.rsplit('.').next().unwrap()).collect();
    assert_eq!(types, ["DutyRefused", "ConsequenceRecorded"]);
    assert_eq!(father.events[0].unit_id, "civil-affairs-430903");
    let met = case.holds(Ground::DutyRefused, None, 2).await;
    assert_eq!(met, father.events.iter().map(|event| event.event_id.clone()).collect::<Vec<_>>());

    // before the court: nobody petitions again, and the next step is the court's
    case.petition(&case.office(), Petitioner::VillageCommittee, Ground::DutyRefused).await.unwrap();
    let answer = explained_case(&district, &people::police(), &case.case_id).await.unwrap();
    let next = answer.duties.iter().find(|duty| duty.what == "accept-petition").unwrap();
    assert_eq!((next.department(), next.rule.as_str()), (Department::Court, "CUS-4"));
    assert!(!of_father(answer).may_petition);

    // the same stands among the child's duties
    let child = explained(&district, &civil_affairs, &case.child_id).await.unwrap();
    assert!(names(&of(&child, "custody.case", &case.case_id)).contains("accept-petition"));
    let outside = explained_case(&district, &people::township("430903100"), &case.case_id).await.unwrap_err();
    assert_eq!(refusal(&outside).1, "PERMISSION_DENIED");
}
