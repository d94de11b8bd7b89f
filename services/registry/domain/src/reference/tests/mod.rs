//! given / when / then of reference data.

mod divisions;
mod published;
mod units_and_clocks;

use chrono::{DateTime, Utc};
use kinward_eventsourcing::Decider;
use kinward_eventsourcing::kit::{Outcome, Scenario};
use kinward_statute::Reference;

fn noon() -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse().unwrap()
}

fn new<'a, D: Decider<Reference = Reference>>(id: &str, reference: &'a Reference) -> Scenario<'a, D> {
    Scenario::new(id, noon(), reference)
}

/// The command makes one event.
fn made<'a, D: Decider>(outcome: Outcome<'a, D>, event: &str) -> Scenario<'a, D> {
    outcome.then_types(&[event])
}
