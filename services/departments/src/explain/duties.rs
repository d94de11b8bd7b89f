//! The domains' open duties as one list.

use chrono::{DateTime, Utc};
use kinward_assessment_domain::Duty as AssessmentDuty;
use kinward_contracts::custody::v1::MissingFact;
use kinward_contracts::departments::v1::Duty;
use kinward_contracts::timestamp;
use kinward_custody_domain::duty::OpenDuty as CustodyDuty;
use kinward_dispatch_domain::incident::OpenDuty as IncidentDuty;
use kinward_eventsourcing::Missing;
use kinward_registry_domain::child::OpenDuty as ChildDuty;

/// Of a child's file. What its next step lacks is what is to be done.
pub(super) fn of_child(duty: ChildDuty) -> Duty {
    Duty {
        what: duty.duty,
        department: duty.department.into(),
        since: Some(timestamp(duty.since)),
        due_at: duty.due_at.map(timestamp),
        overdue: duty.overdue,
        rule: duty.rule,
        article: duty.article,
        message_zh: duty.missing_zh,
        message_en: duty.missing_en,
        ..Duty::default()
    }
}

/// Of an incident.
pub(super) fn of_incident(duty: IncidentDuty) -> Duty {
    Duty {
        what: duty.what.to_owned(),
        about_id: duty.about,
        department: duty.department.into(),
        unit_id: duty.unit_id,
        since: Some(timestamp(duty.since)),
        due_at: duty.due_at.map(timestamp),
        overdue: duty.overdue,
        rule: duty.rule.id.to_owned(),
        article: duty.rule.article.to_owned(),
        message_zh: duty.zh.to_owned(),
        message_en: duty.en.to_owned(),
        missing: facts(duty.missing),
        ..Duty::default()
    }
}

/// Of an assessment, or of a referral to relief.
pub(super) fn of_assessment(duty: AssessmentDuty, now: DateTime<Utc>) -> Duty {
    Duty {
        what: duty.what.to_owned(),
        about_id: duty.about_id,
        department: duty.department.into(),
        unit_id: duty.unit_id,
        since: Some(timestamp(duty.since)),
        due_at: duty.due_at.map(timestamp),
        overdue: duty.due_at.is_some_and(|due| now > due),
        rule: duty.rule.id.to_owned(),
        article: duty.rule.article.to_owned(),
        message_zh: duty.zh,
        message_en: duty.en,
        missing: facts(duty.missing),
        ..Duty::default()
    }
}

/// Of a custody case, a protection order, or a temporary guardianship.
pub(super) fn of_custody(duty: CustodyDuty) -> Duty {
    Duty {
        what: duty.what.to_owned(),
        about_id: duty.about,
        department: duty.whose.into(),
        person_id: duty.person.unwrap_or_default(),
        since: Some(timestamp(duty.since)),
        due_at: duty.due_at.map(timestamp),
        overdue: duty.overdue,
        rule: duty.rule.id.to_owned(),
        article: duty.rule.article.to_owned(),
        message_zh: duty.zh.to_owned(),
        message_en: duty.en.to_owned(),
        missing: facts(duty.missing),
        ..Duty::default()
    }
}

/// The same, as duties of one aggregate.
pub(super) fn belonging(
    aggregate: &str,
    id: &str,
    duties: impl IntoIterator<Item = Duty>,
) -> impl Iterator<Item = Duty> {
    duties.into_iter().map(move |duty| Duty {
        aggregate: aggregate.to_owned(),
        aggregate_id: id.to_owned(),
        ..duty
    })
}

/// The earliest due first; without a clock, the oldest first after them.
pub(super) fn in_order(mut duties: Vec<Duty>) -> Vec<Duty> {
    let moment = |at: Option<prost_types::Timestamp>| at.map(|at| (at.seconds, at.nanos));
    duties.sort_by_key(|duty| (duty.due_at.is_none(), moment(duty.due_at), moment(duty.since)));
    duties
}

/// What is missing, as answers carry it.
pub(super) fn facts(missing: Vec<Missing>) -> Vec<MissingFact> {
    let of_one = |one: Missing| MissingFact { what: one.what, message_zh: one.zh, message_en: one.en };
    missing.into_iter().map(of_one).collect()
}
