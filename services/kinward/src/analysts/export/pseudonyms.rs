//! Pseudonyms of one project, and the days of each child shifted: what joins inside of an export joins nothing outside.

use anyhow::Context as _;
use chrono::{DateTime, Days, DurationRound as _, NaiveDate, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use kinward_eventsourcing::Recorded;
use kinward_privacy::{make_key, read_key};
use kinward_statute::day_of;
use prost_reflect::{DynamicMessage, Value};
use sha2::Sha256;
use std::collections::HashMap;
use std::path::Path;

/// Aggregates whose id is a child's.
const BY_CHILD: [&str; 3] = ["registry.child", "custody.words", "assessment.history"];

/// The pseudonyms of a project.
pub(super) struct Pseudonyms {
    key: [u8; 32],
    shift_days: u32,
    /// The child whom an aggregate is about, by its subject; whose days are those of its child.
    children: HashMap<String, String>,
    /// The incident that a report began, by the report's subject.
    reports: HashMap<String, String>,
}

impl Pseudonyms {
    /// With the project's key, which is made the first time.
    pub(super) fn of(path: &Path, shift_days: u32, begun: bool) -> anyhow::Result<Self> {
        let key = if path.exists() || begun { read_key(path) } else { make_key(path) };
        let key = key.with_context(|| "项目密钥  the project's key")?;
        Ok(Self { key, shift_days, children: HashMap::new(), reports: HashMap::new() })
    }

    /// Learns whom an aggregate is about, and which report began an incident. Of all events, before any is written: an
    /// incident's first days are those of the child who is identified later.
    pub(super) fn learn(&mut self, event: &Recorded, message: &DynamicMessage) {
        let subject = event.subject.as_str();
        let child = match event.subject.aggregate() {
            by_child if BY_CHILD.contains(&by_child) => Some(event.subject.id().to_owned()),
            _ => child_of(message),
        };
        if let Some(child) = child {
            self.children.insert(subject.to_owned(), child);
        }
        if event.event_type().ends_with(".IncidentOpened")
            && let Some(Value::String(report)) = message.get_field_by_name("report_id").as_deref()
        {
            self.reports.insert(format!("kw.reporting.report.{report}"), subject.to_owned());
        }
    }

    /// Everything is learnt: a report is about the child of its incident.
    pub(super) fn learnt(&mut self) {
        for (report, incident) in &self.reports {
            if let Some(child) = self.children.get(incident).cloned() {
                self.children.insert(report.clone(), child);
            }
        }
    }

    /// What tells this project's key from another's, and nothing of it.
    pub(super) fn fingerprint(&self) -> String {
        hex::encode(&self.code("fingerprint", "")[..8])
    }

    /// An id as this project knows it; empty stays empty.
    pub(super) fn id(&self, id: &str) -> String {
        if id.is_empty() { String::new() } else { hex::encode(&self.code("id", id)[..16]) }
    }

    fn code(&self, purpose: &str, text: &str) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).unwrap_or_else(|_| unreachable!("any length will do"));
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Days by which the child of an aggregate is moved.
    fn shift(&self, event: &Recorded) -> i64 {
        if self.shift_days == 0 {
            return 0;
        }
        let subject = event.subject.as_str();
        let whose = self.children.get(subject).map_or(subject, String::as_str);
        let code = self.code("shift", whose);
        let number =
            u64::from_be_bytes([code[0], code[1], code[2], code[3], code[4], code[5], code[6], code[7]]);
        let span = 2 * u64::from(self.shift_days) + 1;
        (number % span).cast_signed() - i64::from(self.shift_days)
    }

    /// A moment of an event's child to the hour, microseconds since 1970.
    pub(super) fn moment(&self, event: &Recorded, at: DateTime<Utc>) -> i64 {
        let moved = at + TimeDelta::days(self.shift(event));
        // the minute would be a fingerprint
        moved.duration_trunc(TimeDelta::hours(1)).unwrap_or(moved).timestamp_micros()
    }

    /// The same of a day, where it is one.
    pub(super) fn date(&self, event: &Recorded, text: &str) -> String {
        let Ok(day) = text.parse::<NaiveDate>() else { return text.to_owned() };
        moved(day, self.shift(event)).to_string()
    }

    /// The day that an event is filed under.
    pub(super) fn day(&self, event: &Recorded) -> String {
        moved(day_of(event.occurred_at()), self.shift(event)).to_string()
    }
}

