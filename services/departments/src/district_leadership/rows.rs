//! The tables. No child is in them.

use kinward_projection::table;
use serde::{Deserialize, Serialize};

/// A child entered or left the roll of left-behind children.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Movement {
    /// The event.
    pub event_id: String,
    /// Month, YYYY-MM.
    pub month: String,
    /// Village, 12 digits.
    pub village_code: String,
    /// Whether a child entered the roll; otherwise one left it.
    pub entered: bool,
    /// Why, as a number.
    pub reason: i32,
}

table!(Movement, "movements", event_id);
