//! Which calls are visible to whom, and that none is forgotten (INF-3).

use super::{Calls, Whose};
use crate::call::{Call, Command};
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::reporting::v1::{
    AidGiven, CallAnswered, CallClassified, CallClosed, CallFilter, CallFollowedUp, CallHungUp, CallRang,
    CallRegistered, CallReturned, CallState, CallTransferred, FeedbackMeans, FollowUpResult, HotlineFunction,
    Reporter, ReporterClass, ReturnOutcome, call_event::Event,
};
use kinward_contracts::r#type::v1::{Department, Sealed};
use kinward_eventsourcing::Index as _;
use kinward_eventsourcing::kit::Scenario;
use kinward_statute::{Reference, UnitFacts};

const CODE: &str = "ABCDE-FGHJK";
const DISTRICT: Whose<'static> = Whose::HotlinesIn("430903");

fn after(seconds: i64) -> DateTime<Utc> {
    "2026-03-09T04:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::seconds(seconds)
}

fn reference() -> Reference {
    let mut reference = Reference::default();
    let township = UnitFacts {
        name: "兰溪镇人民政府".to_owned(),
        department: Department::Township.into(),
        area: "430903111".to_owned(),
        superior: None,
    };
    reference.units.insert("township".to_owned(), township);
    reference
}

fn ring() -> Command {
    let rang = CallRang { area: "430903".to_owned(), ..CallRang::default() };
    Command::Ring { rang, occurred_at: None }
}

fn now(event: Event) -> Command {
    Command::Record { event: Box::new(event), occurred_at: None }
}

fn answer() -> Command {
    now(Event::CallAnswered(CallAnswered {}))
}

fn hang_up() -> Command {
    now(Event::CallHungUp(CallHungUp {}))
}

fn register() -> Command {
    now(Event::CallRegistered(CallRegistered {
        receipt_code_hash: CODE.to_owned(),
        caller: Some(Reporter {
            reporter_class: ReporterClass::Citizen.into(),
            anonymous: true,
            ..Reporter::default()
        }),
        village_code: Some("430903111201".to_owned()),
        ..CallRegistered::default()
    }))
}

fn follow_up(result: FollowUpResult) -> Command {
    now(Event::CallFollowedUp(CallFollowedUp { result: result.into(), details: None }))
}

fn call(reference: &Reference, steps: impl IntoIterator<Item = Command>) -> Scenario<'_, Call> {
    Scenario::new("call", after(0), reference).given([ring()]).given(steps)
}

fn index(scenario: &Scenario<'_, Call>) -> Calls {
    let mut index = Calls::default();
    for event in scenario.recorded() {
        index.fold(&event).unwrap();
    }
    index
}

/// Whether the call is listed under open, unanswered and overdue.
fn shown(scenario: &Scenario<'_, Call>, now: DateTime<Utc>) -> [bool; 3] {
    let index = index(scenario);
    [CallFilter::Open, CallFilter::Unanswered, CallFilter::Overdue]
        .map(|filter| !index.list(DISTRICT, filter, now).is_empty())
}

#[test]
fn inf_3_a_call_that_rings_too_long_is_overdue_before_and_after_the_alarm() {
    let reference = reference();
    let ringing = call(&reference, []);
    assert_eq!(shown(&ringing, after(19)), [true, false, false]);
    assert_eq!(shown(&ringing, after(20)), [true, false, true]);
    let missed = ringing.at(after(20)).given([Command::ObserveClocks]);
    assert_eq!(shown(&missed, after(20)), [true, false, true]);
    let answered = missed.given([answer()]);
    assert_eq!(shown(&answered, after(25)), [true, false, false], "answered late is answered");
}

