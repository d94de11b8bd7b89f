//! The facts about one guardian, each with the event that says so. They are kept by when they happened, so that it
//! does not matter in which order they were recorded.

use chrono::{DateTime, NaiveDate, Utc};
use kinward_contracts::custody::v1::{Conduct, Consequence, Harm};
use kinward_statute::{day_of, start_of_day};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Happened {
    /// When, in the world.
    pub at: DateTime<Utc>,
    /// The event that says so.
    pub event_id: String,
}

/// Facts about one guardian, each list by time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Criticisms, by conduct number.
    pub criticisms: BTreeMap<i32, Vec<Happened>>,
    /// First days of refusing the duty.
    pub refusals: Vec<Happened>,
    /// First days of performing it again.
    pub resumptions: Vec<Happened>,
    /// Consequences for the child, by number.
    pub consequences: BTreeMap<i32, Vec<Happened>>,
    /// The duty is impossible.
    pub impossible: Vec<Happened>,
    /// Refused to delegate.
    pub delegation_refused: Vec<Happened>,
    /// Harm that is serious.
    pub serious_harm: Vec<Happened>,
    /// Left unattended, in danger or not.
    pub left_unattended: Vec<Happened>,
    /// Left unattended in danger.
    pub left_in_danger: Vec<Happened>,
    /// Incited crime, grave circumstances.
    pub grave_crime: Vec<Happened>,
    /// Every harm, serious or not: whether the guardianship can ever be restored depends on it (L41).
    pub harms: Vec<Harmed>,
    /// Convictions (L40, L41).
    pub convictions: Vec<Convicted>,
    /// When a revoked guardianship was restored: the court has judged what lies before.
    pub restored: Vec<Happened>,
}

/// A harm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Harmed {
    /// When, or until when.
    pub at: DateTime<Utc>,
    /// What, as a number.
    pub harm: i32,
    /// Since when it went on; `None`: once.
    pub since: Option<NaiveDate>,
    /// Whether it led to grave injury or worse.
    pub grave_injury: bool,
}

/// A conviction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Convicted {
    /// Whether the crime was intentional.
    pub intentional: bool,
    /// Whether it was against the child.
    pub against_child: bool,
    /// Months of imprisonment.
    pub imprisonment_months: u32,
}

impl Harmed {
    /// What.
    pub fn harm(&self) -> Harm {
        Harm::try_from(self.harm).unwrap_or_default()
    }
}

impl Happened {
    /// Whether it had happened by the end of a day.
    pub fn by(&self, day: NaiveDate) -> bool {
        day_of(self.at) <= day
    }

    pub(super) fn on(day: NaiveDate, event_id: &str) -> Self {
        Self { at: start_of_day(day), event_id: event_id.to_owned() }
    }
}

/// Adds a fact at its place in time.
pub(super) fn add(facts: &mut Vec<Happened>, fact: Happened) {
    let place = facts.partition_point(|other| *other <= fact);
    facts.insert(place, fact);
}

impl Record {
    /// What counts on a day: everything, or what happened since the guardianship was last restored by then.
    pub fn as_of(&self, day: NaiveDate) -> Cow<'_, Self> {
        let Some(restored) = self.restored.iter().rev().find(|fact| fact.by(day)) else {
            return Cow::Borrowed(self);
        };
        let mut since = self.clone();
        // every list is named: a new one counts across a restoration only if somebody says so here
        let Self {
            criticisms,
            refusals,
            resumptions,
            consequences,
            impossible,
            delegation_refused,
            serious_harm,
            left_unattended,
            left_in_danger,
            grave_crime,
            harms: _,
            convictions: _,
            restored: _,
        } = &mut since;
        let lists = [
            refusals,
            resumptions,
            impossible,
            delegation_refused,
            serious_harm,
            left_unattended,
            left_in_danger,
            grave_crime,
        ];
        let counted = criticisms.values_mut().chain(consequences.values_mut());
        for facts in lists.into_iter().chain(counted) {
            facts.retain(|fact| fact.at > restored.at);
        }
        Cow::Owned(since)
    }

    /// Criticisms of a conduct.
    pub fn criticisms_of(&self, conduct: Conduct) -> &[Happened] {
        self.criticisms.get(&i32::from(conduct)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The first of any of these consequences that happened from a moment on and by a day.
    pub fn consequence(
        &self,
        any_of: &[Consequence],
        from: Option<DateTime<Utc>>,
        day: NaiveDate,
    ) -> Option<&Happened> {
        any_of
            .iter()
            .filter_map(|consequence| self.consequences.get(&i32::from(*consequence)))
            .flatten()
            .filter(|fact| fact.by(day) && from.is_none_or(|from| fact.at >= from))
            .min()
    }

    /// The refusal that runs on a day: the first one after the duty was last resumed. A duty resumed and refused
    /// again from the same day on is not refused from that day: the second refusal needs a later first day.
    pub fn refusal(&self, day: NaiveDate) -> Option<&Happened> {
        let resumed = self.resumed(day).map(|fact| fact.at);
        self.refusals.iter().find(|fact| fact.by(day) && resumed.is_none_or(|resumed| fact.at > resumed))
    }

    /// When the duty was last resumed, as of a day.
    pub fn resumed(&self, day: NaiveDate) -> Option<&Happened> {
        self.resumptions.iter().rev().find(|fact| fact.by(day))
    }
}
