//! Who is above a department: whom a notice escalates to.

use kinward_contracts::r#type::v1::Department;
use kinward_statute::DISTRICT;

/// Who is told when a department does not acknowledge; `None`: nobody is above.
///
/// A township's and a village's superior is the district's civil affairs, which leads (民政牵头); of every other
/// department the same department of the district, and of that the district's leadership.
pub fn superior(department: Department, area: &str) -> Option<(Department, String)> {
    let district = area.get(..DISTRICT).unwrap_or(area).to_owned();
    match department {
        Department::DistrictLeadership => None,
        Department::Township | Department::Village => Some((Department::CivilAffairs, district)),
        other if area.len() > DISTRICT => Some((other, district)),
        _ => Some((Department::DistrictLeadership, district)),
    }
}
