//! From requests to commands and back. No rules, no storage.

mod incidents;
mod steps;
mod worklist;

pub(crate) use incidents::Incidents;
pub(crate) use worklist::Worklist;

use kinward_contracts::r#type::v1::Department;

/// Who works on incidents.
pub(crate) const POLICE: [Department; 1] = [Department::PublicSecurity];
