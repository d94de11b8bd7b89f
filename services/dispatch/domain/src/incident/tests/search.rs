//! The rapid search for a missing child (DSP-2d).

use super::*;
use kinward_contracts::dispatch::v1::{BulletinAddressee, SightingRecorded, incident_event::Event};
use kinward_contracts::timestamp;
use kinward_statute::UnitFacts;

const MISSING: [Situation; 1] = [Situation::Missing];

#[test]
fn dsp_2d_a_missing_child_is_searched_for_and_nobody_else() {
    let reference = Reference::default();
    for number in (1..=10).filter(|number| *number != i32::from(Situation::Missing)) {
        on_scene(&reference, &[situation(number)]).when(now(search())).then_refused("DSP-2d");
    }
    let scenario =
        on_scene(&reference, &MISSING).when(now(search())).then_types(&["SearchOpened", "ClockStarted"]);
    scenario.when(now(search())).then_refused("DSP-2d");
}

#[test]
fn dsp_2d_what_is_not_open_is_neither_reviewed_nor_ended() {
    let reference = Reference::default();
    on_scene(&reference, &MISSING).when(now(search_reviewed())).then_refused("DSP-2d");
    on_scene(&reference, &MISSING).when(now(search_ended(SearchEnd::Found))).then_refused("DSP-2d");
    let open = || on_scene(&reference, &MISSING).given([now(search())]);
    open().when(now(search_ended(SearchEnd::Unspecified))).then_refused("DSP-2d");
    let over = open().given([now(search_ended(SearchEnd::Found))]);
    over.when(now(search_reviewed())).then_refused("DSP-2d");
}

#[test]
fn dsp_2d_police_are_not_done_while_the_search_runs() {
    let reference = Reference::default();
    let open = || on_scene(&reference, &MISSING).given([now(search())]);
    let refused = open().when(conclude()).then_refused("DSP-2d");
    assert_eq!(refused.missing[0].what, "search-ended");
    for end in [SearchEnd::Found, SearchEnd::NotFound] {
        open().given([now(search_ended(end)), conclude()]);
    }
    // a child that is missing again is searched for again
    let again = open().given([now(search_ended(SearchEnd::Found)), now(search())]);
    assert_eq!(missing(&again), ["search-ended"]);
}

#[test]
fn dsp_2d_the_bulletin_and_its_end_name_police_of_the_areas_and_known_units_each_once() {
    let mut reference = Reference::default();
    let station = UnitFacts {
        name: "益阳汽车站".to_owned(),
        department: Department::Transport.into(),
        area: "430902".to_owned(),
        superior: None,
    };
    let police = UnitFacts {
        name: "赫山公安分局".to_owned(),
        department: Department::PublicSecurity.into(),
        area: "430903".to_owned(),
        superior: None,
    };
    reference.units.insert("station-yiyang".to_owned(), station);
    reference.units.insert(POLICE.to_owned(), police);
    let to = |department: Department, area: &str| BulletinAddressee {
        department: department.into(),
        area: area.to_owned(),
    };
    let expected = [
        to(Department::PublicSecurity, "430903"),
        to(Department::PublicSecurity, "430981"),
        to(Department::Transport, "430902"),
    ];
    let opened = on_scene(&reference, &MISSING).when(now(search()));
    let Some(Event::SearchOpened(written)) = &opened.facts()[0].event.event else { panic!() };
    assert_eq!(written.addressees, expected);
    let open = on_scene(&reference, &MISSING).given([now(search())]);
    let ended = open.when(now(search_ended(SearchEnd::Found)));
    let Some(Event::SearchEnded(written)) = &ended.facts()[0].event.event else { panic!() };
    assert_eq!(written.addressees, expected);
}

fn sighting(seen: Option<i64>) -> SightingRecorded {
    SightingRecorded {
        sighting_id: "sighting".to_owned(),
        seen_at: seen.map(|minutes| timestamp(minute(minutes))),
        place: Some(sealed("汽车站")),
        account: Some(sealed("独自候车")),
    }
}

#[test]
fn dsp_2d_a_sighting_says_where_and_when_and_may_be_older_than_the_search_and_never_in_the_future() {
    let reference = Reference::default();
    let open = || on_scene(&reference, &MISSING).given([now(search())]).at(minute(30));
    on_scene(&reference, &MISSING).when(now(sighting(None))).then_refused("DSP-2d");
    open().when(now(SightingRecorded { place: None, ..sighting(None) })).then_refused("DSP-2d");
    open().when(now(sighting(Some(33)))).then_refused("BEY-1");
    for (given, seen) in [(None, 30), (Some(-600), -600), (Some(30), 30), (Some(32), 30)] {
        let outcome = open().when(now(sighting(given)));
        let Some(Event::SightingRecorded(written)) = &outcome.facts()[0].event.event else { panic!() };
        assert_eq!(written.seen_at, Some(timestamp(minute(seen))));
    }
    let seen = open().given([now(sighting(None)), now(sighting(Some(5)))]);
    assert_eq!(seen.state().sightings, 2);
    let over = open().given([now(search_ended(SearchEnd::Found))]);
    over.when(now(sighting(None))).then_refused("DSP-2d");
}
