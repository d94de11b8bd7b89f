//! What holds for every history of temporary guardianship.

use super::*;
use kinward_contracts::custody::v1::TemporaryGuardianshipEvent;
use kinward_contracts::{CarriesClocks as _, ClockEvent};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn any_command() -> impl Strategy<Value = Command> {
    let relative =
        || Event::ChildHandedOver(to_person(PlacementForm::Relative, "aunt", Relation::PaternalAunt));
    prop_oneof![
        3 => (0..1_000_u32).prop_map(|number| {
            begin_as(began(&format!("stay-{number}"), TemporaryCase::SevereHarm, ""))
        }),
        2 => any::<bool>().prop_map(|fit| now(assessed(fit))),
        2 => Just(now(returned())),
        2 => Just(now(relative())),
        1 => Just(now(long_term(LongTermCase::CapacityLost, ""))),
        1 => Just(now(given_to("aunt"))),
        2 => Just(Command::ObserveClocks),
    ]
}

proptest! {
    #[test]
    fn law_3_bey_1_bey_3_stays_and_placements_never_overlap_and_each_clock_ends_once(
        steps in prop::collection::vec((any_command(), 0..90_i64), 0..40)
    ) {
        let reference = Reference::default();
        let (mut scenario, mut at) = (nobody(&reference), noon(TODAY));
        for (command, days) in steps {
            at += Duration::days(days);
            scenario = scenario.at(at).tried([Command::ObserveClocks, command]);
        }
        let mut last = None;
        for stay in &scenario.state().stays {
            prop_assert!(last.is_none_or(|last| last <= stay.began_at));
            let mut held_until = stay.began_at;
            for placement in &stay.placements {
                prop_assert_eq!(placement.from, held_until, "a gap or an overlap");
                held_until = placement.until.unwrap_or(at);
            }
            prop_assert_eq!(held_until, stay.ended.as_ref().map_or(at, |ended| ended.at));
            if let Some(ended) = stay.ended.as_ref().filter(|ended| ended.by == i32::from(StayEnd::Returned)) {
                prop_assert!(stay.found_fit(FATHER, ended.at).is_some(), "returned to somebody unfit");
            }
            last = stay.ended.as_ref().map(|ended| ended.at);
        }
        let mut running = BTreeSet::new();
        for event in scenario.recorded() {
            let event: TemporaryGuardianshipEvent = event.decode().unwrap().unwrap();
            match event.clock() {
                Some(ClockEvent::Started(clock)) => prop_assert!(running.insert(clock.clock_id)),
                Some(ClockEvent::Met(clock)) => prop_assert!(running.remove(&clock.clock_id)),
                Some(ClockEvent::Missed(clock)) => prop_assert!(running.remove(&clock.clock_id)),
                _ => {}
            }
        }
        let open: BTreeSet<String> = scenario.state().clocks.open().map(|(id, _)| id.to_owned()).collect();
        prop_assert_eq!(running, open);
    }
}
