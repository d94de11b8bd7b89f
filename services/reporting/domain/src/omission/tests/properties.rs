//! What holds for every history of a case.

use super::*;
use kinward_contracts::reporting::v1::{OmissionEvent, omission_event::Event};
use kinward_contracts::{CarriesClocks as _, ClockEvent};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        Just(open(known())),
        (0..=5_i32).prop_map(|outcome| decide(OmissionOutcome::try_from(outcome).unwrap())),
        Just(Command::ObserveClocks),
        Just(Command::ObserveClocks),
    ]
}

proptest! {
    #[test]
    fn rpt_5_any_history_folds_is_decided_once_by_a_superior_and_each_clock_ends_at_most_once(
        commands in prop::collection::vec((any_command(), 0..5_usize, 0..25_i64), 0..20)
    ) {
        let reference = reference();
        let callers = [
            actor(Department::Township, TOWNSHIP),
            actor(Department::CivilAffairs, CIVIL_AFFAIRS),
            actor(Department::Village, VILLAGE),
            actor(Department::PublicSecurity, "police-430903"),
            Actor::default(),
        ];
        let mut now = noon();
        let mut scenario = asked(&reference).given([open(known())]);
        for (command, caller, days) in commands {
            now += Duration::days(days);
            scenario = scenario.at(now).by(callers[caller].clone()).tried([command]);
        }
        let recorded = scenario.recorded();
        let events: Vec<OmissionEvent> =
            recorded.iter().map(|event| event.decode().unwrap().unwrap()).collect();
        let mut decided = Vec::new();
        let (mut started, mut ended) = (BTreeSet::new(), BTreeSet::new());
        for event in &events {
            if let Some(Event::OmissionCaseDecided(decision)) = &event.event {
                decided.push(decision.unit_id.clone());
            }
            match event.clock() {
                Some(ClockEvent::Started(clock)) => prop_assert!(started.insert(clock.clock_id)),
                Some(ClockEvent::Met(clock)) => prop_assert!(ended.insert(clock.clock_id)),
                Some(ClockEvent::Missed(clock)) => prop_assert!(ended.insert(clock.clock_id)),
                _ => {}
            }
        }
        prop_assert!(ended.is_subset(&started));
        prop_assert!(decided.len() <= 1);
        let state = scenario.state();
        prop_assert!(decided.iter().all(|unit| state.superiors.contains(unit)));
        prop_assert!(!state.superiors.contains(&VILLAGE.to_owned()), "nobody decides about itself");
        // nothing is dropped: open means that a clock runs, or that the top was asked
        let at_the_top = state.superiors.last().is_some_and(|last| last == CIVIL_AFFAIRS);
        prop_assert!(state.outcome != 0 || at_the_top || state.clocks.open().next().is_some());
        if state.outcome != 0 {
            prop_assert!(state.clocks.open().next().is_none());
        }
    }
}
