//! ASM-2: needs, services, outcomes.

use super::super::{district, missing, refusal};
use super::{finalise, lead, open, seen_by};
use kinward::people;
use kinward_contracts::assessment::v1::{
    ClosePlanRequest, CloseServiceRequest, Dimension, DrawUpPlanRequest, NeedInput, OrderServiceRequest,
    RecordDeliveryRequest, ReviewServiceRequest, Risk, ServiceKind, ServiceOutcome, Stage,
};
use kinward_story::District;

fn need(dimension: Dimension, services: &[ServiceKind], none: Option<&str>) -> NeedInput {
    NeedInput {
        dimension: dimension.into(),
        description: format!("需求：{dimension:?}"),
        services: services.iter().map(|service| i32::from(*service)).collect(),
        no_service_reason: none.map(str::to_owned),
    }
}

fn plan(assessment_id: &str, request: &str, needs: Vec<NeedInput>) -> DrawUpPlanRequest {
    DrawUpPlanRequest {
        request_id: request.to_owned(),
        assessment_id: assessment_id.to_owned(),
        goals: "恢复安全与健康".to_owned(),
        needs,
        ..Default::default()
    }
}

/// What the duties of the plan say is next.
async fn next(district: &District, id: &str) -> Vec<String> {
    let seen = seen_by(district, &lead(), id).await.unwrap();
    seen.duties.into_iter().filter(|duty| duty.rule == "ASM-2").map(|duty| duty.what).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn asm_2_bey_2_each_need_has_services_or_a_reasoned_none_and_the_plan_closes_with_every_outcome() {
    let district = district().await;
    let story = district.play(1).register().await.unwrap();
    let id = open(&district, &people::civil_affairs(), &story.child_id, "open").await.unwrap().id;
    let mut leading = district.clients.assessments(&lead()).unwrap();
    let counselling = [ServiceKind::PsychologicalCounselling, ServiceKind::GuardianshipGuidance];
    let needs = || {
        vec![
            need(Dimension::Health, &counselling, None),
            need(Dimension::Guardianship, &[], Some("父母已返乡，不需服务")),
            need(Dimension::Safety, &[], Some("已脱离危险")),
        ]
    };
    let early = leading.draw_up_plan(plan(&id, "early", needs())).await.unwrap_err();
    assert_eq!(refusal(&early), ("ASM-2".to_owned(), "WRONG_STATE".to_owned()));
    finalise(&district, &id, Risk::Medium).await;
    assert_eq!(next(&district, &id).await, ["draw-up-plan"]);
    // a dimension of concern without a need, and a need with neither a service nor the reason why none
    let one = vec![need(Dimension::Health, &counselling, None), need(Dimension::Guardianship, &[], None)];
    let refused = leading.draw_up_plan(plan(&id, "gaps", one)).await.unwrap_err();
    assert_eq!(refusal(&refused), ("ASM-2".to_owned(), "REQUIREMENT_MISSING".to_owned()));
    assert_eq!(missing(&refused), ["need-safety", "answer-needs[1]"]);
    let items = leading.draw_up_plan(plan(&id, "plan", needs())).await.unwrap().into_inner().item_ids;
    let seen = seen_by(&district, &lead(), &id).await.unwrap();
    assert_eq!((seen.goals.as_str(), seen.items.len()), ("恢复安全与健康", 2));
    let none = seen.needs.iter().find(|need| need.dimension() == Dimension::Safety).unwrap();
    assert_eq!((none.has_services, none.no_service_reason.as_str()), (false, "已脱离危险"));

    let hospital = people::hospital();
    let order = |item: &str| OrderServiceRequest {
        request_id: format!("order-{item}"),
        assessment_id: id.clone(),
        item_id: item.to_owned(),
        provider_unit_id: hospital.unit.clone(),
        ..Default::default()
    };
    let deliver = |item: &str, request: &str| RecordDeliveryRequest {
        request_id: request.to_owned(),
        assessment_id: id.clone(),
        item_id: item.to_owned(),
        report: "首次咨询".to_owned(),
        ..Default::default()
    };
    let close = |item: &str, outcome: ServiceOutcome, request: &str| CloseServiceRequest {
        request_id: request.to_owned(),
        assessment_id: id.clone(),
        item_id: item.to_owned(),
        outcome: outcome.into(),
        ..Default::default()
    };
    let close_plan = |request: &str| ClosePlanRequest {
        request_id: request.to_owned(),
        assessment_id: id.clone(),
        ..Default::default()
    };
    let unordered = leading.record_delivery(deliver(&items[0], "unordered")).await.unwrap_err();
    assert_eq!(refusal(&unordered), ("ASM-2".to_owned(), "WRONG_STATE".to_owned()));
    leading.order_service(order(&items[0])).await.unwrap();
    // the provider records what it did, and reads nothing of the child's health
    let mut providing = district.clients.assessments(&hospital).unwrap();
    providing.record_delivery(deliver(&items[0], "delivered")).await.unwrap();
    let provided = seen_by(&district, &hospital, &id).await.unwrap();
    assert!(provided.dimensions.iter().all(|dimension| dimension.findings.is_empty()));
    assert_eq!(provided.items.iter().filter(|item| item.delivered == 1).count(), 1);
    let unreviewed = leading.close_service(close(&items[0], ServiceOutcome::Achieved, "early-close")).await;
    assert_eq!(refusal(&unreviewed.unwrap_err()), ("ASM-2".to_owned(), "WRONG_STATE".to_owned()));
    let review = ReviewServiceRequest {
        request_id: "review".to_owned(),
        assessment_id: id.clone(),
        item_id: items[0].clone(),
        continue_service: Some(false),
        findings: Some("情绪稳定".to_owned()),
        ..Default::default()
    };
    leading.review_service(review).await.unwrap();
    leading.close_service(close(&items[0], ServiceOutcome::Achieved, "close-0")).await.unwrap();
    let open_item = leading.close_plan(close_plan("too-early")).await.unwrap_err();
    assert_eq!(refusal(&open_item), ("ASM-2".to_owned(), "REQUIREMENT_MISSING".to_owned()));
    assert_eq!(missing(&open_item), [format!("outcome-{}", items[1])]);
    assert_eq!(next(&district, &id).await, ["order-service", "close-plan"]);
    leading.close_service(close(&items[1], ServiceOutcome::NoLongerNeeded, "close-1")).await.unwrap();
    leading.close_plan(close_plan("close")).await.unwrap();
    assert_eq!(seen_by(&district, &lead(), &id).await.unwrap().stage(), Stage::Closed);
    assert!(next(&district, &id).await.is_empty());
}
