//! What holds for every history of an incident.

use super::found::found;
use super::linking::{joined, linked, parted, unlinked};
use super::*;
use crate::incident::Placement;
use kinward_contracts::dispatch::v1::{
    CivilAffairsAsked, ReporterFeedbackGiven, Stage, incident_event::Event,
};
use kinward_contracts::r#type::v1::FeedbackResult;
use kinward_contracts::{CarriesClocks as _, ClockEvent};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// A step of a random history. Ids are few, so that steps meet each other.
fn any_step() -> impl Strategy<Value = IncidentEvent> {
    let of_two = || prop::sample::select(&[FATHER, MOTHER][..]);
    let unit = || prop::sample::select(&[POLICE, WELFARE, COMMITTEE][..]);
    let id = || prop::sample::select(&["a", "b", "c", "d"][..]);
    let answer =
        (1..=3_i32).prop_map(|number| ParentAnswer::try_from(number).expect("an answer of the three"));
    prop_oneof![
        2 => Just(accepted().into()),
        2 => Just(dispatched().into()),
        2 => Just(arrived().into()),
        3 => (1..=3_i32).prop_map(|number| {
            let status = ParentStatus::try_from(number).expect("a status of the three");
            parent(FATHER, Relation::Father, status).into()
        }),
        3 => Just(mother().into()),
        3 => of_two().prop_map(|who| failed(who).into()),
        2 => (of_two(), answer).prop_map(|(who, answer)| answered(who, answer).into()),
        2 => Just(ordered().into()),
        2 => Just(admonished().into()),
        2 => Just(notified().into()),
        1 => Just(trustee().into()),
        1 => Just(ViolenceStopped::default().into()),
        1 => Just(InfringementStopped::default().into()),
        1 => Just(CivilAffairsAsked::default().into()),
        6 => (id(), unit(), unit(), 1..=4_i32).prop_map(|(id, giver, taker, kind)| {
            placed(id, PlacementKind::try_from(kind).expect("a kind of the four"), giver, taker).into()
        }),
        4 => id().prop_map(|id| reviewed(id).into()),
        5 => (id(), 1..=4_i32).prop_map(|(id, end)| {
            ended(id, PlacementEnd::try_from(end).expect("an end of the four")).into()
        }),
        2 => Just(search().into()),
        2 => Just(search_reviewed().into()),
        2 => (1..=2_i32).prop_map(|end| SearchEnded { end, ..SearchEnded::default() }.into()),
        2 => id().prop_map(|id| taken(id).into()),
        2 => (id(), unit(), unit()).prop_map(|(id, from, to)| transferred(id, from, to).into()),
        1 => Just(medical("medical").into()),
        1 => Just(appraisal("appraisal").into()),
        2 => (1..=10_i32).prop_map(|number| found(&[situation(number)], DangerSigns::default()).into()),
        1 => Just(linked().into()),
        3 => Just(unlinked().into()),
        2 => (id(), 1..=10_i32).prop_map(|(id, number)| joined(id, &[situation(number)]).into()),
        2 => id().prop_map(|id| parted(id).into()),
        2 => Just(ReporterFeedbackGiven { result: FeedbackResult::Handled.into(), ..Default::default() }.into()),
    ]
}

/// The step, minutes since the one before, how long ago it happened (or now), and whether police try to conclude.
fn any_history() -> impl Strategy<Value = Vec<(IncidentEvent, u16, Option<u16>, bool)>> {
    let step = (any_step(), 0..2_000_u16, prop::option::of(0..500_u16), any::<bool>());
    prop::collection::vec(step, 0..60)
}

fn any_situations() -> impl Strategy<Value = Vec<Situation>> {
    prop::collection::btree_set(1..=10_i32, 1..4)
        .prop_map(|numbers| numbers.into_iter().map(situation).collect())
}

