//! Whoever reported is told the result (LAW-1).

use super::linking::{joined, parted};
use super::*;
use kinward_contracts::dispatch::v1::{ReporterFeedbackGiven, incident_event::Event};
use kinward_contracts::r#type::v1::FeedbackResult;
use kinward_statute::{Outcome, end_of_day};

fn feedback(report_id: &str, result: FeedbackResult) -> ReporterFeedbackGiven {
    ReporterFeedbackGiven {
        report_id: report_id.to_owned(),
        result: result.into(),
        words: Some(sealed("感谢您的报告")),
    }
}

fn all() -> Command {
    now(feedback("", FeedbackResult::Handled))
}

fn over(reference: &Reference) -> Scenario<'_, Incident> {
    on_scene(reference, &[Situation::Other]).given([conclude()])
}

#[test]
fn law_1_the_reporter_is_told_after_the_incident_once_and_the_clock_is_met() {
    let reference = Reference::default();
    on_scene(&reference, &[Situation::Other]).when(all()).then_refused("LAW-1");
    over(&reference).when(now(feedback("", FeedbackResult::Unspecified))).then_refused("LAW-1");
    let stranger = over(&reference).when(now(feedback("another", FeedbackResult::Handled)));
    assert_eq!(stranger.then_refused("LAW-1").reason, Reason::UnknownReference);
    for report in ["", "report"] {
        let outcome = over(&reference).when(now(feedback(report, FeedbackResult::NotFound)));
        let Some(Event::ReporterFeedbackGiven(given)) = &outcome.facts()[0].event.event else { panic!() };
        assert_eq!((given.report_id.as_str(), given.result()), ("report", FeedbackResult::NotFound));
        let told = outcome.then_types(&["ReporterFeedbackGiven", "ClockMet"]);
        told.when(all()).then_refused("LAW-1");
    }
}

#[test]
fn law_1_who_is_told_too_late_is_told_and_the_clock_is_missed_and_escalates_to_county_police() {
    let reference = Reference::default();
    let due = end_of_day("2026-11-27".parse().unwrap());
    over(&reference)
        .at(end_of_day("2026-11-26".parse().unwrap()))
        .when(Command::ObserveClocks)
        // the township was not told either
        .then_types(&["ClockWarned", "ClockMissed"]);
    let scenario = over(&reference).given([Command::MeetNoticeClock { at: minute(0) }]).at(due);
    scenario
        .when(Command::ObserveClocks)
        .then_types(&["ClockMissed"])
        .when(all())
        .then_types(&["ReporterFeedbackGiven"]);
    // told in time, recorded late
    let in_time = at(180, feedback("", FeedbackResult::Handled));
    over(&reference).at(due).when(in_time).then_types(&["ReporterFeedbackGiven", "ClockMet"]);
}

#[test]
fn law_1_rpt_4_each_reporter_of_a_linked_report_is_told_and_has_a_clock() {
    let reference = Reference::default();
    let over = || {
        on_scene(&reference, &[Situation::Other])
            .given([now(joined("other", &[Situation::Other])), conclude()])
    };
    let clock = |scenario: &Scenario<'_, Incident>| {
        scenario.state().clocks.get("reporter-feedback-other").unwrap().outcome
    };
    let first = over()
        .when(now(feedback("report", FeedbackResult::Handled)))
        .then_types(&["ReporterFeedbackGiven", "ClockMet"]);
    assert_eq!(clock(&first), None);
    let both = first.when(all()).then_types(&["ReporterFeedbackGiven", "ClockMet"]);
    assert_eq!(clock(&both), Some(Outcome::Met));
    over().when(all()).then_types(&[
        "ReporterFeedbackGiven",
        "ClockMet",
        "ReporterFeedbackGiven",
        "ClockMet",
    ]);
    // whose incident is unlinked is told there
    let apart = over().when(now(parted("other"))).then_types(&["IncidentParted", "ClockVoided"]);
    assert_eq!(clock(&apart), Some(Outcome::Void));
    apart.when(now(feedback("report-of-other", FeedbackResult::Handled))).then_refused("LAW-1");
}

#[test]
fn law_1_an_incident_that_policy_reported_has_nobody_to_tell_and_no_clock_for_it() {
    let reference = Reference::default();
    let by_policy =
        IncidentOpened { without_reporter: true, ..opened(&[Situation::Other], DangerSigns::default()) };
    let scene = || {
        Scenario::<Incident>::new("incident", minute(0), &reference).given([
            Command::Open(Box::new(by_policy.clone())),
            now(accepted()),
            now(dispatched()),
            now(arrived()),
        ])
    };
    let over = scene().when(conclude()).then_types(&["IncidentConcluded", "ClockStarted"]);
    over.when(all()).then_refused("LAW-1");
    // whoever reported the same event is told all the same
    let linked = scene().given([now(joined("other", &[Situation::Other])), conclude()]);
    linked.when(all()).then_types(&["ReporterFeedbackGiven", "ClockMet"]);
}
