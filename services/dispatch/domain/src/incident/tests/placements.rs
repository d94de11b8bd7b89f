//! Who holds the child: hand-overs with giver, taker, place and time, without overlap or gap (BEY-3, DSP-2c).

use super::*;
use kinward_contracts::dispatch::v1::incident_event::Event;
use kinward_contracts::timestamp;

fn scene(reference: &Reference) -> Scenario<'_, Incident> {
    out_of_reach(reference, &[Situation::LivingAlone])
}

#[test]
fn bey_3_a_hand_over_names_giver_taker_place_and_kind() {
    let reference = Reference::default();
    let whole = to_welfare("placement");
    for (wrong, field) in [
        (ChildPlacedTemporarily { giver_unit_id: String::new(), ..whole.clone() }, "giver_unit_id"),
        (ChildPlacedTemporarily { place: None, ..whole.clone() }, "place"),
        (ChildPlacedTemporarily { kind: 0, ..whole.clone() }, "kind"),
        (ChildPlacedTemporarily { taker_unit_id: None, ..whole.clone() }, "taker_unit_id"),
        (
            ChildPlacedTemporarily { taker_person_id: Some("aunt".to_owned()), ..whole.clone() },
            "taker_unit_id",
        ),
        (ChildPlacedTemporarily { kind: PlacementKind::CloseRelative.into(), ..whole.clone() }, "taker_name"),
        (
            ChildPlacedTemporarily {
                taker_person_id: None,
                ..placed("p", PlacementKind::CloseRelative, POLICE, "aunt")
            },
            "taker_name",
        ),
    ] {
        let refused = scene(&reference).when(now(wrong)).then_refused("BEY-3");
        assert_eq!(refused.field.as_deref(), Some(field));
    }
    for number in 1..=4 {
        let kind = PlacementKind::try_from(number).unwrap();
        scene(&reference).given([now(placed("placement", kind, POLICE, "taker"))]);
    }
}

#[test]
fn bey_3_a_child_is_in_one_place_at_a_time() {
    let reference = Reference::default();
    let held = || scene(&reference).at(minute(60)).given([at(30, to_welfare("first"))]);
    assert_eq!(held().when(now(to_welfare("first"))).then_refused("BEY-3").reason, Reason::AlreadyExists);
    assert_eq!(held().when(now(to_welfare("second"))).then_refused("BEY-3").reason, Reason::WrongState);
    held().when(now(ended("second", PlacementEnd::Returned))).then_refused("BEY-3");
    held().when(at(29, ended("first", PlacementEnd::Returned))).then_refused("BEY-3");
    held().when(now(ended("first", PlacementEnd::Unspecified))).then_refused("DSP-2c");
    let back = held().given([at(40, ended("first", PlacementEnd::Returned))]);
    back.when(at(39, to_welfare("second"))).then_refused("BEY-3");
    held().given([at(40, ended("first", PlacementEnd::Returned)), at(40, to_welfare("second"))]);
}

#[test]
fn bey_3_who_is_handed_on_goes_from_who_held_the_child_at_that_very_moment() {
    let reference = Reference::default();
    let between = || {
        scene(&reference)
            .at(minute(60))
            .given([at(10, placed("first", PlacementKind::VillageCommittee, POLICE, COMMITTEE))])
            .given([at(30, ended("first", PlacementEnd::HandedOn))])
    };
    assert_eq!(missing(&between()), ["child-handed-on", "parents-notified"], "a child in nobody's hands");
    between().when(now(to_welfare("second"))).then_refused("BEY-3");
    let next = || placed("second", PlacementKind::WelfareInstitution, COMMITTEE, WELFARE);
    for minutes in [29, 31] {
        let refused = between().when(at(minutes, next())).then_refused("BEY-3");
        assert_eq!(refused.reason, Reason::TimeInvalid, "a gap or an overlap");
    }
    for command in [now(next()), at(30, next())] {
        let scenario = between().given([command]);
        let [first, second] = scenario.state().placements.as_slice() else { panic!("two placements") };
        assert_eq!(first.until, Some(second.from));
        assert_eq!(second.from, minute(30));
    }
}

#[test]
fn bey_3_a_hand_over_on_from_a_relative_is_brought_by_whoever_fetched_the_child() {
    let reference = Reference::default();
    let scenario = scene(&reference).at(minute(60)).given([
        at(10, placed("first", PlacementKind::CloseRelative, POLICE, "aunt")),
        at(30, ended("first", PlacementEnd::HandedOn)),
        now(to_welfare("second")),
    ]);
    let [first, second] = scenario.state().placements.as_slice() else { panic!("two placements") };
    assert_eq!((first.until, second.taker_unit_id.as_deref()), (Some(second.from), Some(WELFARE)));
}

#[test]
fn dsp_2e_a_child_is_taken_out_of_violence_begging_and_infringement_whatever_the_parents_say() {
    let reference = Reference::default();
    for number in 1..=10 {
        let outcome = on_scene(&reference, &[situation(number)]).when(now(to_welfare("placement")));
        if [5, 7, 10].contains(&number) {
            outcome.then_types(&["ChildPlacedTemporarily", "ClockStarted"]);
        } else {
            outcome.then_refused("DSP-2c");
        }
    }
}

#[test]
fn dsp_2c_care_outlasts_the_incident_and_is_followed_to_its_end() {
    let reference = Reference::default();
    let over = || scene(&reference).given([now(to_welfare("placement")), now(notified()), conclude()]);
    over().when(now(to_welfare("another"))).then_refused("DSP-1");
    over().when(now(reviewed("placement"))).then_types(&["PlacementReviewed", "ClockMet", "ClockStarted"]);
    let handed_on = over().at(hour(5)).given([now(ended("placement", PlacementEnd::HandedOn))]);
    let next = placed("next", PlacementKind::CloseRelative, WELFARE, "aunt");
    handed_on
        .when(now(next))
        .then_types(&["ChildPlacedTemporarily", "ClockStarted"])
        .when(now(ended("next", PlacementEnd::CustodyCase)))
        .then_types(&["PlacementEnded", "ClockMet"]);
}

#[test]
fn law_3_bey_3_civil_affairs_takes_over_and_temporary_care_ends_at_that_moment() {
    let reference = Reference::default();
    let took_over = |minutes: i64| Command::HandOverToCivilAffairs { at: minute(minutes) };
    let held = || scene(&reference).at(minute(60)).given([at(30, to_welfare("first"))]);
    let outcome = held().when(took_over(40));
    let Some(Event::PlacementEnded(over)) = &outcome.facts()[0].event.event else { panic!() };
    assert_eq!((over.end(), over.until_at), (PlacementEnd::CustodyCase, Some(timestamp(minute(40)))));
    let after = outcome.then_types(&["PlacementEnded", "ClockMet"]);
    after.when(took_over(40)).then([]);
    // nobody was held yet: the overlap is shown, nothing is invented
    held().when(took_over(29)).then([]);
    scene(&reference).when(took_over(0)).then([]);
}
