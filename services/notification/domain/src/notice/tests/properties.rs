//! What holds for every history of a notice.

use super::*;
use crate::notice::{Attempt, Came, Phase};
use kinward_contracts::notification::v1::NoticeEvent;
use kinward_contracts::{CarriesClocks as _, ClockEvent, EventMessage as _};
use kinward_eventsourcing::Decider as _;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        Just(send(Department::Township, TOWNSHIP)),
        Just(ACKNOWLEDGE),
        Just(Command::ObserveClocks),
        Just(Command::ObserveClocks),
        (1..4_u32).prop_map(attempt),
        (1..4_u32).prop_map(attempt),
        any_settling(),
        Just(Command::Resend { endpoint_id: "mailbox".to_owned(), occurred_at: None }),
        Just(Command::GiveUp { endpoint_id: "mailbox".to_owned(), code: "code".to_owned() }),
    ]
}

fn attempt(number: u32) -> Command {
    let attempt = Attempt { endpoint_id: "mailbox".to_owned(), number, ..Attempt::default() };
    Command::Attempt(Box::new(attempt))
}

/// The attempt it settles is filled in when its turn comes.
fn any_settling() -> impl Strategy<Value = Command> {
    let code = || "code".to_owned();
    let came = prop_oneof![
        Just(Came::Taken(code())),
        Just(Came::Refused(code())),
        Just(Came::Impossible(code())),
        Just(Came::NoAnswer(code())),
        Just(Came::Interrupted),
    ];
    came.prop_map(|came| Command::Settle {
        endpoint_id: "mailbox".to_owned(),
        attempt_id: String::new(),
        came,
    })
}

fn of_now(command: Command, scenario: &Scenario<'_, Notice>) -> Command {
    match (command, scenario.state().deliveries.get("mailbox").map(|delivery| delivery.phase.clone())) {
        (Command::Settle { endpoint_id, came, .. }, Some(Phase::Attempting { attempt_id })) => {
            Command::Settle { endpoint_id, attempt_id, came }
        }
        (command, _) => command,
    }
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
            let command = of_now(command, &scenario);
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
        // every attempt has its number, and at most one outcome
        let named = |name: &str| events.iter().filter(|event| event.event_type().ends_with(name)).count();
        let outcomes = named(".DeliverySucceeded") + named(".DeliveryFailed") + named(".DeliveryOutcomeUnknown");
        let delivery = scenario.state().deliveries.get("mailbox").cloned().unwrap_or_default();
        let attempts = named(".DeliveryAttempted");
        prop_assert_eq!(usize::try_from(delivery.attempts).unwrap(), attempts);
        let in_flight = matches!(delivery.phase, Phase::Attempting { .. });
        prop_assert_eq!(attempts, outcomes + usize::from(in_flight));
        // what waits has its moment in the log, so that an alarm can be set again from it
        if let Some(until) = delivery.until() {
            prop_assert!(events.iter().filter_map(Notice::wakes).any(|(_, at)| at == until));
        }
        // nothing is dropped: not acknowledged means that a clock runs, or that the top was told
        let state = scenario.state();
        let at_the_top = state.told.last().is_some_and(|(to, _)| *to == i32::from(Department::DistrictLeadership));
        prop_assert!(state.acknowledged || at_the_top || state.clocks.open().next().is_some());
        if state.acknowledged {
            prop_assert!(state.clocks.open().next().is_none());
        }
    }
}
