//! The tables.

use chrono::{DateTime, Utc};
use kinward_projection::{Ciphertext, table};
use kinward_statute::Clocks;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// The incident.
    pub incident_id: String,
    /// Report that began it.
    pub report_id: String,
    /// Severity, as a number.
    pub severity: i32,
    /// Situations, as numbers.
    pub situations: Vec<i32>,
    /// Village; `None`: unclear.
    pub village_code: Option<String>,
    /// Stage, as a number.
    pub stage: i32,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// File of the child.
    pub child_id: Option<String>,
    /// Name of the child, sealed.
    pub child_name: Option<Ciphertext>,
    /// Where, sealed.
    pub place: Option<Ciphertext>,
    /// The open placement.
    pub placement_id: Option<String>,
    /// Every clock of it.
    pub clocks: Clocks,
    /// Clock that runs out first.
    pub clock: Option<String>,
    /// When it does.
    pub clock_due_at: Option<DateTime<Utc>>,
    /// Position at which it was opened.
    pub opened: i64,
    /// Severity of the most urgent of the reports about it, as a number.
    pub urgency: i32,
    /// Incident that it follows (RPT-4): it stands in no list then.
    pub follows: Option<String>,
    /// Severity of each incident that follows it, by id.
    pub joined: BTreeMap<String, i32>,
}

table!(Incident, "incidents", incident_id);

/// A search for a missing child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Search {
    /// The incident.
    pub incident_id: String,
    /// Village; `None`: unclear.
    pub village_code: Option<String>,
    /// Number of the bulletin.
    pub bulletin_no: String,
    /// Areas it went to.
    pub areas: Vec<String>,
    /// When it was opened last.
    pub opened_at: DateTime<Utc>,
    /// Sightings so far.
    pub sightings: i32,
    /// How it ended, as a number; zero: it goes on.
    pub ended: i32,
    /// Position at which it was opened last.
    pub opened: i64,
}

table!(Search, "searches", incident_id);

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The evidence.
    pub evidence_id: String,
    /// The incident.
    pub incident_id: String,
    /// Village of the incident; `None`: unclear.
    pub village_code: Option<String>,
    /// What it is, as a number.
    pub kind: i32,
    /// SHA-256 of a file.
    pub sha256: Option<String>,
    /// Unit that holds it now.
    pub holder_unit_id: String,
    /// How often it was handed on.
    pub transfers: i32,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
    /// Position at which it was taken.
    pub opened: i64,
}

table!(Evidence, "evidence", evidence_id);
