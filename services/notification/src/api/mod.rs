//! From requests to commands and back. No rules, no storage.

mod deliveries;
mod endpoints;
mod notices;

pub(crate) use deliveries::DeliveriesApi;
pub(crate) use endpoints::Endpoints;
pub(crate) use notices::Notices;

use kinward_chassis::{Caller, unavailable_read_model};
use kinward_contracts::r#type::v1::{Department, Freshness};
use kinward_eventlog::Live;
use kinward_eventsourcing::{Index, Position};
use tonic::Status;

/// Entries in one answer when the caller does not say.
const PAGE: usize = 50;

/// Departments that have units: any of them may be told by configuration (DEP-9).
const UNITS: [Department; 16] = [
    Department::CivilAffairs,
    Department::PublicSecurity,
    Department::Education,
    Department::Health,
    Department::Justice,
    Department::Township,
    Department::Village,
    Department::WomensFederation,
    Department::YouthLeague,
    Department::DistrictLeadership,
    Department::Court,
    Department::Finance,
    Department::Transport,
    Department::DisabledPersonsFederation,
    Department::TradeUnion,
    Department::NextGenerationCommittee,
];

/// Waits until an index is as fresh as asked.
async fn fresh<I: Index>(index: &Live<I>, asked: Option<Freshness>, caller: &Caller) -> Result<(), Status> {
    let wanted = Position(asked.map(|freshness| freshness.at_least_as_fresh).unwrap_or_default());
    let waited = tokio::time::timeout_at(caller.deadline, index.wait_for(wanted)).await;
    waited.map_err(|_| unavailable_read_model(&"the index is not as fresh as asked"))
}

/// The page that was asked for, and the token of the next one.
fn page<T>(all: impl Iterator<Item = T>, size: i32, token: &str) -> (Vec<T>, String) {
    let size = usize::try_from(size).ok().filter(|size| *size > 0).unwrap_or(PAGE);
    let from: usize = token.parse().unwrap_or(0);
    let mut some: Vec<T> = all.skip(from).take(size + 1).collect();
    let next = if some.len() > size { (from + size).to_string() } else { String::new() };
    some.truncate(size);
    (some, next)
}
