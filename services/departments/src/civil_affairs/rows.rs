//! The tables.

use chrono::{DateTime, Utc};
use kinward_projection::{Ciphertext, table};
use kinward_statute::Clocks;
use serde::{Deserialize, Serialize};

/// A custody case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The case.
    pub case_id: String,
    /// File of the child.
    pub child_id: Option<String>,
    /// Village; `None`: unclear.
    pub village_code: Option<String>,
    /// Grounds that are met, as numbers.
    pub grounds: Vec<i32>,
    /// Stage, as a number: open, filed, accepted, heard or ruled.
    pub stage: i32,
    /// Ruling, as a number.
    pub ruling: i32,
    /// Name of the designated guardian, sealed.
    pub designated_name: Option<Ciphertext>,
    /// Every clock of it.
    pub clocks: Clocks,
    /// Position at which it was opened.
    pub opened: i64,
}

table!(Case, "cases", case_id);

/// A temporary placement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// The placement.
    pub placement_id: String,
    /// The incident.
    pub incident_id: String,
    /// File of the child.
    pub child_id: Option<String>,
    /// Kind, as a number.
    pub kind: i32,
    /// Unit that gave the child.
    pub giver_unit_id: String,
    /// Unit that took the child.
    pub taker_unit_id: Option<String>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when; `None`: open.
    pub until: Option<DateTime<Utc>>,
    /// Position at which it began.
    pub placed: i64,
}

table!(Placement, "placements", placement_id);

/// A notice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// The notice.
    pub notice_id: String,
    /// The incident.
    pub incident_id: Option<String>,
    /// Of what, as a number.
    pub template: i32,
    /// Department that is told, as a number.
    pub department: i32,
    /// Its area.
    pub area: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// Whether it was acknowledged.
    pub acknowledged: bool,
    /// How often it was escalated.
    pub level: i32,
    /// Position at which it was sent.
    pub sent: i64,
}

table!(Notice, "notices", notice_id);

/// A referral to social relief.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Relief {
    /// The referral.
    pub relief_id: String,
    /// File of the child.
    pub child_id: Option<String>,
    /// Village; `None`: unclear.
    pub village_code: Option<String>,
    /// Department that decides, as a number.
    pub recipient: i32,
    /// What is proposed, or was granted, as numbers.
    pub kinds: Vec<i32>,
    /// How far it is, as a number.
    pub stage: i32,
    /// When it was referred.
    pub referred_at: DateTime<Utc>,
    /// Position at which it was referred.
    pub opened: i64,
}

table!(Relief, "relief", relief_id);
