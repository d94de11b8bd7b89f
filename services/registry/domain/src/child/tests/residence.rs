//! Where the child lives (INF-4).

use super::*;
use kinward_contracts::registry::v1::{HouseholdMoveConsented, HouseholdMoveRefused, HouseholdMoveRequested};
use kinward_contracts::r#type::v1::Reason;
use proptest::prelude::*;

fn village(code: &str) -> Actor {
    by(Department::Village, code)
}

fn move_to(code: &str, moved_on: &str) -> Command {
    did(HouseholdMoveRequested {
        move_id: "move".to_owned(),
        household: Some(Household {
            village_code: code.to_owned(),
            address: Some(Sealed::plain("child", "某村5组")),
        }),
        moved_on: moved_on.to_owned(),
        ..HouseholdMoveRequested::default()
    })
}

fn consent() -> Command {
    did(HouseholdMoveConsented { move_id: "move".to_owned(), ..HouseholdMoveConsented::default() })
}

fn later(scenario: Scenario<'_, Child>) -> Scenario<'_, Child> {
    scenario.at(noon() + Duration::days(3))
}

#[test]
fn inf_4_a_move_takes_both_villages_whichever_asks() {
    let reference = reference();
    for (asks, answers) in [(VILLAGE, NEXT_VILLAGE), (NEXT_VILLAGE, VILLAGE)] {
        let scenario = later(left_behind(&reference)).by(village(asks));
        let scenario =
            scenario.when(move_to(NEXT_VILLAGE, "2026-03-12")).then_made(&["HouseholdMoveRequested"]);
        assert_eq!(scenario.state().village_code, VILLAGE, "not before the other side has agreed");
        let scenario = scenario.by(village(answers));
        let consented = scenario.when(consent());
        let Some(Event::HouseholdMoved(moved)) = &consented.facts()[1].event.event else { panic!() };
        assert_eq!(moved.from_village_code, VILLAGE, "who left is told too");
        let scenario = consented.then_made(&["HouseholdMoveConsented", "HouseholdMoved"]);
        assert_eq!(scenario.state().village_code, NEXT_VILLAGE);
        let home = &scenario.state().home;
        assert_eq!(home.village_on(day("2026-03-10")), Some(VILLAGE));
        assert_eq!(home.village_on(day("2026-03-11")), Some(VILLAGE));
        assert_eq!(home.village_on(day("2026-03-12")), Some(NEXT_VILLAGE));
        assert!(home.open_move.is_none());
        for clock in ["parent-contact", "village-visit", "left-behind-ends"] {
            assert_eq!(running(&scenario, clock).unwrap().area, NEXT_VILLAGE, "{clock} is handed over");
        }
    }
}

#[test]
fn inf_4_nobody_answers_for_the_other_side() {
    let reference = reference();
    let asked =
        later(left_behind(&reference)).by(village(VILLAGE)).given([move_to(NEXT_VILLAGE, "2026-03-12")]);
    let own = asked.when(consent()).then_refused("INF-4");
    assert_eq!(own.reason, Reason::NotEntitled);
    let asked =
        || later(left_behind(&reference)).by(village(VILLAGE)).given([move_to(NEXT_VILLAGE, "2026-03-12")]);
    asked().by(village("430903111203")).when(consent()).then_refused("INF-4");
    let above = by(Department::Township, "430903111");
    asked().by(above.clone()).when(consent()).then_made(&["HouseholdMoveConsented", "HouseholdMoved"]);
    // one office does not ask for the one side and agree for the other
    let by_itself = later(left_behind(&reference)).by(above).given([move_to(NEXT_VILLAGE, "2026-03-12")]);
    assert_eq!(by_itself.when(consent()).then_refused("INF-4").reason, Reason::NotEntitled);
    let stranger = later(left_behind(&reference)).by(village("430903111203"));
    stranger.when(move_to(NEXT_VILLAGE, "2026-03-12")).then_refused("INF-4");
}

#[test]
fn inf_4_refused_the_household_stays_and_another_move_can_be_asked_for() {
    let reference = reference();
    let asked =
        later(left_behind(&reference)).by(village(VILLAGE)).given([move_to(NEXT_VILLAGE, "2026-03-12")]);
    let twice = asked.when(move_to(NEXT_VILLAGE, "2026-03-12")).then_refused("INF-4");
    assert_eq!((twice.reason, twice.existing_id.as_deref()), (Reason::AlreadyExists, Some("move")));
    let asked =
        later(left_behind(&reference)).by(village(VILLAGE)).given([move_to(NEXT_VILLAGE, "2026-03-12")]);
    let refuse = did(HouseholdMoveRefused {
        move_id: "move".to_owned(),
        reason: Some(Sealed::plain("child", "不在本村")),
        ..HouseholdMoveRefused::default()
    });
    let refused = asked.by(village(NEXT_VILLAGE)).when(refuse);
    let Some(Event::HouseholdMoveRefused(said)) = &refused.facts()[0].event.event else { panic!() };
    assert_eq!(
        (said.side_village_code.as_str(), said.asked_by_village_code.as_str()),
        (NEXT_VILLAGE, VILLAGE)
    );
    let scenario = refused.then_made(&["HouseholdMoveRefused"]);
    assert_eq!(scenario.state().village_code, VILLAGE);
    let gone = scenario.when(consent()).then_refused("INF-4");
    assert_eq!(gone.reason, Reason::UnknownReference);
}

#[test]
fn inf_4_inside_one_village_the_village_alone_records_the_move() {
    let reference = reference();
    let scenario = later(left_behind(&reference)).by(village(VILLAGE));
    let scenario = scenario.when(move_to(VILLAGE, "2026-03-12")).then_made(&["HouseholdMoved"]);
    assert_eq!(scenario.state().home.residences.len(), 2);
}

#[test]
fn inf_4_a_move_lies_after_the_one_before_in_a_village_with_a_code_and_not_in_the_future() {
    let reference = reference();
    let asks = || later(left_behind(&reference)).by(by(Department::CivilAffairs, "430903"));
    for (code, on, rule) in [
        (NEXT_VILLAGE, "2026-03-10", "INF-4"),
        (NEXT_VILLAGE, "2026-03-14", "BEY-1"),
        (NEXT_VILLAGE, "2026-02-30", "BEY-1"),
        ("430903111299", "2026-03-12", "INF-4"),
    ] {
        asks().when(move_to(code, on)).then_refused(rule);
    }
    asks().when(move_to(NEXT_VILLAGE, "2026-03-11")).then_made(&["HouseholdMoveRequested"]);
}

proptest! {
    #[test]
    fn inf_4_the_child_is_always_in_one_village_whatever_moves_are_asked_for_and_answered(
        steps in prop::collection::vec((0..3_u8, any::<bool>(), any::<bool>(), 0..12_u64, 0..5_i64), 0..20)
    ) {
        let reference = reference();
        let (mut scenario, mut now) = (left_behind(&reference), noon());
        for (kind, one, other, on, days) in steps {
            now += Duration::days(days);
            let place = |first: bool| if first { VILLAGE } else { NEXT_VILLAGE };
            let command = match kind {
                0 => move_to(place(other), &(day("2026-03-08") + Days::new(on)).to_string()),
                1 => consent(),
                _ => did(HouseholdMoveRefused { move_id: "move".to_owned(), ..Default::default() }),
            };
            scenario = scenario.at(now).by(village(place(one))).tried([command]);
        }
        let state = scenario.state();
        let homes = &state.home.residences;
        prop_assert_eq!(homes.first().unwrap().from, day("2026-03-10"));
        for pair in homes.windows(2) {
            prop_assert_eq!(pair[0].before, Some(pair[1].from));
            prop_assert!(pair[0].from < pair[1].from);
        }
        prop_assert_eq!(homes.last().unwrap().before, None);
        prop_assert_eq!(&homes.last().unwrap().village_code, &state.village_code);
        prop_assert_eq!(state.village_code.len(), 12);
    }
}
