//! What the events of an assessment amount to. Nothing personal: texts stay sealed in the events.

use chrono::{DateTime, Utc};
use kinward_contracts::assessment::v1::{Answer, Stage};
use kinward_contracts::r#type::v1::ChildReference;
use kinward_statute::Clocks;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An assessment. Enums of the contract are kept as their numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// How far it is.
    pub stage: i32,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// What opened it.
    pub origin: i32,
    /// Why it was opened by hand.
    pub reason: i32,
    /// The assessment that this one is the reassessment of.
    pub previous: Option<String>,
    /// A later assessment of the same child.
    pub later: Option<String>,
    /// The incident; empty: none.
    pub incident_id: String,
    /// File of the child; absent: not identified.
    pub child_id: Option<String>,
    /// Person whose key seals the child's data.
    pub child_person_id: String,
    /// Village; absent: unclear.
    pub village_code: Option<String>,
    /// Who was invited, by id.
    pub participants: BTreeMap<String, Participant>,
    /// Township, civil affairs, police: event with the signed input, by department.
    pub inputs: BTreeMap<i32, String>,
    /// Score of each dimension.
    pub dimensions: BTreeMap<i32, i32>,
    /// Event with the last findings of each dimension.
    pub findings: BTreeMap<i32, String>,
    /// Risk; zero: not final.
    pub risk: i32,
    /// Grounds of CUS-3 that seem to be met.
    pub grounds: Vec<i32>,
    /// Evidence on which they rest.
    pub evidence_ids: Vec<String>,
    /// When it became final.
    pub finalised_at: DateTime<Utc>,
    /// When the plan was drawn up.
    pub planned_at: DateTime<Utc>,
    /// Needs of the plan, by id.
    pub needs: BTreeMap<String, Need>,
    /// Items of the plan, by id.
    pub items: BTreeMap<String, Item>,
    /// Its clocks.
    pub clocks: Clocks,
}

/// An invited participant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// What it is.
    pub kind: i32,
    /// Its department; zero: a relative.
    pub department: i32,
    /// Its unit; empty: a relative.
    pub unit_id: String,
    /// The relative.
    pub person_id: Option<String>,
    /// What the relative is to the child.
    pub relation: i32,
    /// When it was invited.
    pub invited_at: DateTime<Utc>,
    /// What it answered.
    pub answer: i32,
    /// Event with its signed input.
    pub input: Option<String>,
}

/// A need of the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// Dimension that shows it.
    pub dimension: i32,
    /// Whether the plan says why no service is ordered for it.
    pub none: bool,
}

/// An item of the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The service.
    pub service: i32,
    /// The need it answers.
    pub need_id: String,
    /// Unit it was ordered from; absent: not ordered.
    pub provider: Option<String>,
    /// How often it was delivered.
    pub delivered: u32,
    /// Whether the last delivery was reviewed.
    pub reviewed: bool,
    /// Whether a review said that it does not go on.
    pub ended: bool,
    /// Outcome; zero: open.
    pub outcome: i32,
    /// When the last step was taken.
    pub since: DateTime<Utc>,
}

impl State {
    /// How far it is.
    pub fn stage(&self) -> Stage {
        Stage::try_from(self.stage).unwrap_or_default()
    }

    /// The child.
    pub fn child(&self) -> ChildReference {
        ChildReference { child_id: self.child_id.clone(), person_id: self.child_person_id.clone() }
    }

    /// The participant of a unit, by department and unit.
    pub fn participant_of(&self, department: i32, unit: &str) -> Option<(&str, &Participant)> {
        let mut all = self.participants.iter().map(|(id, participant)| (id.as_str(), participant));
        all.find(|(_, one)| {
            !one.unit_id.is_empty() && (one.department, one.unit_id.as_str()) == (department, unit)
        })
    }
}

impl Participant {
    /// What it answered.
    pub fn answer(&self) -> Answer {
        Answer::try_from(self.answer).unwrap_or_default()
    }
}