fn moved(day: NaiveDate, days: i64) -> NaiveDate {
    let by = Days::new(days.unsigned_abs());
    let moved = if days < 0 { day.checked_sub_days(by) } else { day.checked_add_days(by) };
    moved.unwrap_or(day)
}

/// The child that a message names itself, or in the reference that it carries.
fn child_of(message: &DynamicMessage) -> Option<String> {
    let text = |message: &DynamicMessage| match message.get_field_by_name("child_id").as_deref() {
        Some(Value::String(id)) if !id.is_empty() => Some(id.clone()),
        _ => None,
    };
    let inner = |name: &str| match message.get_field_by_name(name).as_deref() {
        Some(Value::Message(inner)) => Some(inner.clone()),
        _ => None,
    };
    let about = inner("about").and_then(|about| child_of(&about));
    let child = inner("child").and_then(|child| text(&child).or_else(|| child_of(&child)));
    let reference = inner("reference").and_then(|reference| text(&reference));
    text(message).or(child).or(reference).or(about)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinward_contracts::registry::v1::{ChildEvent, StatusChanged};
    use kinward_eventsourcing::kit::history;

    fn project(folder: &Path, name: &str, shift_days: u32) -> Pseudonyms {
        Pseudonyms::of(&folder.join(name), shift_days, false).unwrap()
    }

    /// Aggregates with an id of their own, or of no child.
    const OTHERS: [&str; 20] = [
        "assessment.assessment",
        "assessment.relief",
        "custody.case",
        "custody.order",
        "custody.temporary_guardianship",
        "dispatch.evidence_scope",
        "dispatch.incident",
        "dispatch.warning",
        "notification.endpoint",
        "notification.notice",
        "registry.calendar",
        "registry.clock_setting",
        "registry.division",
        "registry.identity",
        "registry.term",
        "registry.unit",
        "registry.village",
        "reporting.call",
        "reporting.omission",
        "reporting.report",
    ];

    #[test]
    fn of_every_aggregate_it_is_known_whether_its_id_is_a_child_s() {
        let known: std::collections::BTreeSet<&str> = BY_CHILD.into_iter().chain(OTHERS).collect();
        let all: std::collections::BTreeSet<&str> = kinward_contracts::AGGREGATES.iter().copied().collect();
        assert_eq!(known, all, "say of the new one whether its days are shifted with its child's");
    }

    #[test]
    fn a_project_s_pseudonyms_are_its_own_and_stay_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let (one, again) = (project(folder.path(), "one", 0), project(folder.path(), "one", 0));
        let other = project(folder.path(), "other", 0);
        assert_eq!(one.id("child"), again.id("child"));
        assert_ne!(one.id("child"), other.id("child"));
        assert_ne!(one.id("child"), one.id("another"));
        assert!(one.id("").is_empty() && !one.id("child").contains("child"));
    }

    #[test]
    fn the_days_of_one_child_are_shifted_alike_and_keep_their_distance() {
        let folder = tempfile::tempdir().unwrap();
        let pseudonyms = project(folder.path(), "one", 30);
        let at: DateTime<Utc> = "2026-11-24T04:00:00Z".parse().unwrap();
        let mut days = std::collections::BTreeSet::new();
        for number in 0..20 {
            let child = format!("child-{number}");
            let event = &history(&child, at, [ChildEvent::from(StatusChanged::default())])[0];
            let day: NaiveDate = pseudonyms.date(event, "2026-11-24").parse().unwrap();
            let later: NaiveDate = pseudonyms.date(event, "2026-12-24").parse().unwrap();
            assert_eq!((later - day).num_days(), 30);
            assert_eq!(pseudonyms.day(event), day.to_string());
            assert!((day - "2026-11-24".parse::<NaiveDate>().unwrap()).num_days().abs() <= 30);
            days.insert(day);
        }
        assert!(days.len() > 5, "children are shifted differently: {days:?}");
        assert_eq!(
            pseudonyms.date(&history("x", at, [ChildEvent::from(StatusChanged::default())])[0], ""),
            ""
        );
    }
}
