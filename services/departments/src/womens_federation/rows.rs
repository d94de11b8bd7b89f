//! The tables.

use chrono::{DateTime, Utc};
use kinward_projection::table;
use serde::{Deserialize, Serialize};

/// A family to be guided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Family {
    /// Item of the plan, or the order.
    pub guidance_id: String,
    /// What asks for it, as a number.
    pub origin: i32,
    /// File of the child.
    pub child_id: Option<String>,
    /// Village; `None`: unclear.
    pub village_code: Option<String>,
    /// Unit that guides.
    pub provider_unit_id: Option<String>,
    /// Since when it waits.
    pub since: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Position at which it was asked for.
    pub opened: i64,
}

table!(Family, "families", guidance_id);

/// Where an assessment or a case is, and whose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The assessment or the case.
    pub subject: String,
    /// Village; `None`: unclear.
    pub village_code: Option<String>,
    /// File of the child.
    pub child_id: Option<String>,
}

table!(Place, "places", subject);
