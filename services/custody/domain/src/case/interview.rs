//! How civil affairs or the court ask a minor in a custody case (LAW-5).

use super::State;
use super::decide::{Facts, Now};
use crate::rules::LAW_5;
use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::MinorInterviewed;
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{Fact, Rejection};
use kinward_statute::conducted_well;

/// Civil affairs or the court interviews; police do so in their own incident.
pub(super) fn record(
    state: &State,
    interviewed: &MinorInterviewed,
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
    let interview = interviewed.interview.clone().unwrap_or_default();
    let adult = interview.adult_person_id.as_ref();
    if adult.is_some_and(|adult| state.guardians.contains_key(adult)) {
        return Err(Rejection::invalid(
            "interview.adult_person_id",
            LAW_5,
            "案件涉及的监护人不得作为合适成年人",
            "a guardian whom the case is about is no suitable adult",
        ));
    }
    conducted_well(&interview, interviewed.about_abuse_or_violence, state.grave_interviews > 0)?;
    Ok(vec![Fact::at(at, MinorInterviewed { department: department.into(), ..interviewed.clone() })])
}
