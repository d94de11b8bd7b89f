//! The tables.

use chrono::{DateTime, Utc};
use kinward_projection::{Ciphertext, Table};
use kinward_statute::Clocks;
use serde::{Deserialize, Serialize};

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
}

impl Table for Incident {
    const NAME: &'static str = "incidents";
    const KEY: &'static str = "incident_id";

    fn key(&self) -> String {
        self.incident_id.clone()
    }
}
