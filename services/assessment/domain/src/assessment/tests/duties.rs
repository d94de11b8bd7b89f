//! What is open, whose, since when, and what is missing (BEY-2).

use super::*;
use crate::assessment::duties;
use kinward_contracts::assessment::v1::{
    PlanClosed, ServiceClosed, ServiceDelivered, ServiceOrdered, ServiceOutcome, ServiceReviewed,
};

fn open(scenario: &Scenario<'_, Assessment>) -> Vec<(&'static str, Department, String)> {
    let duties = duties(scenario.state());
    duties.iter().map(|duty| (duty.what, duty.department, duty.unit_id.clone())).collect()
}

fn whats(scenario: &Scenario<'_, Assessment>) -> Vec<&'static str> {
    open(scenario).into_iter().map(|(what, ..)| what).collect()
}

#[test]
fn bey_2_an_open_assessment_names_each_party_that_owes_its_input_and_each_that_has_not_answered() {
    let reference = Reference::default();
    let scenario = opened(&reference).given([input(), invite(Department::Education, "school-1")]);
    let own = String::new();
    assert_eq!(
        open(&scenario),
        [
            ("sign-input", Department::CivilAffairs, own.clone()),
            ("sign-input", Department::PublicSecurity, own.clone()),
            ("assess-dimensions", Department::Township, own.clone()),
            ("finalise", Department::Township, own),
            ("answer-invitation", Department::Education, "school-1".to_owned()),
        ]
    );
    let all = duties(scenario.state());
    assert_eq!(names(&all[2].missing), ["dimension-safety", "dimension-guardianship", "dimension-health"]);
    assert_eq!(all[3].missing, missing(scenario.state()), "what refuses the conclusion");
    assert_eq!(all[0].since, noon() - Duration::hours(1), "since the notice");
    let due = scenario.state().clocks.get("assessment").unwrap().due_at;
    assert_eq!((all[0].due_at, all[0].rule.id), (Some(due), "ASM-1"));
    assert_eq!((all[4].since, all[4].about_id.as_str()), (noon(), "participant-school-1"));
    assert_eq!(whats(&complete(&reference)), ["finalise"]);
}

#[test]
fn bey_2_after_the_conclusion_a_plan_is_due_and_one_day_a_reassessment() {
    let reference = Reference::default();
    let scenario = complete(&reference).given([finalise(Risk::High)]);
    assert_eq!(whats(&scenario), ["draw-up-plan", "reassess"]);
    let followed = scenario.given([Command::Follow { assessment_id: "later".to_owned() }]);
    assert_eq!(whats(&followed), ["draw-up-plan"]);
}

#[test]
fn bey_2_each_item_of_a_plan_waits_for_its_next_step() {
    let reference = Reference::default();
    let one = || "one".to_owned();
    let scenario = complete(&reference).given([finalise(Risk::Low), plan(&["one"])]);
    let later = |hours| noon() + Duration::hours(hours);
    let next = |scenario: &Scenario<'_, Assessment>| duties(scenario.state()).remove(0);
    assert_eq!((next(&scenario).what, next(&scenario).since), ("order-service", noon()));
    assert_eq!(names(&duties(scenario.state())[1].missing), ["outcome-one"], "the plan waits for it");
    let order = ServiceOrdered { item_id: one(), provider_unit_id: "hospital".to_owned() };
    let scenario = scenario.at(later(1)).given([step(Event::ServiceOrdered(order))]);
    let duty = next(&scenario);
    assert_eq!((duty.what, duty.unit_id.as_str(), duty.since), ("deliver-service", "hospital", later(1)));
    let deliver = ServiceDelivered { item_id: one(), ..ServiceDelivered::default() };
    let scenario = scenario.given([step(Event::ServiceDelivered(deliver))]);
    assert_eq!((next(&scenario).what, next(&scenario).department), ("review-service", Department::Township));
    let review = |continue_service| {
        step(Event::ServiceReviewed(ServiceReviewed { item_id: one(), continue_service, findings: None }))
    };
    let scenario = scenario.given([review(true)]);
    assert_eq!(next(&scenario).what, "deliver-or-close-service");
    let scenario = scenario.given([review(false)]);
    assert_eq!(next(&scenario).what, "close-service");
    let close = ServiceClosed { item_id: one(), outcome: ServiceOutcome::Achieved.into() };
    let scenario = scenario.given([step(Event::ServiceClosed(close))]);
    assert_eq!(whats(&scenario), ["close-plan", "reassess"]);
    assert!(next(&scenario).missing.is_empty(), "nothing stands in the way");
    let scenario = scenario.given([step(Event::PlanClosed(PlanClosed {}))]);
    assert_eq!(whats(&scenario), ["reassess"]);
}
