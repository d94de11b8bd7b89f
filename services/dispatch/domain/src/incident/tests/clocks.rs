//! The clocks of an incident: they warn, are met, or are missed, each exactly once (BEY-1).

use super::*;
use kinward_statute::{Clock, Outcome, end_of_day};

fn clock<'a>(scenario: &'a Scenario<'_, Incident>, clock_id: &str) -> &'a Clock {
    scenario.state().clocks.get(clock_id).expect("the clock was started")
}

fn observe(scenario: Scenario<'_, Incident>, minutes: i64, expected: &[&str]) {
    scenario.at(minute(minutes)).when(Command::ObserveClocks).then_types(expected);
}

#[test]
fn dsp_1_police_accept_in_ten_minutes_and_are_warned_after_five() {
    let reference = Reference::default();
    let open = || incident(&reference, &[Situation::Other], DangerSigns::default());
    let started = open();
    assert_eq!(clock(&started, "police-accept").due_at, minute(10));
    assert_eq!(clock(&started, "police-accept").escalates_to, "duty-commander");
    assert_eq!(clock(&started, "police-accept").area, VILLAGE);
    observe(open(), 4, &[]);
    observe(open(), 5, &["ClockWarned"]);
    observe(open(), 10, &["ClockMissed"]);
    // met at the very moment, missed after it, and late is better than never
    open().at(minute(10)).when(now(accepted())).then_types(&["IncidentAccepted", "ClockMet", "ClockStarted"]);
    open().at(minute(11)).when(now(accepted())).then_types(&[
        "IncidentAccepted",
        "ClockMissed",
        "ClockStarted",
    ]);
    // what counts is when it happened
    open().at(minute(11)).when(at(9, accepted())).then_types(&[
        "IncidentAccepted",
        "ClockMet",
        "ClockStarted",
    ]);
    open()
        .at(minute(10))
        .given([Command::ObserveClocks])
        .when(now(accepted()))
        .then_types(&["IncidentAccepted", "ClockStarted"]);
}

#[test]
fn dsp_1_police_are_on_the_scene_in_an_hour_and_in_a_quarter_where_it_is_immediate() {
    let reference = Reference::default();
    let go = |situation| {
        incident(&reference, &[situation], DangerSigns::default()).given([now(accepted()), now(dispatched())])
    };
    assert_eq!(clock(&go(Situation::Other), "police-on-scene").due_at, minute(60));
    assert_eq!(clock(&go(Situation::Missing), "police-on-scene").due_at, minute(15));
    observe(go(Situation::Other), 30, &["ClockWarned"]);
    observe(go(Situation::Other), 60, &["ClockMissed"]);
    let seconds = |seconds| minute(0) + Duration::seconds(seconds);
    go(Situation::Missing).at(seconds(449)).when(Command::ObserveClocks).then([]);
    go(Situation::Missing).at(seconds(450)).when(Command::ObserveClocks).then_types(&["ClockWarned"]);
    go(Situation::Other).at(minute(60)).when(now(arrived())).then_types(&["UnitArrived", "ClockMet"]);
    go(Situation::Other).at(minute(61)).when(now(arrived())).then_types(&["UnitArrived", "ClockMissed"]);
}

#[test]
fn dsp_2c_temporary_care_is_reviewed_every_ten_days_until_it_ends() {
    let reference = Reference::default();
    let id = "temporary-care-review-placement";
    let held = || out_of_reach(&reference, &[Situation::LivingAlone]).given([now(to_welfare("placement"))]);
    let due = end_of_day("2026-12-04".parse().unwrap());
    assert_eq!(clock(&held(), id).due_at, due);
    assert_eq!(clock(&held(), id).escalates_to, "civil-affairs");
    held()
        .at(end_of_day("2026-12-01".parse().unwrap()))
        .when(Command::ObserveClocks)
        .then_types(&["ClockWarned"]);
    let missed = held().at(due).when(Command::ObserveClocks).then_types(&["ClockMissed"]);
    // one that was missed is reviewed all the same, and the next is due anew
    let again = missed.when(now(reviewed("placement"))).then_types(&["PlacementReviewed", "ClockStarted"]);
    assert_eq!(clock(&again, id).outcome, None);
    again.when(now(ended("placement", PlacementEnd::Returned))).then_types(&["PlacementEnded", "ClockMet"]);
}

#[test]
fn dsp_2d_the_search_is_reviewed_every_day() {
    let reference = Reference::default();
    let open = || on_scene(&reference, &[Situation::Missing]).given([now(search())]);
    assert_eq!(clock(&open(), "missing-search-review").escalates_to, "county-police");
    observe(open(), 60 * 20, &["ClockWarned"]);
    observe(open(), 60 * 24, &["ClockMissed"]);
    let reviewed = open().at(hour(23)).when(now(search_reviewed())).then_types(&[
        "SearchReviewed",
        "ClockMet",
        "ClockStarted",
    ]);
    assert_eq!(clock(&reviewed, "missing-search-review").due_at, hour(47));
    let ended = reviewed
        .at(hour(40))
        .when(now(search_ended(SearchEnd::NotFound)))
        .then_types(&["SearchEnded", "ClockMet"]);
    assert_eq!(clock(&ended, "missing-search-review").outcome, Some(Outcome::Met));
    // a review is not older than the search, nor than the review before it
    open()
        .at(hour(1))
        .given([at(30, search_reviewed())])
        .when(at(29, search_reviewed()))
        .then_refused("BEY-1");
}

#[test]
fn dsp_4_the_township_is_told_within_a_day_and_what_counts_is_when_the_notice_went_out() {
    let reference = Reference::default();
    let over = || on_scene(&reference, &[Situation::Other]).given([conclude()]);
    let told = |hours| Command::MeetNoticeClock { at: hour(hours) };
    observe(over(), 60 * 12, &["ClockWarned"]);
    over().at(hour(30)).when(told(24)).then_types(&["ClockMet"]);
    over().at(hour(30)).when(told(25)).then_types(&["ClockMissed"]);
    let told_once = over().at(hour(1)).given([told(1)]);
    told_once.when(told(1)).then([]);
    on_scene(&reference, &[Situation::Other]).when(told(0)).then([]);
}

#[test]
fn law_1_the_reporter_is_told_within_three_working_days() {
    let reference = Reference::default();
    let over = on_scene(&reference, &[Situation::Other]).given([conclude()]);
    // concluded on a Tuesday: Wednesday, Thursday, Friday
    let started = clock(&over, "reporter-feedback");
    assert_eq!(started.due_at, end_of_day("2026-11-27".parse().unwrap()));
    assert_eq!((started.escalates_to.as_str(), started.rule.as_str()), ("county-police", "LAW-1"));
}
