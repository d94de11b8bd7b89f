//! A duty that is open (BEY-2): made by the same rules that decide, for whoever asks why something does not go on.

use chrono::{DateTime, Utc};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{Missing, Rule};

/// An open duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Machine-readable name, such as `sign-input`.
    pub what: &'static str,
    /// What to do, Chinese.
    pub zh: String,
    /// What to do, English.
    pub en: String,
    /// Whose it is; unspecified: that of the unit named, or a relative's.
    pub department: Department,
    /// Unit whose it is; empty: the department's of the child's place.
    pub unit_id: String,
    /// The participant, item or need it is about; empty: the whole.
    pub about_id: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it is missed; `None`: no clock runs for it.
    pub due_at: Option<DateTime<Utc>>,
    /// Rule that asks for it.
    pub rule: Rule,
    /// What is missing for the next step.
    pub missing: Vec<Missing>,
}

impl Duty {
    /// A duty of a department of the child's place.
    pub(crate) fn new(
        what: &'static str,
        (zh, en): (&str, &str),
        department: Department,
        since: DateTime<Utc>,
        rule: Rule,
    ) -> Self {
        Self {
            what,
            zh: zh.to_owned(),
            en: en.to_owned(),
            department,
            unit_id: String::new(),
            about_id: String::new(),
            since,
            due_at: None,
            rule,
            missing: Vec::new(),
        }
    }
}
