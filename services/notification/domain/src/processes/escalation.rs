//! Which department a clock's escalation role is, and where.

use kinward_contracts::r#type::v1::Department;

/// Lengths of the division codes of a township and a village.
const TOWNSHIP: usize = 9;
const VILLAGE: usize = 12;

/// Department and area that are told when a clock is missed. `role` is the clock's `escalates_to`, `area` the place
/// of its duty, empty when unclear: then a township's or a village's notice goes to civil affairs, which leads, so
/// that it is not dropped. A role that nobody knows goes to the district's leadership.
pub fn escalated_to(role: &str, area: &str, district: &str) -> (Department, String) {
    let department = match role {
        "village" => match (area.get(..VILLAGE), area.get(..TOWNSHIP)) {
            (Some(village), _) => return (Department::Village, village.to_owned()),
            (None, Some(township)) => return (Department::Township, township.to_owned()),
            (None, None) => Department::CivilAffairs,
        },
        "township" => match area.get(..TOWNSHIP) {
            Some(township) => return (Department::Township, township.to_owned()),
            None => Department::CivilAffairs,
        },
        "civil-affairs" | "district-civil-affairs" | "hotline-lead" => Department::CivilAffairs,
        "duty-commander" | "county-police" => Department::PublicSecurity,
        "education-department" | "school-principal" => Department::Education,
        "court-liaison" => Department::Court,
        _ => Department::DistrictLeadership,
    };
    (department, district.to_owned())
}
