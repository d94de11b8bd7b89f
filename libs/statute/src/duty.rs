//! A duty that is open (BEY-2): made by the same rules that decide, for whoever asks why something does not go on.

use crate::catalogue::default_entry;
use crate::{Clock, Outcome};
use chrono::{DateTime, Utc};
use kinward_contracts::r#type::v1::{self as messages, Department, MissingFact};
use kinward_contracts::{EventMessage, timestamp};
use kinward_eventsourcing::{Decider, Missing, Rule};

/// An open duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Machine-readable name, such as `petition`.
    pub what: &'static str,
    /// What to do, Chinese.
    pub zh: String,
    /// What to do, English.
    pub en: String,
    /// Department that owes it; unspecified: the unit or person named, or anybody entitled.
    pub department: Department,
    /// Unit that owes it; empty: the department's of the place.
    pub unit_id: String,
    /// Person who owes it; empty: a department.
    pub person_id: String,
    /// The guardian, petition, item or need it is about; empty: the whole.
    pub about_id: String,
    /// Division code of the place; empty: that of the aggregate.
    pub area: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it is due; `None`: no clock runs for it.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether its clock was missed.
    pub missed: bool,
    /// Rule that asks for it.
    pub rule: Rule,
    /// What is missing for the next step.
    pub missing: Vec<Missing>,
}

impl Duty {
    /// A duty of a department.
    pub fn new(
        what: &'static str,
        (zh, en): (impl Into<String>, impl Into<String>),
        department: Department,
        since: DateTime<Utc>,
        rule: Rule,
    ) -> Self {
        Self {
            what,
            zh: zh.into(),
            en: en.into(),
            department,
            unit_id: String::new(),
            person_id: String::new(),
            about_id: String::new(),
            area: String::new(),
            since,
            due_at: None,
            missed: false,
            rule,
            missing: Vec::new(),
        }
    }

    /// What a clock of the catalogue asks for, of its place. `None`: the catalogue does not know it.
    pub fn of_clock(
        clock: &Clock,
        says: (impl Into<String>, impl Into<String>),
        department: Department,
    ) -> Option<Self> {
        let entry = default_entry(&clock.clock, &clock.variant)?;
        let rule = Rule::new(&entry.rule, &entry.article);
        let duty = Self::new(&entry.name, says, department, clock.started_at, rule);
        Some(duty.timed(Some(clock)).in_area(&clock.area))
    }

    /// What it is about.
    #[must_use]
    pub fn about(self, id: &str) -> Self {
        Self { about_id: id.to_owned(), ..self }
    }

    /// Owed by a person, not by a department.
    #[must_use]
    pub fn by_person(self, person_id: &str) -> Self {
        Self { person_id: person_id.to_owned(), department: Department::Unspecified, ..self }
    }

    /// Owed by a unit.
    #[must_use]
    pub fn by_unit(self, unit_id: &str) -> Self {
        Self { unit_id: unit_id.to_owned(), ..self }
    }

    /// Of a place.
    #[must_use]
    pub fn in_area(self, area: &str) -> Self {
        Self { area: area.to_owned(), ..self }
    }

    /// Timed by a clock.
    #[must_use]
    pub fn timed(self, clock: Option<&Clock>) -> Self {
        let missed = clock.is_some_and(|clock| clock.outcome == Some(Outcome::Missed));
        Self { due_at: clock.map(|clock| clock.due_at), missed, ..self }
    }

    /// What is missing for the next step, by the same rule.
    #[must_use]
    pub fn needs(mut self, what: &str, zh: &str, en: &str) -> Self {
        let (zh, en) = (zh.to_owned(), en.to_owned());
        self.missing.push(Missing { what: what.to_owned(), zh, en, rule: self.rule });
        self
    }

    /// The same of what a rule has found missing.
    #[must_use]
    pub fn lacking(self, missing: Vec<Missing>) -> Self {
        Self { missing, ..self }
    }

    /// Whether it is overdue: its clock was missed, or will be as soon as it is looked at.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.missed || self.due_at.is_some_and(|due_at| now > due_at)
    }

    /// The earliest due first; without a clock, the oldest first after them.
    pub fn in_order(mut duties: Vec<Self>) -> Vec<Self> {
        duties.sort_by_key(|duty| (duty.due_at.is_none(), duty.due_at, duty.since));
        duties
    }

    /// The duties of one aggregate as answers carry them.
    pub fn of<D: Decider>(id: &str, duties: Vec<Self>, now: DateTime<Utc>) -> Vec<messages::Duty> {
        duties.into_iter().map(|duty| duty.message(D::Event::AGGREGATE, id, now)).collect()
    }

    fn message(self, aggregate: &str, id: &str, now: DateTime<Utc>) -> messages::Duty {
        messages::Duty {
            aggregate: aggregate.to_owned(),
            aggregate_id: id.to_owned(),
            overdue: self.is_overdue(now),
            what: self.what.to_owned(),
            about_id: self.about_id,
            department: self.department.into(),
            unit_id: self.unit_id,
            person_id: self.person_id,
            area: self.area,
            since: Some(timestamp(self.since)),
            due_at: self.due_at.map(timestamp),
            rule: self.rule.id.to_owned(),
            article: self.rule.article.to_owned(),
            message_zh: self.zh,
            message_en: self.en,
            missing: missing_facts(self.missing),
        }
    }
}

/// What is missing, as answers carry it.
pub fn missing_facts(missing: Vec<Missing>) -> Vec<MissingFact> {
    let of_one = |Missing { what, zh, en, rule }: Missing| MissingFact {
        what,
        message_zh: zh,
        message_en: en,
        rule: rule.id.to_owned(),
    };
    missing.into_iter().map(of_one).collect()
}
