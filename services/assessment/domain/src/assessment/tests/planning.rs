//! The plan and its services (ASM-2).

use super::*;
use kinward_contracts::assessment::v1::{
    PlanClosed, ServiceClosed, ServiceDelivered, ServiceOrdered, ServiceOutcome, ServiceReviewed,
};

fn order(item: &str) -> Command {
    step(Event::ServiceOrdered(ServiceOrdered {
        item_id: item.to_owned(),
        provider_unit_id: "hospital-430903".to_owned(),
    }))
}

fn deliver(item: &str) -> Command {
    step(Event::ServiceDelivered(ServiceDelivered {
        item_id: item.to_owned(),
        ..ServiceDelivered::default()
    }))
}

fn review(item: &str, continue_service: bool) -> Command {
    step(Event::ServiceReviewed(ServiceReviewed {
        item_id: item.to_owned(),
        continue_service,
        findings: None,
    }))
}

fn close(item: &str, outcome: ServiceOutcome) -> Command {
    step(Event::ServiceClosed(ServiceClosed { item_id: item.to_owned(), outcome: outcome.into() }))
}

fn close_plan() -> Command {
    step(Event::PlanClosed(PlanClosed {}))
}

fn every_step(item: &str) -> [Command; 4] {
    [order(item), deliver(item), review(item, true), close(item, ServiceOutcome::Achieved)]
}

#[test]
fn asm_2_a_plan_follows_the_conclusion() {
    let reference = Reference::default();
    let early = complete(&reference).when(plan(&["one"])).then_refused("ASM-2");
    assert_eq!(early.reason, Reason::WrongState);
    for command in every_step("one").into_iter().chain([close_plan()]) {
        let without = complete(&reference).given([finalise(Risk::Low)]);
        assert_eq!(without.when(command.clone()).then_refused("ASM-2").reason, Reason::WrongState);
        opened(&reference).when(command).then_refused("ASM-2");
    }
    let scenario =
        complete(&reference).given([finalise(Risk::Low)]).when(plan(&["one"])).then_types(&["PlanDrawnUp"]);
    scenario.when(plan(&["two"])).then_refused("ASM-2");
}

#[test]
fn asm_2_a_plan_names_goals_needs_and_services_each_once() {
    let reference = Reference::default();
    let all = || {
        vec![
            need("a", Dimension::Safety, false),
            need("b", Dimension::Guardianship, true),
            need("c", Dimension::Health, true),
        ]
    };
    let change = |change: fn(&mut PlanDrawnUp)| {
        let Command::Record { event: Event::PlanDrawnUp(mut plan), .. } = drawn_up(all(), &[("one", "a")])
        else {
            panic!("a plan")
        };
        change(&mut plan);
        step(Event::PlanDrawnUp(plan))
    };
    for (wrong, field) in [
        (change(|plan| plan.goals = None), "goals"),
        (change(|plan| plan.needs.clear()), "needs"),
        (change(|plan| plan.needs[1].need_id = "a".to_owned()), "needs"),
        (change(|plan| plan.needs[2].dimension = 0), "needs"),
        (change(|plan| plan.items[0].service = 0), "services"),
        (change(|plan| plan.items[0].need_id = "elsewhere".to_owned()), "services"),
        (change(|plan| plan.items.push(plan.items[0].clone())), "services"),
    ] {
        let refused = complete(&reference).given([finalise(Risk::Low)]).when(wrong).then_refused("ASM-2");
        assert_eq!((refused.reason, refused.field.as_deref()), (Reason::InvalidArgument, Some(field)));
    }
    let right = complete(&reference).given([finalise(Risk::Low)]).when(change(|_| {}));
    right.then_types(&["PlanDrawnUp"]);
}

