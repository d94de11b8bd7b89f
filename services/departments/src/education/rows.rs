//! The tables.

use kinward_projection::{Ciphertext, table};
use serde::{Deserialize, Serialize};

/// A pupil: every child on file, since any may be enrolled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pupil {
    /// The file.
    pub child_id: String,
    /// Name, sealed.
    pub name: Option<Ciphertext>,
    /// Village, 12 digits.
    pub village_code: String,
    /// School.
    pub school_unit_id: Option<String>,
    /// Stage of schooling, as a number.
    pub stage: i32,
    /// Whether the pupil boards.
    pub boarding: bool,
    /// Whether the pupil is left behind now.
    pub left_behind: bool,
    /// Where on the drop-out ladder, as a number.
    pub ladder: i32,
    /// Absences so far.
    pub absences: i32,
    /// Since when the pupil has dropped out.
    pub dropped_out_since_on: Option<String>,
    /// Attempts to persuade the pupil to return.
    pub persuasion_attempts: i32,
    /// Whether there is a contact card.
    pub contact_card: bool,
    /// Teacher of the contact card, sealed.
    pub teacher_name: Option<Ciphertext>,
    /// Caring adults.
    pub pairings: Vec<Pairing>,
    /// The file that goes on in its place (BEY-7).
    pub duplicate_of: Option<String>,
}

table!(Pupil, "pupils", child_id);

/// A caring adult.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pairing {
    /// The pairing.
    pub pairing_id: String,
    /// As what, as a number.
    pub role: i32,
    /// Since when.
    pub from_on: String,
    /// Until when.
    pub until_on: Option<String>,
    /// Visits so far.
    pub visits: i32,
}
