//! From requests to commands and back. No rules, no storage.

mod calls;
mod commendations;
mod input;
mod omissions;
mod reports;

pub(crate) use calls::Calls;
pub(crate) use commendations::Commendations;
pub(crate) use omissions::Omissions;
pub(crate) use reports::Reports;

use kinward_chassis::{Caller, unavailable_read_model};
use kinward_contracts::r#type::v1::{Department, Freshness};
use kinward_eventlog::Live;
use kinward_eventsourcing::{Index, Position};
use tonic::Status;

/// Everybody may report, and be told how far its report is.
const ANYBODY: [Department; 16] = [
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
/// Entries in one answer when the caller does not say.
const PAGE: usize = 50;

/// Waits until an index is as fresh as asked, as long as an answer is of use.
async fn fresh<I: Index>(
    live: &Live<I>,
    caller: &Caller,
    freshness: Option<Freshness>,
) -> Result<(), Status> {
    let wanted = Position(freshness.map(|freshness| freshness.at_least_as_fresh).unwrap_or_default());
    let reached = tokio::time::timeout_at(caller.deadline, live.wait_for(wanted)).await;
    reached.map_err(|_| unavailable_read_model(&format!("{} is not as fresh as asked", I::NAME)))
}

/// One answer's entries, and the token of the next.
fn page<T>(all: Vec<T>, size: i32, token: &str) -> (Vec<T>, String) {
    let size = usize::try_from(size).ok().filter(|size| *size > 0).unwrap_or(PAGE);
    let from: usize = token.parse().unwrap_or(0);
    let next = if all.len() > from.saturating_add(size) { (from + size).to_string() } else { String::new() };
    (all.into_iter().skip(from).take(size).collect(), next)
}
