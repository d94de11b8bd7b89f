//! What holds for every history of a call.

use super::*;
use kinward_contracts::reporting::v1::CallEvent;
use kinward_contracts::{CarriesClocks as _, ClockEvent};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn any_step() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(answer()),
        Just(hang_up()),
        (0..=3_i32).prop_map(|outcome| ring_back(ReturnOutcome::try_from(outcome).unwrap())),
        Just(registered_by(named())),
        Just(registered_by(anonymous())),
        (1..=4_i32).prop_map(|function| classify(&[HotlineFunction::try_from(function).unwrap()])),
        Just(reported(named(), &[Situation::Missing])),
        Just(ask_for_help(&[HelpKind::LegalAid])),
        Just(transfer("township-430903111")),
        (0..=4_i32).prop_map(|function| aid(HotlineFunction::try_from(function).unwrap())),
        (1..=3_i32).prop_map(|result| follow_up(FollowUpResult::try_from(result).unwrap())),
        Just(follow_up(FollowUpResult::Resolved)),
        Just(close(FeedbackMeans::Receipt, Some("已办结"))),
        Just(close(FeedbackMeans::NotPossible, None)),
    ]
}

/// The steps that a call of this stage may have, so that random histories get far.
fn likely(state: &State, step: Event, shuffle: bool) -> Event {
    if shuffle {
        return step;
    }
    match state.stage() {
        CallState::Ringing => answer(),
        CallState::Answered => registered_by(named()),
        CallState::Abandoned | CallState::CutOff => ring_back(ReturnOutcome::Reached),
        _ => step,
    }
}

proptest! {
    #[test]
    fn inf_3_any_history_folds_closes_only_complete_calls_and_each_clock_ends_exactly_once(
        phone in any::<bool>(),
        steps in prop::collection::vec((any_step(), 0..200_000_i64, any::<bool>()), 0..30)
    ) {
        let reference = reference();
        let mut moment = noon();
        let mut scenario = Scenario::<Call>::new("call", moment, &reference)
            .given([ring(phone.then_some("13900000001"))]);
        for (step, seconds, shuffle) in steps {
            moment += Duration::seconds(if shuffle { seconds } else { seconds % 30 });
            let step = likely(scenario.state(), step, shuffle);
            scenario = scenario.at(moment).tried([Command::ObserveClocks, now(step)]);
        }
        let recorded = scenario.recorded();
        let events: Vec<CallEvent> =
            recorded.iter().map(|event| event.decode().unwrap().unwrap()).collect();
        let (mut running, mut ever) = (BTreeSet::new(), BTreeSet::new());
        for clock in events.iter().filter_map(CallEvent::clock) {
            let ended = match clock {
                ClockEvent::Started(clock) => {
                    prop_assert!(ever.insert(clock.clock_id.clone()), "started twice");
                    running.insert(clock.clock_id);
                    continue;
                }
                ClockEvent::Met(clock) => clock.clock_id,
                ClockEvent::Missed(clock) => clock.clock_id,
                ClockEvent::Voided(clock) => clock.clock_id,
                ClockEvent::Superseded(clock) => clock.clock_id,
                ClockEvent::Warned(_) | ClockEvent::Recomputed(_) => continue,
            };
            prop_assert!(running.remove(&ended), "{ended} ended without running");
        }
        let state = scenario.state();
        let open: BTreeSet<String> = state.clocks.open().map(|(id, _)| id.to_owned()).collect();
        prop_assert_eq!(&running, &open);
        match state.stage() {
            CallState::Closed => {
                prop_assert!(open.is_empty(), "closed, and something is still due");
                let registered = state.caller.is_some();
                let at_its_end = if registered { state.resolved } else { state.returned_in_vain > 0 };
                prop_assert!(at_its_end);
                prop_assert!(!registered || !state.functions.is_empty());
            }
            // nothing is forgotten: a registered call is resolved, or somebody is late with it, or a clock runs
            CallState::Registered => {
                let waits = format!("hotline-follow-up-{}", state.follow_ups);
                prop_assert!(state.resolved || state.clocks.get(&waits).is_some());
            }
            _ => prop_assert!(state.reports.is_empty() && state.help_requests.is_empty()),
        }
    }
}
