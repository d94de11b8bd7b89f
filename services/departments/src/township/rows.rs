//! The tables.

use chrono::{DateTime, Utc};
use kinward_projection::{Ciphertext, table};
use serde::{Deserialize, Serialize};

/// A child's file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Child {
    /// The file.
    pub child_id: String,
    /// Village, 12 digits.
    pub village_code: String,
    /// Status, as a number.
    pub status: i32,
    /// Whether guardianship fails.
    pub guardianship_gap: bool,
    /// Name, sealed.
    pub name: Option<Ciphertext>,
    /// Address, sealed.
    pub address: Option<Ciphertext>,
    /// Parents, guardians and carers.
    pub guardians: Vec<Guardian>,
    /// Stage of schooling, as a number.
    pub school_stage: i32,
    /// Whether the health section is filled in.
    pub health: bool,
    /// Whether all four sections of the file are filled in.
    pub complete: bool,
    /// The key case that it is.
    pub key_case_id: Option<String>,
    /// Difficulties that are not resolved.
    pub open_difficulties: i32,
    /// Visits so far.
    pub visits: i32,
    /// The last of them.
    pub last_visit_at: Option<DateTime<Utc>>,
    /// The file that goes on in its place (BEY-7): a linked duplicate rests, and counts nowhere.
    pub duplicate_of: Option<String>,
}

impl Child {
    /// A guardian became known, or other facts of one did.
    pub(super) fn know(&mut self, guardian: Option<Guardian>) {
        let Some(guardian) = guardian else { return };
        match self.guardians.iter_mut().find(|known| known.person_id == guardian.person_id) {
            // where a parent is, what a court revoked and how it came to be guardian first is told apart
            Some(known) => {
                let Guardian { revoked, whereabouts, before, .. } = known.clone();
                *known = Guardian { revoked, whereabouts, before, ..guardian };
            }
            None => self.guardians.push(guardian),
        }
    }
}

/// A parent, guardian or carer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guardian {
    /// Opaque id of the person.
    pub person_id: String,
    /// Relation, as a number.
    pub relation: i32,
    /// Basis, as a number.
    pub basis: i32,
    /// Name, sealed.
    pub name: Option<Ciphertext>,
    /// Whether the court revoked it.
    pub revoked: bool,
    /// Capacity, as a number.
    pub capacity: i32,
    /// Whereabouts of a parent, as a number.
    pub whereabouts: i32,
    /// What made this person guardian before a court designated it, as a number.
    pub before: Option<i32>,
}

table!(Child, "children", child_id);

/// An assessment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// The assessment.
    pub assessment_id: String,
    /// The incident.
    pub incident_id: String,
    /// File of the child.
    pub child_id: Option<String>,
    /// Village; `None`: unclear.
    pub village_code: Option<String>,
    /// Risk, as a number; zero: not final.
    pub risk: i32,
    /// Departments that gave input, as numbers.
    pub inputs: Vec<i32>,
    /// Dimensions scored, as numbers.
    pub dimensions: Vec<i32>,
    /// Items of the plan.
    pub plan_items: i32,
    /// Items with an outcome.
    pub plan_items_closed: i32,
    /// Position at which it was opened.
    pub opened: i64,
}

table!(Assessment, "assessments", assessment_id);
