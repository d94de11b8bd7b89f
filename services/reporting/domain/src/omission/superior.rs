//! Who holds a unit to account: the unit above it.

use kinward_contracts::reporting::v1::Superior;
use kinward_contracts::r#type::v1::Department;
use kinward_statute::{DISTRICT, Reference};

/// The unit above, as it is registered; where none is, the district's unit of the same department. `None`: nobody is.
pub fn superior_of(unit_id: &str, reference: &Reference) -> Option<Superior> {
    let unit = reference.units.get(unit_id)?;
    let above = unit.superior.as_deref().or_else(|| {
        let department = Department::try_from(unit.department).unwrap_or_default();
        reference.unit_of(department, unit.area.get(..DISTRICT)?)
    });
    let above = above.filter(|above| *above != unit_id)?;
    let facts = reference.units.get(above)?;
    Some(Superior { unit_id: above.to_owned(), department: facts.department, area: facts.area.clone() })
}
