//! From requests to commands and back. No rules, no storage.

mod deliveries;
mod endpoints;
mod notices;

pub(crate) use deliveries::DeliveriesApi;
pub(crate) use endpoints::Endpoints;
pub(crate) use notices::Notices;

use kinward_contracts::r#type::v1::Department;

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