#[test]
fn inf_3_an_abandoned_and_a_broken_call_stay_visible_until_somebody_rings_back() {
    let reference = reference();
    let abandoned = call(&reference, [hang_up()]);
    assert_eq!(shown(&abandoned, after(5_000)), [false, true, false]);
    let cut_off = call(&reference, [answer(), hang_up()]);
    assert_eq!(shown(&cut_off, after(5_000)), [false, true, false]);
    let late = call(&reference, []).at(after(30)).given([hang_up()]);
    assert_eq!(shown(&late, after(30)), [false, true, true], "nobody answered in time");
    let phone = Some(Sealed::plain("caller", "13900000001"));
    let known = CallRang { area: "430903".to_owned(), phone, ..CallRang::default() };
    let back = |outcome: ReturnOutcome| now(Event::CallReturned(CallReturned { outcome: outcome.into() }));
    let in_vain = Scenario::<Call>::new("call", after(0), &reference)
        .given([Command::Ring { rang: known, occurred_at: None }])
        .at(after(30))
        .given([hang_up(), back(ReturnOutcome::NotReached)]);
    assert_eq!(shown(&in_vain, after(30)), [false, true, true]);
    let reached = in_vain.given([back(ReturnOutcome::Reached)]);
    assert_eq!(shown(&reached, after(30)), [true, false, false]);
}

#[test]
fn inf_3_a_registered_call_is_overdue_while_nobody_follows_it_up_in_time() {
    let reference = reference();
    let days = |days: i64| after(days * 86_400);
    let registered = call(&reference, [answer(), register()]);
    assert_eq!(shown(&registered, days(3)), [true, false, false]);
    assert_eq!(shown(&registered, days(4)), [true, false, true]);
    let missed = registered.at(days(4)).given([Command::ObserveClocks]);
    assert_eq!(shown(&missed, days(4)), [true, false, true]);
    let again = missed.given([follow_up(FollowUpResult::InHand)]);
    assert_eq!(shown(&again, days(4)), [true, false, false], "the next follow-up is not due yet");
    let late_unobserved =
        call(&reference, [answer(), register()]).at(days(4)).given([follow_up(FollowUpResult::Resolved)]);
    assert_eq!(shown(&late_unobserved, days(9)), [true, false, false]);
}

#[test]
fn inf_3_a_unit_sees_the_calls_it_was_given_and_no_others() {
    let reference = reference();
    let transfer = now(Event::CallTransferred(CallTransferred {
        to_unit_id: "township".to_owned(),
        ..CallTransferred::default()
    }));
    let given = call(&reference, [answer(), register(), transfer]);
    let index = index(&given);
    let seen = |whose| index.list(whose, CallFilter::Unspecified, after(0)).len();
    assert_eq!(seen(Whose::GivenTo("township")), 1);
    assert_eq!(seen(Whose::GivenTo("another")), 0);
    assert_eq!(seen(DISTRICT), 1);
    assert_eq!(seen(Whose::HotlinesIn("430981")), 0);
}

#[test]
fn inf_3_a_closed_call_leaves_the_list_and_its_receipt_still_answers() {
    let reference = reference();
    let aid = HotlineFunction::PsychologicalAid.into();
    let feedback = Some(Sealed::plain("caller", "已办结"));
    let close = CallClosed { means: FeedbackMeans::Receipt.into(), feedback };
    let registered = call(&reference, [answer(), register()]);
    let receipt = |scenario: &Scenario<'_, Call>| index(scenario).receipt(CODE).map(|one| one.state);
    assert_eq!(receipt(&registered), Some(CallState::Registered.into()));
    let closed = registered.given([
        hang_up(),
        now(Event::CallClassified(CallClassified { functions: vec![aid] })),
        now(Event::AidGiven(AidGiven { function: aid, details: None })),
        follow_up(FollowUpResult::Resolved),
        now(Event::CallClosed(close)),
    ]);
    assert_eq!(shown(&closed, after(500_000)), [false; 3]);
    assert!(index(&closed).list(DISTRICT, CallFilter::Unspecified, after(0)).is_empty());
    assert_eq!(receipt(&closed), Some(CallState::Closed.into()));
    assert!(index(&closed).receipt("").is_none() && index(&closed).receipt("OTHER").is_none());
}
