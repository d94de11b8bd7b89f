//! The tables.

use kinward_projection::table;
use serde::{Deserialize, Serialize};

/// A volunteer paired with a child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Volunteer {
    /// The pairing.
    pub pairing_id: String,
    /// File of the child.
    pub child_id: String,
    /// Unit that paired them.
    pub unit_id: String,
    /// Since when.
    pub from_on: String,
    /// Until when.
    pub until_on: Option<String>,
    /// Visits so far.
    pub visits: i32,
    /// Of them, in holidays.
    pub visits_in_holidays: i32,
    /// Village of the child, 12 digits.
    pub village_code: String,
    /// Position at which they were paired.
    pub opened: i64,
}

table!(Volunteer, "volunteers", pairing_id);

/// Where a child lives: pairings do not carry it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Child {
    /// The file.
    pub child_id: String,
    /// Village, 12 digits.
    pub village_code: String,
    /// Volunteers, who move with the child.
    pub pairing_ids: Vec<String>,
}

table!(Child, "children", child_id);
