//! What an incident's events amount to.

use chrono::{DateTime, Utc};
use kinward_contracts::dispatch::v1::{ParentAnswer, PlacementEnd, PlacementKind, Stage};
use kinward_contracts::r#type::v1::{Relation, Severity, Situation};
use kinward_statute::Clocks;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An incident.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// How far police are, as the number of `Stage`.
    pub stage: i32,
    /// When they came so far.
    pub stage_since: Option<DateTime<Utc>>,
    /// Report that began it.
    pub report_id: String,
    /// Situations, as numbers.
    pub situations: Vec<i32>,
    /// Severity, as a number.
    pub severity: i32,
    /// Signs of injury or crime make DSP-3 apply.
    pub signs_of_injury_or_crime: bool,
    /// Serious injury makes asking civil affairs necessary.
    pub serious_injury: bool,
    /// Village; `None`: unclear.
    pub village_code: Option<String>,
    /// File of the child; `None`: not identified.
    pub child_id: Option<String>,
    /// Person whose key seals the child's data.
    pub child_person_id: String,
    /// When it was opened.
    pub opened_at: Option<DateTime<Utc>>,
    /// Parents, by person id.
    pub parents: BTreeMap<String, Parent>,
    /// Temporary placements, in order.
    pub placements: Vec<Placement>,
    /// Holder of each piece of evidence.
    pub evidence: BTreeMap<String, Holding>,
    /// Event in which the last search ended; `None`: it runs, or there was none.
    pub search_ended: Option<String>,
    /// Event that first did each disposition, by its name.
    pub done: BTreeMap<String, String>,
    /// Its clocks.
    pub clocks: Clocks,
}

/// A parent of the child.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Parent {
    /// What the parent is to the child, as a number.
    pub relation: i32,
    /// Whether anybody knows who and where the parent is.
    pub known: bool,
    /// Whether the parent is alive.
    pub alive: bool,
    /// Failed attempts since the parent was last reached.
    pub failed_attempts: u32,
    /// What the parent answered last, as a number, and the event that says so.
    pub answer: Option<(i32, String)>,
}

/// A temporary placement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// Its id.
    pub placement_id: String,
    /// Kind, as a number.
    pub kind: i32,
    /// Unit that took the child; `None`: a relative.
    pub taker_unit_id: Option<String>,
    /// Since when.
    pub from: DateTime<Utc>,
    /// Until when; `None`: open.
    pub until: Option<DateTime<Utc>>,
    /// How it ended, as a number.
    pub end: i32,
}

/// Who holds a piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The unit.
    pub unit_id: String,
    /// When it took, or was given, the evidence.
    pub since: DateTime<Utc>,
}

impl Placement {
    /// Whether an institution has the child.
    pub fn in_institution(&self) -> bool {
        [PlacementKind::ReliefManagementInstitution, PlacementKind::WelfareInstitution]
            .contains(&PlacementKind::try_from(self.kind).unwrap_or_default())
    }
}

impl Parent {
    /// Whether the parent can be called at all.
    pub fn can_be_reached(&self) -> bool {
        self.known && self.alive
    }

    /// The parent's answer.
    pub fn answered(&self, wanted: ParentAnswer) -> Option<&str> {
        let (answer, event_id) = self.answer.as_ref()?;
        (*answer == wanted as i32).then_some(event_id.as_str())
    }

    /// What the parent is to the child.
    pub fn relation(&self) -> Relation {
        Relation::try_from(self.relation).unwrap_or_default()
    }
}

impl State {
    /// How far police are.
    pub fn stage(&self) -> Stage {
        Stage::try_from(self.stage).unwrap_or_default()
    }

    /// How urgent it is.
    pub fn severity(&self) -> Severity {
        Severity::try_from(self.severity).unwrap_or_default()
    }

    /// Whether it is one of these situations.
    pub fn is_any(&self, situations: &[Situation]) -> bool {
        situations.iter().any(|situation| self.situations.contains(&(*situation as i32)))
    }

    /// The placement that is open.
    pub fn open_placement(&self) -> Option<&Placement> {
        self.placements.last().filter(|placement| placement.until.is_none())
    }

    /// The last placement, if it was handed on and the next one is not recorded yet.
    pub fn handed_on(&self) -> Option<&Placement> {
        self.placements.last().filter(|last| last.end == i32::from(PlacementEnd::HandedOn))
    }

    /// Whether a search for the child runs (DSP-2d).
    pub fn search_is_open(&self) -> bool {
        self.done("search-opened").is_some() && self.search_ended.is_none()
    }

    /// Event that did a disposition.
    pub fn done(&self, what: &str) -> Option<&str> {
        self.done.get(what).map(String::as_str)
    }
}
