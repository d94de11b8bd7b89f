//! Open duties: what has to be done, whose it is, since when, by which rule, and what is missing for the next step
//! (BEY-2). Each aggregate lists its own, from the state that its rules decide on.

use chrono::{DateTime, Utc};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{Missing, Rule};
use kinward_statute::{Clock, Outcome};

/// A duty that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDuty {
    /// Machine-readable name, such as `petition`.
    pub what: &'static str,
    /// What it is about: a guardian, a petition, a breach; empty: the whole.
    pub about: String,
    /// Department that owes it; unspecified: a person, or anybody entitled.
    pub whose: Department,
    /// Person who owes it.
    pub person: Option<String>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it is due; `None`: no clock runs.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether its clock was missed.
    pub overdue: bool,
    /// By which rule.
    pub rule: Rule,
    /// For people, Chinese.
    pub zh: &'static str,
    /// For people, English.
    pub en: &'static str,
    /// What is missing for the next step.
    pub missing: Vec<Missing>,
}

impl OpenDuty {
    /// A duty of a department.
    pub fn of(
        whose: Department,
        what: &'static str,
        rule: Rule,
        since: DateTime<Utc>,
        (zh, en): (&'static str, &'static str),
    ) -> Self {
        let (about, missing) = (String::new(), Vec::new());
        Self { what, about, whose, person: None, since, due_at: None, overdue: false, rule, zh, en, missing }
    }

    /// What it is about.
    pub fn about(self, id: &str) -> Self {
        Self { about: id.to_owned(), ..self }
    }

    /// Owed by a person, not by a department.
    pub fn by_person(self, person_id: &str) -> Self {
        Self { person: Some(person_id.to_owned()), whose: Department::Unspecified, ..self }
    }

    /// Timed by a clock.
    pub fn timed(self, clock: Option<&Clock>) -> Self {
        let overdue = clock.is_some_and(|clock| clock.outcome == Some(Outcome::Missed));
        Self { due_at: clock.map(|clock| clock.due_at), overdue, ..self }
    }

    /// What is missing for the next step.
    pub fn needs(mut self, what: &str, zh: &str, en: &str) -> Self {
        self.missing.push(missing(self.rule, what, zh, en));
        self
    }
}

/// Something that a rule requires.
pub fn missing(rule: Rule, what: &str, zh: &str, en: &str) -> Missing {
    Missing { what: what.to_owned(), zh: zh.to_owned(), en: en.to_owned(), rule }
}

/// The earliest due first; without a clock, the oldest first after them.
pub fn in_order(mut duties: Vec<OpenDuty>) -> Vec<OpenDuty> {
    duties.sort_by_key(|duty| (duty.due_at.is_none(), duty.due_at, duty.since));
    duties
}
