//! From requests to commands and back. No rules, no storage.

mod inquiries;
mod registers;
mod settings;
mod steps;
mod warnings;
mod worklist;

pub(crate) use registers::Registers;
pub(crate) use settings::Settings;
pub(crate) use warnings::Warnings;
pub(crate) use worklist::Worklist;

use kinward_chassis::Desk;
use kinward_contracts::r#type::v1::Department;
use kinward_dispatch_domain::incident::Incident;

/// Who works on incidents.
pub(crate) const POLICE: [Department; 1] = [Department::PublicSecurity];

/// Incidents, behind their gate: police inside their area; others are let in by the units that the incident names.
#[derive(Clone)]
pub(crate) struct Incidents {
    pub(crate) desk: Desk<Incident>,
}