#[test]
fn asm_2_every_dimension_of_concern_has_a_need_and_every_need_services_or_the_reason_why_none() {
    let reference = Reference::default();
    let refused = |needs: Vec<Need>, items: &[(&str, &str)]| {
        let scenario = complete(&reference).given([finalise(Risk::Low)]);
        names(&scenario.when(drawn_up(needs, items)).then_refused("ASM-2").missing)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let safety = |none| need("a", Dimension::Safety, none);
    assert_eq!(refused(vec![safety(true)], &[]), ["need-guardianship", "need-health"]);
    let rest = || [need("b", Dimension::Guardianship, true), need("c", Dimension::Health, true)];
    let with = |first: Need| [first].into_iter().chain(rest()).collect::<Vec<_>>();
    assert_eq!(refused(with(safety(false)), &[]), ["answer-needs[0]"], "neither");
    assert_eq!(refused(with(safety(true)), &[("one", "a")]), ["answer-needs[0]"], "both");
    // a dimension of no concern needs nothing
    let calm = step(Event::DimensionAssessed(DimensionAssessed {
        dimension: Dimension::Health.into(),
        score: 0,
        ..DimensionAssessed::default()
    }));
    let scenario = complete(&reference).given([calm, finalise(Risk::Low)]);
    let needs = vec![safety(true), need("b", Dimension::Guardianship, true)];
    let scenario = scenario.when(drawn_up(needs, &[])).then_types(&["PlanDrawnUp"]);
    scenario.when(close_plan()).then_types(&["PlanClosed"]);
}

#[test]
fn asm_2_a_service_is_ordered_delivered_reviewed_closed_in_this_order() {
    let reference = Reference::default();
    let [ordered, delivered, reviewed, closed] = every_step("one");
    planned(&reference).when(delivered.clone()).then_refused("ASM-2");
    planned(&reference).when(reviewed.clone()).then_refused("ASM-2");
    planned(&reference).when(closed.clone()).then_refused("ASM-2");
    let once = planned(&reference).given([ordered.clone()]);
    once.when(ordered.clone()).then_refused("ASM-2");
    let ordered_only = planned(&reference).given([ordered.clone()]);
    ordered_only.when(reviewed.clone()).then_refused("ASM-2");
    let unreviewed = planned(&reference).given([ordered.clone(), delivered.clone()]);
    unreviewed.when(closed.clone()).then_refused("ASM-2");
    // the last delivery is reviewed too
    let again =
        planned(&reference).given([ordered.clone(), delivered.clone(), reviewed.clone(), delivered.clone()]);
    again.when(closed.clone()).then_refused("ASM-2");
    let done = planned(&reference).given([ordered, delivered.clone(), reviewed]).when(closed.clone());
    done.then_types(&["ServiceClosed"]).given([]).when(delivered).then_refused("ASM-2");
}

#[test]
fn asm_2_a_review_can_end_a_service() {
    let reference = Reference::default();
    let ended = || planned(&reference).given([order("one"), deliver("one"), review("one", false)]);
    ended().when(deliver("one")).then_refused("ASM-2");
    ended().when(close("one", ServiceOutcome::NotAchieved)).then_types(&["ServiceClosed"]);
}

#[test]
fn asm_2_what_is_no_longer_needed_is_closed_at_any_time() {
    let reference = Reference::default();
    planned(&reference).when(close("one", ServiceOutcome::NoLongerNeeded)).then_types(&["ServiceClosed"]);
    let refused = planned(&reference).when(close("one", ServiceOutcome::Unspecified)).then_refused("ASM-2");
    assert_eq!(refused.field.as_deref(), Some("outcome"));
}

#[test]
fn asm_2_an_item_that_the_plan_does_not_have_is_refused() {
    let reference = Reference::default();
    for command in every_step("three") {
        let refused = planned(&reference).when(command).then_refused("ASM-2");
        assert_eq!(refused.reason, Reason::UnknownReference);
    }
}

#[test]
fn asm_2_the_provider_records_what_it_delivered_and_nobody_else_s_unit() {
    let reference = Reference::default();
    let ordered = || planned(&reference).given([order("one")]);
    let hospital = actor(Department::Health, "hospital-430903", "430903");
    ordered().by(hospital.clone()).when(deliver("one")).then_types(&["ServiceDelivered"]);
    ordered().by(hospital).when(review("one", true)).then_refused("ASM-1");
    let other = actor(Department::Health, "hospital-other", "430903");
    assert_eq!(ordered().by(other).when(deliver("one")).then_refused("ASM-1").reason, Reason::NotEntitled);
}

#[test]
fn asm_2_the_plan_closes_only_when_every_item_has_an_outcome() {
    let reference = Reference::default();
    let one_open = planned(&reference).given(every_step("one"));
    assert_eq!(names(&open_items(one_open.state())), ["outcome-two"], "BEY-2");
    let refused = one_open.when(close_plan()).then_refused("ASM-2");
    assert_eq!(names(&refused.missing), ["outcome-two"]);
    let scenario = planned(&reference)
        .given(every_step("one"))
        .given([close("two", ServiceOutcome::NoLongerNeeded)])
        .when(close_plan())
        .then_types(&["PlanClosed"]);
    assert_eq!(scenario.state().stage(), Stage::Closed);
    scenario.when(close_plan()).then_refused("ASM-2");
}
