//! How a minor is interviewed (LAW-5): a suitable adult is present; in sexual or violent cases it is recorded in sound and
//! picture, and ideally once; a girl is interviewed by female staff. What is not kept carries its reason.

use super::State;
use super::decide::{Facts, Now};
use crate::rules::LAW_5;
use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::{MinorInterviewed, SuitableAdult};
use kinward_contracts::r#type::v1::{Department, Sex};
use kinward_eventsourcing::{Fact, Missing, Rejection};

/// What the rule asks for and an interview does not have; `earlier`: interviews about abuse or violence before it.
pub fn requirements(interview: &MinorInterviewed, earlier: usize) -> Vec<Missing> {
    let grave = interview.about_abuse_or_violence;
    [
        (
            interview.suitable_adult() == SuitableAdult::Unspecified,
            "suitable-adult",
            "合适成年人在场",
            "a suitable adult is present",
        ),
        (
            grave && !interview.recorded,
            "sound-and-picture",
            "同步录音录像",
            "it is recorded in sound and picture",
        ),
        (grave && earlier > 0, "once", "尽量一次完成", "a child is ideally interviewed once"),
        (
            interview.child_sex() == Sex::Female && !interview.female_staff,
            "female-staff",
            "询问女性未成年人由女性工作人员进行",
            "a girl is interviewed by female staff",
        ),
    ]
    .into_iter()
    .filter(|(lacks, ..)| *lacks)
    .map(|(_, what, zh, en)| Missing::new(LAW_5, what, zh, en))
    .collect()
}

/// Civil affairs or the court interviews; police do so in their own incident.
pub(super) fn record(
    state: &State,
    interview: &MinorInterviewed,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let department = context.actor.department();
    if ![Department::CivilAffairs, Department::Court].contains(&department) {
        return Err(Rejection::not_entitled(
            LAW_5,
            "案件中由民政部门或者人民法院询问",
            "in a custody case, civil affairs or the court interviews",
        ));
    }
    let adult = interview.suitable_adult_person_id.as_ref();
    if adult.is_some_and(|adult| state.guardians.contains_key(adult)) {
        return Err(Rejection::invalid(
            "suitable_adult_person_id",
            LAW_5,
            "案件涉及的监护人不得作为合适成年人",
            "a guardian whom the case is about is no suitable adult",
        ));
    }
    let unmet = requirements(interview, state.grave_interviews);
    if !unmet.is_empty() && interview.reason.is_none() {
        return Err(Rejection::missing(LAW_5, unmet));
    }
    let not_kept = unmet.into_iter().map(|missing| missing.what).collect();
    Ok(vec![Fact::at(at, MinorInterviewed { department: department.into(), not_kept, ..interview.clone() })])
}
