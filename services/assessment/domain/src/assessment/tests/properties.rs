//! What holds for every history of an assessment.

use super::*;
use kinward_contracts::EventMessage as _;
use kinward_contracts::assessment::v1::{
    InvitationDeclined, PlanClosed, ServiceClosed, ServiceDelivered, ServiceOrdered, ServiceOutcome,
    ServiceReviewed,
};
use kinward_contracts::{CarriesClocks as _, ClockEvent};
use proptest::prelude::*;
use std::collections::BTreeMap;

const ITEMS: [&str; 3] = ["one", "two", "three"];

fn any_item() -> impl Strategy<Value = String> {
    prop::sample::select(ITEMS.as_slice()).prop_map(str::to_owned)
}

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        any::<bool>().prop_map(open),
        Just(input()),
        (1..=3_i32).prop_map(|number| dimension(Dimension::try_from(number).unwrap())),
        (0..=3_i32).prop_map(|number| finalise(Risk::try_from(number).unwrap())),
        prop::sample::subsequence(ITEMS.as_slice(), 1..=3).prop_map(|items| plan(&items)),
        Just(invite(Department::Education, "school-1")),
        Just(step(Event::InvitationDeclined(InvitationDeclined {
            participant_id: String::new(),
            reason: Some(text())
        }))),
        Just(Command::Follow { assessment_id: "later".to_owned() }),
        any_item().prop_map(|item_id| step(Event::ServiceOrdered(ServiceOrdered {
            item_id,
            provider_unit_id: "hospital".to_owned()
        }))),
        any_item().prop_map(|item_id| step(Event::ServiceDelivered(ServiceDelivered {
            item_id,
            ..ServiceDelivered::default()
        }))),
        (any_item(), any::<bool>()).prop_map(|(item_id, continue_service)| step(Event::ServiceReviewed(
            ServiceReviewed { item_id, continue_service, findings: None }
        ))),
        (any_item(), 0..=4_i32).prop_map(|(item_id, outcome)| step(Event::ServiceClosed(ServiceClosed {
            item_id,
            outcome: ServiceOutcome::try_from(outcome).unwrap().into()
        }))),
        Just(step(Event::PlanClosed(PlanClosed {}))),
        Just(Command::ObserveClocks),
    ]
}

/// Any commands, by the three parties and a school, as time goes by, from each stage on. The kit folds every history again.
fn play(
    reference: &Reference,
    from: usize,
    commands: Vec<(Command, usize, i64)>,
) -> (State, Vec<AssessmentEvent>) {
    let mut scenario = match from {
        0 => Scenario::new("assessment", noon(), reference),
        1 => opened(reference),
        2 => complete(reference),
        _ => planned(reference),
    };
    let mut now = noon();
    for (command, party, hours) in commands {
        now += Duration::hours(hours);
        scenario = scenario.at(now).by([
            township(),
            civil_affairs(),
            police(),
            actor(Department::Education, "school-1", "430903111"),
        ][party]
            .clone());
        scenario = scenario.tried([command]);
    }
    let recorded = scenario.recorded();
    let events = recorded.iter().map(|event| event.decode::<AssessmentEvent>().unwrap().unwrap());
    (scenario.state().clone(), events.collect())
}

proptest! {
    #[test]
    fn any_history_folds_and_keeps_the_rules(
        from in 0..4_usize,
        commands in prop::collection::vec((any_command(), 0..4_usize, 0..400_i64), 0..60)
    ) {
        let reference = Reference::default();
        let (state, events) = play(&reference, from, commands);
        let of_type = |name: &str| events.iter().filter(|event| event.event_type().ends_with(name)).count();
        // ASM-1: final means that nothing is missing
        if of_type(".AssessmentFinalised") > 0 {
            prop_assert!(missing(&state).is_empty());
            prop_assert!(state.risk != 0);
        }
        // ASM-2: closed means that no item is open
        if state.stage() == Stage::Closed {
            prop_assert!(open_items(&state).is_empty());
            prop_assert!(!state.items.is_empty());
        }
        for once in [".AssessmentOpened", ".AssessmentFinalised", ".PlanDrawnUp", ".PlanClosed"] {
            prop_assert!(of_type(once) <= 1, "{once}");
        }
        // ASM-4: either it falls due once, or a later one stands in
        let due = of_type(".ReassessmentFellDue");
        prop_assert!(due <= 1 && of_type(".LaterAssessmentOpened") <= 1);
        let reassessing = events.iter().filter_map(AssessmentEvent::clock).filter(|clock| {
            matches!(clock, ClockEvent::Missed(missed) if missed.clock_id == "reassessment")
        });
        prop_assert_eq!(reassessing.count(), due);
        // BEY-2: every open duty is somebody's, and only a closed plan without a reassessment has none
        let duties = crate::assessment::duties(&state);
        prop_assert!(duties.iter().all(|duty| duty.since <= noon() + Duration::days(20_000)));
        if [Stage::Assessing, Stage::Final, Stage::Planned].contains(&state.stage()) {
            prop_assert!(!duties.is_empty());
        }
    }

    #[test]
    fn bey_1_each_clock_ends_at_most_once(
        from in 0..4_usize,
        commands in prop::collection::vec((any_command(), 0..4_usize, 0..2_000_i64), 0..60)
    ) {
        let reference = Reference::default();
        let (_, events) = play(&reference, from, commands);
        let mut running: BTreeMap<String, bool> = BTreeMap::new();
        for clock in events.iter().filter_map(AssessmentEvent::clock) {
            match clock {
                ClockEvent::Started(clock) => {
                    prop_assert_ne!(running.insert(clock.clock_id, true), Some(true), "started while it runs");
                }
                ClockEvent::Met(clock) => {
                    prop_assert_eq!(running.insert(clock.clock_id, false), Some(true));
                }
                ClockEvent::Missed(clock) => {
                    prop_assert_eq!(running.insert(clock.clock_id, false), Some(true));
                }
                ClockEvent::Superseded(clock) => {
                    prop_assert_eq!(running.insert(clock.clock_id, false), Some(true));
                }
                _ => {}
            }
        }
    }
}
