//! given / when / then of hotline calls, and what holds for every history.

mod ending;
mod handling;
mod line;
mod properties;

use super::{Call, Command, State};
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::reporting::v1::{
    AidGiven, CallAnswered, CallClassified, CallClosed, CallFollowedUp, CallHungUp, CallRang, CallRegistered,
    CallReported, CallReturned, CallState, CallTransferred, FeedbackMeans, FollowUpResult, HelpKind,
    HelpRequested, HotlineFunction, ReportSubmitted, ReportedChild, Reporter, ReporterClass, ReturnOutcome,
    call_event::Event,
};
use kinward_contracts::r#type::v1::{ChildReference, Department, Sealed, Situation};
use kinward_eventsourcing::kit::Scenario;
use kinward_statute::{Clock, Reference, UnitFacts};

/// A Monday.
fn noon() -> DateTime<Utc> {
    "2026-03-09T04:00:00Z".parse().unwrap()
}

fn after(seconds: i64) -> DateTime<Utc> {
    noon() + Duration::seconds(seconds)
}

/// One unit that calls are given to.
fn reference() -> Reference {
    let mut reference = Reference::default();
    let township = UnitFacts {
        name: "兰溪镇人民政府".to_owned(),
        department: Department::Township.into(),
        area: "430903111".to_owned(),
        superior: None,
    };
    reference.units.insert("township-430903111".to_owned(), township);
    reference
}

fn sealed(text: &str) -> Sealed {
    Sealed::plain("person", text)
}

fn ring(phone: Option<&str>) -> Command {
    let rang = CallRang {
        unit_id: "hotline-430903".to_owned(),
        area: "430903".to_owned(),
        caller_person_id: "caller".to_owned(),
        phone: phone.map(sealed),
    };
    Command::Ring { rang, occurred_at: None }
}

fn now(event: Event) -> Command {
    Command::Record { event: Box::new(event), occurred_at: None }
}

fn at(occurred_at: DateTime<Utc>, event: Event) -> Command {
    Command::Record { event: Box::new(event), occurred_at: Some(occurred_at) }
}

fn answer() -> Event {
    Event::CallAnswered(CallAnswered {})
}

fn hang_up() -> Event {
    Event::CallHungUp(CallHungUp {})
}

fn ring_back(outcome: ReturnOutcome) -> Event {
    Event::CallReturned(CallReturned { outcome: outcome.into() })
}

fn named() -> Reporter {
    Reporter {
        reporter_class: ReporterClass::Citizen.into(),
        name: Some(sealed("汤听雪")),
        ..Reporter::default()
    }
}

fn anonymous() -> Reporter {
    Reporter { reporter_class: ReporterClass::Citizen.into(), anonymous: true, ..Reporter::default() }
}

fn registered_by(caller: Reporter) -> Event {
    let reference = ChildReference { child_id: None, person_id: "child".to_owned() };
    Event::CallRegistered(CallRegistered {
        receipt_code_hash: "ABCDE-FGHJK".to_owned(),
        caller: Some(caller),
        child: Some(ReportedChild { reference: Some(reference), ..ReportedChild::default() }),
        village_code: Some("430903111201".to_owned()),
        narrative: Some(sealed("孩子独自在家")),
        ..CallRegistered::default()
    })
}

fn classify(functions: &[HotlineFunction]) -> Event {
    let functions = functions.iter().map(|function| i32::from(*function)).collect();
    Event::CallClassified(CallClassified { functions })
}

fn reported(caller: Reporter, situations: &[Situation]) -> Event {
    Event::CallReported(CallReported {
        report_id: "report".to_owned(),
        submitted: Some(ReportSubmitted {
            receipt_code_hash: "KJHGF-EDCBA".to_owned(),
            situations: situations.iter().map(|situation| i32::from(*situation)).collect(),
            reporter: Some(caller),
            call_id: Some("call".to_owned()),
            ..ReportSubmitted::default()
        }),
    })
}

fn ask_for_help(kinds: &[HelpKind]) -> Event {
    Event::HelpRequested(HelpRequested {
        help_request_id: "help".to_owned(),
        kinds: kinds.iter().map(|kind| i32::from(*kind)).collect(),
        details: Some(sealed("需要心理辅导")),
        ..HelpRequested::default()
    })
}

fn transfer(unit: &str) -> Event {
    Event::CallTransferred(CallTransferred { to_unit_id: unit.to_owned(), ..CallTransferred::default() })
}

fn aid(function: HotlineFunction) -> Event {
    Event::AidGiven(AidGiven { function: function.into(), details: Some(sealed("倾听")) })
}

fn follow_up(result: FollowUpResult) -> Event {
    Event::CallFollowedUp(CallFollowedUp { result: result.into(), details: None })
}

fn close(means: FeedbackMeans, feedback: Option<&str>) -> Event {
    Event::CallClosed(CallClosed { means: means.into(), feedback: feedback.map(sealed) })
}

/// The hotline rings from a known number.
fn ringing(reference: &Reference) -> Scenario<'_, Call> {
    Scenario::new("call", noon(), reference).given([ring(Some("13900000001"))])
}

/// Somebody answered after five seconds.
fn answered(reference: &Reference) -> Scenario<'_, Call> {
    ringing(reference).at(after(5)).given([now(answer())])
}

/// The caller gave a name; a minute after the ring the call was registered.
fn registered(reference: &Reference) -> Scenario<'_, Call> {
    answered(reference).at(after(60)).given([now(registered_by(named()))])
}

fn clock<'a>(scenario: &'a Scenario<'_, Call>, clock_id: &str) -> &'a Clock {
    scenario.state().clocks.get(clock_id).expect("the clock was started")
}
