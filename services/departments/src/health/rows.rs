//! The tables.

use chrono::{DateTime, Utc};
use kinward_projection::{Ciphertext, table};
use serde::{Deserialize, Serialize};

/// A referral of police.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Referral {
    /// The referral.
    pub referral_id: String,
    /// The incident.
    pub incident_id: String,
    /// For what, as a number.
    pub kind: i32,
    /// Unit it went to.
    pub unit_id: String,
    /// Village; `None`: unclear.
    pub village_code: Option<String>,
    /// File of the child.
    pub child_id: Option<String>,
    /// What is complained of, sealed.
    pub complaint: Option<Ciphertext>,
    /// What medical care came to, as a number.
    pub outcome: i32,
    /// What the appraisal came to, as a number.
    pub degree: i32,
    /// What was found, sealed.
    pub result: Option<Ciphertext>,
    /// When it was made.
    pub referred_at: DateTime<Utc>,
    /// When it came to a result.
    pub resulted_at: Option<DateTime<Utc>>,
    /// Position at which it was made.
    pub opened: i64,
}

table!(Referral, "referrals", referral_id);

/// Where an incident is, and whose: referrals carry neither.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// The incident.
    pub incident_id: String,
    /// Village; `None`: unclear.
    pub village_code: Option<String>,
    /// File of the child.
    pub child_id: Option<String>,
    /// Its referrals.
    pub referral_ids: Vec<String>,
}

table!(Incident, "incidents", incident_id);

/// The health section of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// The file.
    pub child_id: String,
    /// Village, 12 digits.
    pub village_code: String,
    /// Condition, sealed.
    pub condition: Option<Ciphertext>,
    /// Vaccinations, sealed.
    pub vaccinations: Option<Ciphertext>,
    /// Whether insured, sealed.
    pub insured: Option<Ciphertext>,
    /// Last examination, sealed.
    pub examined_on: Option<Ciphertext>,
    /// When it was recorded last.
    pub recorded_at: Option<DateTime<Utc>>,
}

table!(Section, "sections", child_id);