/// Plays a history. The kit folds every one twice; in between alarms fire, as they do.
fn play(
    situations: &[Situation],
    signs: bool,
    steps: Vec<(IncidentEvent, u16, Option<u16>, bool)>,
) -> (State, Vec<IncidentEvent>) {
    let reference = Reference::default();
    let signs = DangerSigns { signs_of_injury_or_crime: signs, ..DangerSigns::default() };
    let mut scenario = incident(&reference, situations, signs);
    let mut time = 0;
    for (step, later, ago, done) in steps {
        time += i64::from(later);
        scenario = scenario.at(minute(time)).tried([Command::ObserveClocks]);
        let command = ago.map_or_else(|| now(step.clone()), |ago| at(time - i64::from(ago), step.clone()));
        scenario = scenario.tried([command]);
        if done {
            let (stage, complete) = (scenario.state().stage(), missing(&scenario).is_empty());
            scenario = scenario.tried([conclude()]);
            let concluded = scenario.state().stage() == Stage::Concluded;
            // DSP-2: concluded exactly when nothing mandatory was missing, and police were on the scene
            if stage != Stage::Concluded {
                let by_itself = scenario.state().linked.is_none();
                assert_eq!(concluded, complete && by_itself && stage == Stage::OnScene);
            }
        }
        placements_hold(&scenario.state().placements);
    }
    let recorded = scenario.recorded();
    let events = recorded.iter().map(|event| event.decode::<IncidentEvent>().unwrap().unwrap());
    (scenario.state().clone(), events.collect())
}

/// BEY-3: one after the other, and a child that is handed on is nowhere in between.
fn placements_hold(placements: &[Placement]) {
    for pair in placements.windows(2) {
        let until = pair[0].until.expect("ended before the next began");
        assert!(pair[0].from <= until && until <= pair[1].from, "{pair:?}");
        if pair[0].end == i32::from(PlacementEnd::HandedOn) {
            assert_eq!(until, pair[1].from);
        }
    }
}

proptest! {
    #[test]
    fn dsp_2_bey_3_nothing_mandatory_is_missing_at_the_end_and_placements_never_overlap(
        situations in any_situations(), signs in any::<bool>(), steps in any_history()
    ) {
        let (state, events) = play(&situations, signs, steps);
        let concluded =
            events.iter().filter(|event| matches!(event.event, Some(Event::IncidentConcluded(_)))).count();
        prop_assert_eq!(concluded, usize::from(state.stage() == Stage::Concluded), "once at most");
    }

    #[test]
    fn dsp_2_whoever_does_everything_the_list_asks_for_is_done(
        situations in any_situations(), signs in any::<bool>(), within_reach in any::<bool>()
    ) {
        let reference = Reference::default();
        let signs = DangerSigns { signs_of_injury_or_crime: signs, ..DangerSigns::default() };
        let contact = |who: &str| {
            if within_reach { answered(who, ParentAnswer::Returns) } else { failed(who) }
        };
        let scenario = with_signs(&reference, &situations, signs)
            .given([now(father()), now(mother()), now(contact(FATHER)), now(contact(MOTHER))]);
        let todo = missing(&scenario);
        let steps = todo.iter().flat_map(|what| match what.as_str() {
            "child-placed" => vec![now(to_welfare("placement")), now(CivilAffairsAsked::default())],
            "parents-notified" => vec![now(notified())],
            "parents-ordered-to-return" => vec![now(ordered())],
            "parents-admonished" => vec![now(admonished())],
            "search-opened" => vec![now(search())],
            "search-ended" => vec![now(search_ended(SearchEnd::Found))],
            "violence-stopped" => vec![now(ViolenceStopped::default())],
            "infringement-stopped" => vec![now(InfringementStopped::default())],
            "evidence-taken" => vec![now(taken("evidence"))],
            "medical-care-referred" => vec![now(medical("medical"))],
            "injury-appraisal-referred" => vec![now(appraisal("appraisal"))],
            other => panic!("nobody knows how to do {other}"),
        });
        scenario.given(steps.collect::<Vec<_>>()).given([conclude()]);
    }

    #[test]
    fn bey_1_each_clock_ends_exactly_once_before_it_starts_again(
        situations in any_situations(), steps in any_history()
    ) {
        let (state, events) = play(&situations, false, steps);
        let mut running: BTreeSet<String> = BTreeSet::new();
        for clock in events.iter().filter_map(IncidentEvent::clock) {
            let (clock_id, starts) = match clock {
                ClockEvent::Started(clock) => (clock.clock_id, true),
                ClockEvent::Met(clock) => (clock.clock_id, false),
                ClockEvent::Missed(clock) => (clock.clock_id, false),
                ClockEvent::Superseded(clock) => (clock.clock_id, false),
                ClockEvent::Voided(clock) => (clock.clock_id, false),
                ClockEvent::Warned(_) | ClockEvent::Recomputed(_) => continue,
            };
            if starts {
                prop_assert!(running.insert(clock_id), "started while it runs");
            } else {
                prop_assert!(running.remove(&clock_id), "ended without running");
            }
        }
        let open: BTreeSet<String> = state.clocks.open().map(|(id, _)| id.to_owned()).collect();
        prop_assert_eq!(running, open);
    }
}
