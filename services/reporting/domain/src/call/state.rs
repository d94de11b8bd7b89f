//! What the events of a call amount to. Personal data stays sealed.

use chrono::{DateTime, Utc};
use kinward_contracts::reporting::v1::{CallState, ReportedChild, Reporter};
use kinward_contracts::r#type::v1::Sealed;
use kinward_statute::Clocks;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// How far it is, as a number.
    pub stage: i32,
    /// When it came so far.
    pub since: Option<DateTime<Utc>>,
    /// Division code of the area of the hotline's unit.
    pub area: String,
    /// Person whose key seals who called.
    pub caller_person_id: String,
    /// Number the call came from.
    pub phone: Option<Sealed>,
    /// Whether the caller is on the line.
    pub line_open: bool,
    /// The caller, once registered.
    pub caller: Option<Reporter>,
    /// The child, as far as known.
    pub child: Option<ReportedChild>,
    /// Village; absent: unclear.
    pub village_code: Option<String>,
    /// Where, in words.
    pub place: Option<Sealed>,
    /// What the caller said.
    pub narrative: Option<Sealed>,
    /// What it is, as numbers of functions.
    pub functions: BTreeSet<i32>,
    /// Reports it was turned into.
    pub reports: Vec<String>,
    /// Requests for help it was turned into.
    pub help_requests: Vec<String>,
    /// Units it was given to.
    pub to_unit_ids: Vec<String>,
    /// Functions in which the hotline itself helped, as numbers.
    pub aid: BTreeSet<i32>,
    /// How often ringing back was in vain.
    pub returned_in_vain: u32,
    /// How often it was followed up: names the clock that runs.
    pub follow_ups: u32,
    /// Whether the last follow-up found the matter resolved, and nothing came after it.
    pub resolved: bool,
    /// Its clocks.
    pub clocks: Clocks,
}

impl State {
    /// How far it is.
    pub fn stage(&self) -> CallState {
        CallState::try_from(self.stage).unwrap_or_default()
    }

    /// Whose data the child's are; empty before the call is registered.
    pub fn child_person_id(&self) -> &str {
        let reference = self.child.as_ref().and_then(|child| child.reference.as_ref());
        reference.map_or("", |reference| reference.person_id.as_str())
    }
}
