//! What holds for every history of a protection order.

use super::*;
use chrono::Days;
use kinward_contracts::custody::v1::OrderEvent;
use kinward_contracts::{CarriesClocks as _, ClockEvent};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// A step; days are counted from the step's own.
fn any_step() -> impl Strategy<Value = (u8, u64)> {
    (0..12_u8, 0..200_u64)
}

fn command(step: u8, days: u64, today: NaiveDate) -> Command {
    let until = (today + Days::new(days)).to_string();
    match step {
        0 => now(accepted(days.is_multiple_of(2))),
        1 => now(granted(&until)),
        2 => now(refused()),
        3 => now(served(ServedOn::try_from(i32::try_from(days % 4).unwrap() + 1).unwrap())),
        4 | 5 => now(extended(&until)),
        6 => now(varied()),
        7 if days > 150 => now(revoked()),
        8 => now(breached()),
        9 => now(review(days.is_multiple_of(2))),
        10 => now(reviewed(if days.is_multiple_of(2) {
            ReviewOutcome::Upheld
        } else {
            ReviewOutcome::SetAside
        })),
        _ => Command::ObserveClocks,
    }
}

proptest! {
    #[test]
    fn law_4_bey_1_each_clock_ends_once_and_an_order_in_force_has_one_running(
        steps in prop::collection::vec((any_step(), 0..40_u64), 0..40)
    ) {
        let reference = Reference::default();
        let (mut scenario, mut today) = (applied(&reference), day(TODAY));
        for ((step, days), later) in steps {
            today = today + Days::new(later);
            scenario = scenario.at(noon(&today.to_string()));
            scenario = scenario.tried([Command::ObserveClocks, command(step, days, today)]);
            let state = scenario.state();
            let running = state.clocks.open().filter(|(id, _)| id.starts_with("protection-order-expiry")).count();
            let in_force = state.stage() == OrderStage::InForce;
            prop_assert_eq!(running, usize::from(in_force));
            prop_assert_eq!(in_force, state.in_force_at(noon(&today.to_string())));
        }
        let (mut running, mut expired) = (BTreeSet::new(), 0);
        for event in scenario.recorded() {
            let event: OrderEvent = event.decode().unwrap().unwrap();
            expired += usize::from(matches!(event.event, Some(Event::ProtectionOrderExpired(_))));
            match event.clock() {
                Some(ClockEvent::Started(clock)) => prop_assert!(running.insert(clock.clock_id)),
                Some(ClockEvent::Met(clock)) => prop_assert!(running.remove(&clock.clock_id)),
                Some(ClockEvent::Missed(clock)) => prop_assert!(running.remove(&clock.clock_id)),
                Some(ClockEvent::Superseded(clock)) => prop_assert!(running.remove(&clock.clock_id)),
                Some(ClockEvent::Voided(clock)) => prop_assert!(running.remove(&clock.clock_id)),
                _ => {}
            }
        }
        prop_assert!(expired <= 1);
        let open: BTreeSet<String> = scenario.state().clocks.open().map(|(id, _)| id.to_owned()).collect();
        prop_assert_eq!(running, open);
    }
}
