//! Who is on the roll, and how it ends (DEF-1, DEF-2).

use super::*;
use kinward_contracts::custody::v1::OpenCaseRequest;
use kinward_contracts::departments::v1::GetCaseRequest;
use kinward_contracts::registry::v1::{
    ChildStatus, GapKind, ParentFacts, RecordParentWhereaboutsRequest, StatusReason, Whereabouts,
};
use kinward_contracts::r#type::v1::{Capacity, ClockOutcome, Freshness};

#[tokio::test(flavor = "multi_thread")]
async fn def_1_def_2_the_status_follows_the_facts_with_reason_and_date() {
    let district = district().await;
    let child = Child::registered(&district, 1).await;
    let file = child.file().await;
    assert_eq!(
        (file.status(), file.status_reason()),
        (ChildStatus::LeftBehind, StatusReason::BothParentsAway)
    );
    assert_eq!(file.status_since_on, today(&district));
    assert_eq!(file.gap(), GapKind::LivesAlone);
    let mut children = district.clients.children(&child.keeper()).unwrap();
    let record = |step: &str, person: usize, whereabouts: Whereabouts, capacity: Capacity| {
        let lives_with_child = whereabouts == Whereabouts::AtHome;
        RecordParentWhereaboutsRequest {
            request_id: id(step),
            child_id: child.id.clone(),
            person_id: child.parents[person].clone(),
            facts: Some(ParentFacts {
                whereabouts: whereabouts.into(),
                capacity: capacity.into(),
                lives_with_child,
                since_on: None,
            }),
            ..Default::default()
        }
    };
    let request = record("without-capacity", 0, Whereabouts::AtHome, Capacity::None);
    children.record_parent_whereabouts(request).await.unwrap();
    let file = child.file().await;
    assert_eq!(file.status(), ChildStatus::LeftBehind, "the one at home cannot act as guardian");
    let request = record("restored", 0, Whereabouts::AtHome, Capacity::Full);
    let status = children.record_parent_whereabouts(request).await.unwrap().into_inner().status();
    let file = child.file().await;
    assert_eq!((status, file.status_reason()), (ChildStatus::NotLeftBehind, StatusReason::CapacityRestored));
    assert_eq!(file.gap(), GapKind::Unspecified);
    let request = record("away", 0, Whereabouts::AwayForWork, Capacity::Full);
    children.record_parent_whereabouts(request).await.unwrap();
    let request = record("joined", 1, Whereabouts::JoinedByChild, Capacity::Full);
    children.record_parent_whereabouts(request).await.unwrap();
    let file = child.file().await;
    assert_eq!(
        (file.status(), file.status_reason()),
        (ChildStatus::NotLeftBehind, StatusReason::JoinedParents)
    );
}

/// Born on 2011-01-03: sixteen in forty days. The village is told thirty days before.
#[tokio::test(flavor = "multi_thread")]
async fn def_2_the_status_ends_on_the_birthday_by_itself_stays_ended_and_leaves_the_protection_case_open() {
    let district = district().await;
    let mut request = district.play(2).child();
    request.birth_date = "2011-01-03".to_owned();
    request.identity_number = None;
    let child = Child::of(&district, request).await;
    let mut cases = district.clients.cases(&people::civil_affairs()).unwrap();
    let request = OpenCaseRequest {
        request_id: id("case"),
        child_id: child.id.clone(),
        guardian_person_ids: child.parents.clone(),
        village_code: child.village.clone(),
        ..Default::default()
    };
    let case_id = cases.open_case(request).await.unwrap().into_inner().receipt.unwrap().id;
    let stage = async || {
        let freshness = Some(Freshness::at_least(district.position().await));
        let mut civil = district.clients.civil_affairs(&people::civil_affairs()).unwrap();
        let request = GetCaseRequest { case_id: case_id.clone(), freshness };
        civil.get_case(request).await.unwrap().into_inner().case.unwrap().stage
    };
    let opened = stage().await;

    let clock = child.clock("left-behind-ends").await;
    assert_eq!(clock.variant, "month", "the day is not in the log yet");
    district.advance(chrono::Duration::days(7));
    let variant = async || {
        let clock = child.clock("left-behind-ends").await;
        (clock.variant == "day").then_some(clock)
    };
    let clock = district.until(variant).await;
    assert_eq!(
        clock.due_at.unwrap().seconds,
        "2027-01-02T16:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp()
    );
    district.advance(chrono::Duration::days(4));
    district.until(async || child.clock("left-behind-ends").await.warned.then_some(())).await;
    assert_eq!(child.file().await.status(), ChildStatus::LeftBehind);

    district.advance(chrono::Duration::days(30));
    let ended = async || {
        let file = child.file().await;
        (file.status() == ChildStatus::TurnedSixteen).then_some(file)
    };
    let file = district.until(ended).await;
    assert_eq!(
        (file.status_reason(), file.status_since_on.as_str()),
        (StatusReason::TurnedSixteen, "2027-01-03")
    );
    assert_eq!(child.clock("left-behind-ends").await.outcome(), ClockOutcome::Met);
    assert!(!child.duties().await.contains(&"parent-contact".to_owned()));
    assert_eq!(stage().await, opened, "the protection case goes on");
    let mut children = district.clients.children(&child.keeper()).unwrap();
    let request = RecordParentWhereaboutsRequest {
        request_id: id("later"),
        child_id: child.id.clone(),
        person_id: child.parents[0].clone(),
        facts: Some(ParentFacts { whereabouts: Whereabouts::AwayForWork.into(), ..ParentFacts::default() }),
        ..Default::default()
    };
    children.record_parent_whereabouts(request).await.unwrap();
    assert_eq!(child.file().await.status(), ChildStatus::TurnedSixteen);
}
