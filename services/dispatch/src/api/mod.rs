//! From requests to commands and back. No rules, no storage.

mod incidents;
mod inquiries;
mod registers;
mod settings;
mod steps;
mod warnings;
mod worklist;

pub(crate) use incidents::Incidents;
pub(crate) use inquiries::Inquiries;
pub(crate) use registers::Registers;
pub(crate) use settings::Settings;
pub(crate) use warnings::Warnings;
pub(crate) use worklist::Worklist;

use kinward_contracts::r#type::v1::Department;

/// Who works on incidents.
pub(crate) const POLICE: [Department; 1] = [Department::PublicSecurity];

/// Whom police may ask for help; only the unit that was asked gets further (DSP-5).
pub(crate) const ANYBODY: [Department; 16] = [
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
