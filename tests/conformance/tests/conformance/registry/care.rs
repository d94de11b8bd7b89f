//! Contact, visits, key cases, difficulties, words to guardians (FAM-3, FAM-4, TWN-2 to TWN-6).

use super::*;
use kinward_contracts::custody::v1::Conduct;
use kinward_contracts::notification::v1::Template;
use kinward_contracts::registry::v1::{
    AdmonishGuardianRequest, AnomalyArea, AssignDifficultyRequest, AssignKeyCaseRequest, ContactKind,
    DifficultyKind, EndKeyCaseRequest, Facilitator, Finding, FlagKeyCaseRequest, OpenDifficultyRequest,
    RecordContactRequest, RecordVisitRequest, ResolveDifficultyRequest, StopGuardianRequest,
    UrgeGuardianRequest, VisitKind, VisitorRole,
};
use kinward_contracts::r#type::v1::ClockOutcome;

#[tokio::test(flavor = "multi_thread")]
async fn fam_3_twn_4_contact_is_logged_with_who_made_it_possible_and_the_clock_warns_and_starts_anew() {
    let district = district().await;
    let child = Child::registered(&district, 1).await;
    let contact = |step: &str, kind: ContactKind, by: Facilitator| RecordContactRequest {
        request_id: id(step),
        child_id: child.id.clone(),
        person_id: child.parents[1].clone(),
        kind: kind.into(),
        facilitated_by: by.into(),
        ..Default::default()
    };
    let mut village = district.clients.care(&child.keeper()).unwrap();
    let mut school = district.clients.care(&people::teacher()).unwrap();
    district.advance(chrono::Duration::days(6));
    district.until(async || child.clock("parent-contact").await.warned.then_some(())).await;
    village.record_contact(contact("video", ContactKind::Video, Facilitator::Village)).await.unwrap();
    let told = notice_of(&district, &child.keeper(), Template::ParentContactDue).await.about.unwrap();
    assert_eq!(told.village_code.as_deref(), Some(child.village.as_str()), "before a week is over");
    let clock = child.clock("parent-contact").await;
    assert_eq!((clock.warned, clock.outcome()), (false, ClockOutcome::Unspecified), "it runs anew");
    school.record_contact(contact("phone", ContactKind::Phone, Facilitator::School)).await.unwrap();
    village.record_contact(contact("visit", ContactKind::Visit, Facilitator::Unspecified)).await.unwrap();
    let file = child.file().await;
    assert_eq!((file.contacts, file.facilitated_contacts), (3, 2), "TWN-4 counts in FAM-3");
    district.advance(chrono::Duration::days(9));
    let missed =
        async || (child.clock("parent-contact").await.outcome() == ClockOutcome::Missed).then_some(());
    district.until(missed).await;
    let told = notice_of(&district, &child.keeper(), Template::ClockMissed).await.about.unwrap();
    assert_eq!(told.clock, "parent-contact");
    assert!(child.duties().await.contains(&"parent-contact".to_owned()), "still owed");
    let mut stranger = contact("stranger", ContactKind::Phone, Facilitator::Village);
    stranger.person_id = "00000000-0000-8000-8000-000000000000".to_owned();
    let refused = village.record_contact(stranger).await.unwrap_err();
    assert_eq!(refusal(&refused), ("FAM-3".to_owned(), "UNKNOWN_REFERENCE".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn twn_2_twn_3_twn_5_visits_have_findings_and_key_cases_are_visited_more_often() {
    let district = district().await;
    let child = Child::registered(&district, 1).await;
    let mut care = district.clients.care(&child.keeper()).unwrap();
    let visit = |step: &str, role: VisitorRole, finding: Finding, area: AnomalyArea| RecordVisitRequest {
        request_id: id(step),
        child_id: child.id.clone(),
        kind: VisitKind::Regular.into(),
        role: role.into(),
        finding: finding.into(),
        anomaly_area: area.into(),
        findings: "家中无成年人照看".to_owned(),
        ..Default::default()
    };
    let began = child.clock("village-visit").await.started_at.unwrap();
    district.advance(chrono::Duration::days(2));
    let committee = VisitorRole::VillageCommittee;
    let request = visit("usual", committee, Finding::Normal, AnomalyArea::Unspecified);
    care.record_visit(request).await.unwrap();
    let clock = child.clock("village-visit").await;
    assert_eq!(clock.started_at.unwrap().seconds, began.seconds + 2 * 86_400);
    let vague = visit("vague", committee, Finding::Anomaly, AnomalyArea::Unspecified);
    let refused = care.record_visit(vague).await.unwrap_err();
    assert_eq!(refusal(&refused), ("TWN-3".to_owned(), "INVALID_ARGUMENT".to_owned()));
    let request = visit("anomaly", committee, Finding::Anomaly, AnomalyArea::Guardianship);
    let receipt = care.record_visit(request).await.unwrap().into_inner().receipt.unwrap();
    let events = district.events_at(receipt.position).await;
    assert!(events.contains(&"AnomalyFound".to_owned()), "an event for the township: {events:?}");
    let told = notice_of(&district, &township(), Template::AnomalyFound).await.about.unwrap();
    assert_eq!(told.child.and_then(|of| of.child_id).as_deref(), Some(child.id.as_str()));
    assert_eq!(told.village_code.as_deref(), Some(child.village.as_str()));

    let flag = |step: &str, role: VisitorRole| FlagKeyCaseRequest {
        request_id: id(step),
        child_id: child.id.clone(),
        reason: "独自居住".to_owned(),
        visitor_role: role.into(),
        visitor_unit_id: format!("township-{}", people::TOWNSHIP),
        visitor_name: "贺春晓".to_owned(),
        ..Default::default()
    };
    let refused = care.flag_key_case(flag("committee", committee)).await.unwrap_err();
    assert_eq!(refusal(&refused), ("TWN-5".to_owned(), "INVALID_ARGUMENT".to_owned()));
    care.flag_key_case(flag("flag", VisitorRole::SocialWorker)).await.unwrap();
    let tight = child.clock("village-visit").await;
    assert_eq!(tight.variant, "key-case");
    assert_eq!(child.file().await.key_case_visitor_role(), VisitorRole::SocialWorker);
    // another visitor goes from now on, and only one who tracks key cases
    let assign = |step: &str, role: VisitorRole| AssignKeyCaseRequest {
        request_id: id(step),
        child_id: child.id.clone(),
        visitor_role: role.into(),
        visitor_unit_id: format!("township-{}", people::TOWNSHIP),
        visitor_name: "汤和风".to_owned(),
        ..Default::default()
    };
    let refused = care.assign_key_case(assign("nobody", committee)).await.unwrap_err();
    assert_eq!(refusal(&refused), ("TWN-5".to_owned(), "INVALID_ARGUMENT".to_owned()));
    care.assign_key_case(assign("assign", VisitorRole::ResidentCadre)).await.unwrap();
    assert_eq!(child.file().await.key_case_visitor_role(), VisitorRole::ResidentCadre);
    district.advance(chrono::Duration::days(1));
    care.record_visit(visit("not-enough", committee, Finding::Normal, AnomalyArea::Unspecified))
        .await
        .unwrap();
    assert_eq!(child.clock("village-visit").await.started_at, tight.started_at);
    let tracked = visit("tracked", VisitorRole::SocialWorker, Finding::Normal, AnomalyArea::Unspecified);
    care.record_visit(tracked).await.unwrap();
    assert_ne!(child.clock("village-visit").await.started_at, tight.started_at);
    let end = EndKeyCaseRequest {
        request_id: id("end"),
        child_id: child.id.clone(),
        reason: "监护已落实".to_owned(),
        ..Default::default()
    };
    care.end_key_case(end).await.unwrap();
    assert_eq!(child.clock("village-visit").await.variant, "");
    assert_eq!(child.file().await.visits, 4);
    let over = care.assign_key_case(assign("over", VisitorRole::SocialWorker)).await.unwrap_err();
    assert_eq!(refusal(&over), ("TWN-5".to_owned(), "WRONG_STATE".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn twn_6_fam_4_difficulties_are_solved_and_guardians_are_spoken_to_by_who_may() {
    let district = district().await;
    let child = Child::registered(&district, 1).await;
    let mut care = district.clients.care(&child.keeper()).unwrap();
    let open = OpenDifficultyRequest {
        request_id: id("open"),
        child_id: child.id.clone(),
        kind: DifficultyKind::Life.into(),
        description: "缺少冬衣".to_owned(),
        ..Default::default()
    };
    let difficulty_id = care.open_difficulty(open).await.unwrap().into_inner().difficulty_id;
    let resolve = |step: &str| ResolveDifficultyRequest {
        request_id: id(step),
        child_id: child.id.clone(),
        difficulty_id: difficulty_id.clone(),
        outcome: "已发放".to_owned(),
        ..Default::default()
    };
    let early = care.resolve_difficulty(resolve("early")).await.unwrap_err();
    assert_eq!(refusal(&early), ("TWN-6".to_owned(), "REQUIREMENT_MISSING".to_owned()));
    assert_eq!(missing(&early), ["difficulty-assigned"]);
    let assign = AssignDifficultyRequest {
        request_id: id("assign"),
        child_id: child.id.clone(),
        difficulty_id: difficulty_id.clone(),
        unit_id: format!("township-{}", people::TOWNSHIP),
        ..Default::default()
    };
    care.assign_difficulty(assign).await.unwrap();
    let file = child.file().await;
    assert!(file.open_difficulties[0].unit_id.starts_with("township-"));
    let mut township = district.clients.care(&township()).unwrap();
    township.resolve_difficulty(resolve("resolve")).await.unwrap();
    assert!(child.file().await.open_difficulties.is_empty());
    assert_eq!(child.clock(&format!("difficulty-{difficulty_id}")).await.outcome(), ClockOutcome::Met);

    let mut police = district.clients.care(&people::police()).unwrap();
    let admonish = AdmonishGuardianRequest {
        request_id: id("admonish"),
        child_id: child.id.clone(),
        person_id: child.parents[0].clone(),
        conduct: Conduct::LeftUnattended.into(),
        narrative: "不得让未满十六周岁儿童单独居住".to_owned(),
        ..Default::default()
    };
    let receipt = police.admonish_guardian(admonish.clone()).await.unwrap().into_inner().receipt.unwrap();
    assert_eq!(district.events_at(receipt.position).await, ["GuardianAdmonished"]);
    let stop = StopGuardianRequest {
        request_id: id("stop"),
        child_id: admonish.child_id.clone(),
        person_id: admonish.person_id.clone(),
        conduct: admonish.conduct,
        narrative: admonish.narrative.clone(),
        ..Default::default()
    };
    care.stop_guardian(stop).await.unwrap();
    let urge = UrgeGuardianRequest {
        request_id: id("urge"),
        child_id: admonish.child_id.clone(),
        person_id: admonish.person_id.clone(),
        conduct: admonish.conduct,
        narrative: "办理委托监护".to_owned(),
        ..Default::default()
    };
    district.clients.care(&people::civil_affairs()).unwrap().urge_guardian(urge).await.unwrap();
    assert_eq!(child.file().await.words_to_guardians, 3);
    let mut court = district.clients.care(&people::court()).unwrap();
    let refused = court.admonish_guardian(admonish).await.unwrap_err();
    assert_eq!(refusal(&refused).1, "PERMISSION_DENIED");
}
