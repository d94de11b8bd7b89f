//! given / when / then of protection orders (LAW-4), and what holds for every history.

mod after;
mod applying;
mod properties;

use super::{Command, Order, duties};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use kinward_contracts::custody::v1::order_event::Event;
use kinward_contracts::custody::v1::{
    Applicant, BreachSanctioned, Measure, OrderApplicationAccepted, OrderStage, ProtectionOrderAppliedFor,
    ProtectionOrderBreached, ProtectionOrderExtended, ProtectionOrderGranted, ProtectionOrderRefused,
    ProtectionOrderRevoked, ProtectionOrderServed, ProtectionOrderVaried, ReviewDecided, ReviewOutcome,
    ReviewRequested, Sanction, ServedOn,
};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::r#type::v1::{ChildReference, Department, Reason, Sealed};
use kinward_eventsourcing::kit::Scenario;
use kinward_statute::Duty;
use kinward_statute::{Outcome, Reference, end_of_day, start_of_day};

const VILLAGE: &str = "430903111201";
/// A Tuesday.
const TODAY: &str = "2026-11-24";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn noon(text: &str) -> DateTime<Utc> {
    start_of_day(day(text)) + Duration::hours(12)
}

fn actor(department: Department) -> Actor {
    let area = if department == Department::Village { VILLAGE } else { "430903" };
    Actor {
        department: department.into(),
        unit_id: "unit".to_owned(),
        area: area.to_owned(),
        ..Actor::default()
    }
}

fn apply(applicant: Applicant) -> Command {
    Command::Apply {
        applied: ProtectionOrderAppliedFor {
            child: Some(ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() }),
            village_code: Some(VILLAGE.to_owned()),
            respondent_person_id: "father".to_owned(),
            applicant: applicant.into(),
            court_unit_id: "court-430903".to_owned(),
            ..ProtectionOrderAppliedFor::default()
        },
        occurred_at: None,
    }
}

fn now(event: Event) -> Command {
    Command::Record { event, occurred_at: None }
}

fn at(moment: DateTime<Utc>, event: Event) -> Command {
    Command::Record { event, occurred_at: Some(moment) }
}

fn accepted(urgent: bool) -> Event {
    Event::OrderApplicationAccepted(OrderApplicationAccepted { urgent })
}

fn granted(valid_until: &str) -> Event {
    Event::ProtectionOrderGranted(ProtectionOrderGranted {
        measures: vec![Measure::NoViolence.into(), Measure::MoveOut.into()],
        valid_until: valid_until.to_owned(),
        ..ProtectionOrderGranted::default()
    })
}

fn refused() -> Event {
    Event::ProtectionOrderRefused(ProtectionOrderRefused { reason: None })
}

fn served(on: ServedOn) -> Event {
    Event::ProtectionOrderServed(ProtectionOrderServed { served_on: on.into() })
}

fn extended(valid_until: &str) -> Event {
    Event::ProtectionOrderExtended(ProtectionOrderExtended {
        valid_until: valid_until.to_owned(),
        ..ProtectionOrderExtended::default()
    })
}

fn varied() -> Event {
    Event::ProtectionOrderVaried(ProtectionOrderVaried {
        measures: vec![Measure::Other.into()],
        other_measures: Some(Sealed::plain("child", "由学校接送")),
        ..ProtectionOrderVaried::default()
    })
}

fn revoked() -> Event {
    Event::ProtectionOrderRevoked(ProtectionOrderRevoked::default())
}

fn breached() -> Event {
    Event::ProtectionOrderBreached(ProtectionOrderBreached {
        breach_id: "breach".to_owned(),
        ..ProtectionOrderBreached::default()
    })
}

fn sanctioned(sanction: Sanction, fine_yuan: u32, detention_days: u32) -> Event {
    let breach_id = "breach".to_owned();
    Event::BreachSanctioned(BreachSanctioned {
        breach_id,
        sanction: sanction.into(),
        fine_yuan,
        detention_days,
    })
}

fn review(by_respondent: bool) -> Event {
    Event::ReviewRequested(ReviewRequested { by_respondent })
}

fn reviewed(outcome: ReviewOutcome) -> Event {
    Event::ReviewDecided(ReviewDecided { outcome: outcome.into() })
}

/// The village committee has applied; the court asks.
fn applied(reference: &Reference) -> Scenario<'_, Order> {
    let scenario = Scenario::new("order", noon(TODAY), reference).by(actor(Department::Village));
    scenario.given([apply(Applicant::VillageCommittee)]).by(actor(Department::Court))
}

/// The court has granted the order today.
fn in_force<'a>(reference: &'a Reference, valid_until: &str) -> Scenario<'a, Order> {
    applied(reference).given([now(accepted(false)), now(granted(valid_until))])
}

fn open(scenario: &Scenario<'_, Order>) -> Vec<&'static str> {
    duties(scenario.state()).into_iter().map(|duty| duty.what).collect()
}
