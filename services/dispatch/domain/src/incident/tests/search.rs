//! The rapid search for a missing child (DSP-2d).

use super::*;

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
