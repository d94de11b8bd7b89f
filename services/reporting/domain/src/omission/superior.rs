//! Who holds a unit to account: the unit above it.

use kinward_contracts::reporting::v1::Superior;
use kinward_statute::Reference;

/// The unit above. `None`: nobody is.
pub fn superior_of(unit_id: &str, reference: &Reference) -> Option<Superior> {
    let above = reference.above(unit_id)?;
    let facts = reference.units.get(above)?;
    Some(Superior { unit_id: above.to_owned(), department: facts.department, area: facts.area.clone() })
}
