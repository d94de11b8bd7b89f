//! What holds for every history of a notice.

use super::*;
use kinward_contracts::notification::v1::NoticeEvent;
use kinward_contracts::{CarriesClocks as _, ClockEvent, EventMessage as _};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        Just(send(Department::Township, TOWNSHIP)),
        Just(ACKNOWLEDGE),
        Just(Command::ObserveClocks),
        Just(Command::ObserveClocks),
    ]
}

proptest! {
    #[test]
    fn any_history_folds_is_acknowledged_once_and_each_clock_ends_at_most_once(
        department in 1..=17_i32,
        commands in prop::collection::vec((any_command(), 0..5_usize, 0..40_i64), 0..30)
    ) {
        let reference = Reference::default();
        let callers = [
            actor(Department::Township, TOWNSHIP),
            actor(Department::CivilAffairs, DISTRICT),
            actor(Department::DistrictLeadership, DISTRICT),
            actor(Department::Village, "430903111201"),
            Actor::default(),
        ];
        let first = send(Department::try_from(department).unwrap(), TOWNSHIP);
        let mut now = noon();
        let mut scenario = Scenario::<Notice>::new("notice", now, &reference).given([first]);
        for (command, caller, hours) in commands {
            now += Duration::hours(hours);
            scenario = scenario.at(now).by(callers[caller].clone()).tried([command]);
        }
        let recorded = scenario.recorded();
        let events: Vec<NoticeEvent> =
            recorded.iter().map(|event| event.decode().unwrap().unwrap()).collect();
        let acknowledged =
            events.iter().filter(|event| event.event_type().ends_with(".NoticeAcknowledged")).count();
        prop_assert!(acknowledged <= 1);
        let (mut started, mut ended) = (BTreeSet::new(), BTreeSet::new());
        for clock in events.iter().filter_map(NoticeEvent::clock) {
            match clock {
                ClockEvent::Started(clock) => prop_assert!(started.insert(clock.clock_id)),
                ClockEvent::Met(clock) => prop_assert!(ended.insert(clock.clock_id)),
                ClockEvent::Missed(clock) => prop_assert!(ended.insert(clock.clock_id)),
                _ => {}
            }
        }
        prop_assert!(ended.is_subset(&started));
        // nothing is dropped: not acknowledged means that a clock runs, or that the top was told
        let state = scenario.state();
        let at_the_top = state.told.last().is_some_and(|(to, _)| *to == i32::from(Department::DistrictLeadership));
        prop_assert!(state.acknowledged || at_the_top || state.clocks.open().next().is_some());
        if state.acknowledged {
            prop_assert!(state.clocks.open().next().is_none());
        }
    }
}
