//! What the events of a file amount to. Nothing personal in clear.

use super::birthday;
use super::care::Care;
use super::delegation::{Delegation, is_over};
use super::residence::Home;
use super::schooling::Schooling;
use super::{Age, Carer};
use chrono::{DateTime, NaiveDate, Utc};
use kinward_contracts::registry::v1::{ChildStatus, GuardianshipBasis};
use kinward_contracts::r#type::v1::Sealed;
use kinward_statute::Clocks;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A child's file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Whether the file exists.
    pub registered: bool,
    /// Whether it is the temporary identity of an unknown child.
    pub temporary: bool,
    /// Village, 12 digits.
    pub village_code: String,
    /// Every household so far.
    pub home: Home,
    /// The name, sealed.
    pub name: Option<Sealed>,
    /// The birth date, sealed.
    pub birth_date: Option<Sealed>,
    /// The address, sealed.
    pub address: Option<Sealed>,
    /// Parents, guardians and carers, by person id.
    pub carers: BTreeMap<String, Carer>,
    /// Every delegation so far, by its first day.
    pub delegations: Vec<Delegation>,
    /// When the present delegation was last reviewed.
    pub reviewed_at: Option<DateTime<Utc>>,
    /// Status, as a number.
    pub status: i32,
    /// Why, as a number.
    pub status_reason: i32,
    /// Since when.
    pub status_since: Option<NaiveDate>,
    /// The open gap.
    pub gap: Option<Gap>,
    /// Gaps so far: names the next one.
    pub gaps: u32,
    /// Rulings that were followed: case, and the guardian revoked. One case may bring one for each parent.
    pub rulings: BTreeSet<(String, String)>,
    /// What is done for the child.
    pub care: Care,
    /// How far schooling is.
    pub schooling: Schooling,
    /// The file that goes on, when this one is a duplicate of it.
    pub duplicate_of: Option<String>,
    /// Files that are duplicates of this one.
    pub duplicates: BTreeSet<String>,
    /// Keyed tokens by which duplicates are looked for.
    pub search_tokens: Vec<String>,
    /// Its clocks.
    pub clocks: Clocks,
}

/// An open guardianship gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Its id.
    pub gap_id: String,
    /// Kind, as a number.
    pub kind: i32,
    /// Since when.
    pub since: DateTime<Utc>,
}

impl State {
    /// The parents, by person id.
    pub fn parents(&self) -> impl Iterator<Item = (&str, &Carer)> {
        let parent = i32::from(GuardianshipBasis::Parent);
        let parents = self.carers.iter().filter(move |(_, carer)| carer.basis == parent);
        parents.map(|(person_id, carer)| (person_id.as_str(), carer))
    }

    /// Whether looking at the clocks now needs the birth date: a step to the sixteenth birthday, or a delegation over
    /// which leaves a gap whose report depends on the age.
    pub fn needs_birth_date(&self, now: DateTime<Utc>) -> bool {
        birthday::step_is_due(&self.clocks, now) || is_over(self, now)
    }

    /// The age when it was last looked at, for decisions without a birth date at hand.
    pub(super) fn age_last_seen(&self) -> Age {
        if self.status == i32::from(ChildStatus::TurnedSixteen) {
            Age::SixteenOrMore
        } else {
            Age::UnderSixteen
        }
    }
}
