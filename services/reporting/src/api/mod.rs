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

use kinward_contracts::r#type::v1::Department;

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
