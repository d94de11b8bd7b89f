//! What an incident's state is made of.

use chrono::{DateTime, Utc};
use kinward_contracts::dispatch::v1::{ParentAnswer, ParentStatus, PlacementKind};
use kinward_contracts::r#type::v1::{DangerSigns, Relation};
use serde::{Deserialize, Serialize};

/// A parent of the child.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Parent {
    /// What the parent is to the child, as a number.
    pub relation: i32,
    /// Whether there is anybody to be reached, as a number.
    pub status: i32,
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

/// What makes an incident more severe, or evidence due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "as many as the contract has")]
pub struct Signs {
    /// Danger in progress.
    pub danger_in_progress: bool,
    /// Suspected sexual abuse.
    pub sexual_abuse_suspected: bool,
    /// Serious injury makes asking civil affairs necessary.
    pub serious_injury: bool,
    /// Signs of injury or crime make DSP-3 apply.
    pub signs_of_injury_or_crime: bool,
    /// A child under eight is unattended.
    pub under_eight_unattended: bool,
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Kind, as a number.
    pub kind: i32,
    /// SHA-256 of the content; `None`: an object.
    pub sha256: Option<String>,
    /// What it is, sealed, encoded.
    pub description: Vec<u8>,
    /// Where it was taken, sealed, encoded.
    pub place: Vec<u8>,
    /// Who held it since when; never empty: the first took it, the last holds it.
    pub chain: Vec<Holding>,
}

/// A referral to medical care or appraisal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    /// Institution.
    pub unit_id: String,
    /// When the child was referred.
    pub at: DateTime<Utc>,
    /// Whether it is for an appraisal of injuries.
    pub appraisal: bool,
    /// What medical care came to, as a number; 0: nothing yet.
    pub outcome: i32,
    /// Degree of the injury, as a number; 0: not appraised.
    pub degree: i32,
}

/// A request to a reporter's unit for help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assistance {
    /// The unit asked.
    pub unit_id: String,
    /// What for, as a number.
    pub kind: i32,
    /// In words, sealed, encoded; empty: nothing said.
    pub matter: Vec<u8>,
    /// How far it is, as a number.
    pub state: i32,
    /// Answer, or why not; sealed, encoded; empty: none yet.
    pub answer: Vec<u8>,
    /// When it was asked.
    pub requested_at: DateTime<Utc>,
}

/// What an incident follows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The incident it follows.
    pub main_incident_id: String,
    /// Clocks that ran when it was linked: they run again when it is unlinked.
    pub clocks: Vec<String>,
}

/// An incident that follows this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Its report.
    pub report_id: String,
    /// Its situations, as numbers.
    pub situations: Vec<i32>,
    /// Its signs.
    pub signs: Signs,
    /// Its severity, as a number.
    pub severity: i32,
    /// Whether there is no reporter to be told.
    pub without_reporter: bool,
}

/// Who holds a piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The unit.
    pub unit_id: String,
    /// When it took, or was given, the evidence.
    pub since: DateTime<Utc>,
}

impl From<DangerSigns> for Signs {
    fn from(signs: DangerSigns) -> Self {
        Self {
            danger_in_progress: signs.danger_in_progress,
            sexual_abuse_suspected: signs.sexual_abuse_suspected,
            serious_injury: signs.serious_injury,
            signs_of_injury_or_crime: signs.signs_of_injury_or_crime,
            under_eight_unattended: signs.under_eight_unattended,
        }
    }
}

impl From<Signs> for DangerSigns {
    fn from(signs: Signs) -> Self {
        Self {
            danger_in_progress: signs.danger_in_progress,
            sexual_abuse_suspected: signs.sexual_abuse_suspected,
            serious_injury: signs.serious_injury,
            signs_of_injury_or_crime: signs.signs_of_injury_or_crime,
            under_eight_unattended: signs.under_eight_unattended,
        }
    }
}

impl Signs {
    /// What either knows.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            danger_in_progress: self.danger_in_progress || other.danger_in_progress,
            sexual_abuse_suspected: self.sexual_abuse_suspected || other.sexual_abuse_suspected,
            serious_injury: self.serious_injury || other.serious_injury,
            signs_of_injury_or_crime: self.signs_of_injury_or_crime || other.signs_of_injury_or_crime,
            under_eight_unattended: self.under_eight_unattended || other.under_eight_unattended,
        }
    }

    /// Whether DSP-3 applies to whatever the situation is.
    pub fn of_injury_or_crime(self) -> bool {
        self.signs_of_injury_or_crime || self.serious_injury || self.sexual_abuse_suspected
    }
}

impl Evidence {
    /// Who holds it.
    pub fn holder(&self) -> Option<&Holding> {
        self.chain.last()
    }
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
        self.status == i32::from(ParentStatus::Known)
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
