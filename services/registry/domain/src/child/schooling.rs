//! Schooling, a record from enrolment to return or written report (DEP-2, DEP-4).
//!
//! ```text
//! enrolled ──► absent ──► dropped out ──► persuasion failed ──► reported in writing, acknowledged by both
//!    ▲  └───────────────────▲   │                │                  │
//!    └──────── returned ◄───────┴────────────────┴──────────────────┘
//! ```
//! An absence without a cause runs the clock of its stage of schooling until somebody has asked. Poverty as the cause
//! asks for education relief, once for each absence or dropout.

use super::State;
use super::ahead::{Ahead, Facts, Now};
use super::care::unknown;
use super::days::past_day;
use crate::rules::DEP_2;
use chrono::{DateTime, NaiveDate, Utc};
use kinward_contracts::registry::v1::{
    AbsenceCause, AbsenceFollowedUp, AbsenceRecorded, ChildReturnedToSchool, ContactCardIssued,
    DropoutRegistered, DropoutReportAcknowledged, DropoutReportWritten, EducationReliefReferred,
    PersuasionAttempted, PersuasionFailed, ReportRecipient, SchoolEnrolled, SchoolStage, Schooling as Where,
    SchoolingStage as Stage,
};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{Fact, Missing, Rejection};
use kinward_statute::{DISTRICT, start_of_day};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const FOLLOW_UP: &str = "absence-follow-up";
const REPORT: &str = "dropout-written-report";
const ACKNOWLEDGE: &str = "dropout-acknowledge";

/// How far schooling is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schooling {
    /// How far, as a number.
    pub stage: i32,
    /// Stage of school, as a number.
    pub school_stage: i32,
    /// Unit of the school.
    pub school_unit_id: Option<String>,
    /// Whether the child boards.
    pub boarding: bool,
    /// The present absence.
    pub absence: Option<Absence>,
    /// The present dropout.
    pub dropout: Option<Dropout>,
    /// Whether there is a contact card.
    pub contact_card: bool,
    /// What education relief was asked for because of.
    pub relief_for: BTreeSet<String>,
}

/// An absence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// Its id.
    pub absence_id: String,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Cause, as a number; 0: unexplained.
    pub cause: i32,
}

/// A dropout.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropout {
    /// Its id.
    pub dropout_id: String,
    /// Attempts to bring the child back.
    pub attempts: u32,
    /// Who acknowledged the written report, as numbers.
    pub acknowledged: BTreeSet<i32>,
}

impl Schooling {
    /// How far.
    pub fn stage(&self) -> Stage {
        Stage::try_from(self.stage).unwrap_or_default()
    }

    pub(super) fn attend(&mut self, school: &Where) {
        self.school_stage = school.stage;
        self.school_unit_id.clone_from(&school.school_unit_id);
        self.boarding = school.boarding;
        let at_school = !matches!(school.stage(), SchoolStage::Unspecified | SchoolStage::None);
        self.stage = if at_school { Stage::Enrolled } else { Stage::Unspecified }.into();
    }
}

fn acknowledge_clock(recipient: ReportRecipient) -> &'static str {
    match recipient {
        ReportRecipient::EducationDepartment | ReportRecipient::Unspecified => {
            "dropout-acknowledge-education"
        }
        ReportRecipient::Township => "dropout-acknowledge-township",
    }
}

fn at_stage(state: &State, stages: &[Stage]) -> Result<(), Rejection> {
    if stages.contains(&state.schooling.stage()) {
        return Ok(());
    }
    Err(Rejection::wrong_state(DEP_2, "就学状态不允许此步骤", "schooling is not so far, or further already"))
}

/// The child goes to a school.
pub(super) fn enrol(
    state: &State,
    enrolled: &SchoolEnrolled,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    at_stage(state, &[Stage::Unspecified, Stage::Enrolled])?;
    past_day("since_on", &enrolled.since_on, context)?;
    Ok(vec![Fact::at(at, enrolled.clone())])
}

/// The child was not at school.
pub(super) fn absent(
    state: &State,
    absence: &AbsenceRecorded,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    at_stage(state, &[Stage::Enrolled])?;
    past_day("on_date", &absence.on_date, context)?;
    let mut facts = vec![Fact::at(at, absence.clone())];
    facts.extend(relief(state, absence.cause(), &absence.absence_id, at, context));
    Ok(facts)
}

/// Somebody asked why.
pub(super) fn follow_absence_up(
    state: &State,
    followed: &AbsenceFollowedUp,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    at_stage(state, &[Stage::Absent])?;
    let absence = state.schooling.absence.as_ref();
    let Some(absence) = absence.filter(|absence| absence.absence_id == followed.absence_id) else {
        return Err(unknown(DEP_2, "没有此缺课", "there is no such absence"));
    };
    if absence.from.is_some_and(|from| at < start_of_day(from)) {
        return Err(Rejection::time(
            "occurred_at",
            DEP_2,
            "追踪时间早于缺课",
            "it was followed up before it began",
        ));
    }
    let mut facts = vec![Fact::at(at, followed.clone())];
    facts.extend(relief(state, followed.cause(), &followed.absence_id, at, context));
    Ok(facts)
}

/// The child has left school.
pub(super) fn drop_out(
    state: &State,
    registered: &DropoutRegistered,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    at_stage(state, &[Stage::Enrolled, Stage::Absent])?;
    past_day("since_on", &registered.since_on, context)?;
    let village_code = state.village_code.clone();
    let mut facts = vec![Fact::at(at, DropoutRegistered { village_code, ..registered.clone() })];
    facts.extend(relief(state, registered.cause(), &registered.dropout_id, at, context));
    Ok(facts)
}

/// Poverty does not end schooling (DEP-4).
fn relief(
    state: &State,
    cause: AbsenceCause,
    because_of_id: &str,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Option<Fact<kinward_contracts::registry::v1::ChildEvent>> {
    let asked = cause == AbsenceCause::Poverty && !state.schooling.relief_for.contains(because_of_id);
    asked.then(|| {
        let referred = EducationReliefReferred {
            referral_id: context.command_id.new_id("education-relief"),
            because_of_id: because_of_id.to_owned(),
            village_code: state.village_code.clone(),
        };
        Fact::at(at, referred)
    })
}

fn dropout<'a>(state: &'a State, dropout_id: &str) -> Result<&'a Dropout, Rejection> {
    let found = state.schooling.dropout.as_ref().filter(|dropout| dropout.dropout_id == dropout_id);
    found.ok_or_else(|| unknown(DEP_2, "没有此辍学登记", "there is no such dropout"))
}

/// An attempt to bring the child back; also after the report.
pub(super) fn persuade(
    state: &State,
    attempted: &PersuasionAttempted,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    at_stage(state, &[Stage::DroppedOut, Stage::PersuasionFailed, Stage::Reported])?;
    dropout(state, &attempted.dropout_id)?;
    let unit_id = context.actor.unit_id.clone();
    Ok(vec![Fact::at(at, PersuasionAttempted { unit_id, ..attempted.clone() })])
}

/// The child is back.
pub(super) fn come_back(
    state: &State,
    returned: &ChildReturnedToSchool,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    at_stage(state, &[Stage::Absent, Stage::DroppedOut, Stage::PersuasionFailed, Stage::Reported])?;
    past_day("on_date", &returned.on_date, context)?;
    Ok(vec![Fact::at(at, returned.clone())])
}

/// Persuasion failed: somebody must have tried.
pub(super) fn give_up(
    state: &State,
    failed: &PersuasionFailed,
    at: DateTime<Utc>,
) -> Result<Facts, Rejection> {
    at_stage(state, &[Stage::DroppedOut])?;
    if dropout(state, &failed.dropout_id)?.attempts == 0 {
        let missing = Missing::new(
            DEP_2,
            "persuasion-attempt",
            "先开展劝返并登记",
            "try to bring the child back, and record it",
        );
        return Err(Rejection::missing(DEP_2, vec![missing]));
    }
    Ok(vec![Fact::at(at, failed.clone())])
}

/// The written report, to both.
pub(super) fn report(
    state: &State,
    written: &DropoutReportWritten,
    at: DateTime<Utc>,
) -> Result<Facts, Rejection> {
    at_stage(state, &[Stage::PersuasionFailed])?;
    dropout(state, &written.dropout_id)?;
    let village_code = state.village_code.clone();
    Ok(vec![Fact::at(at, DropoutReportWritten { village_code, ..written.clone() })])
}

/// Each of the two acknowledges for itself: the district's education department, the child's township.
pub(super) fn acknowledge(
    state: &State,
    acknowledged: &DropoutReportAcknowledged,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    at_stage(state, &[Stage::Reported])?;
    let actor = context.actor;
    let own = match acknowledged.recipient() {
        ReportRecipient::Unspecified => false,
        ReportRecipient::EducationDepartment => {
            actor.department() == Department::Education && actor.area.len() == DISTRICT
        }
        ReportRecipient::Township => {
            actor.department() == Department::Township && state.village_code.starts_with(&actor.area)
        }
    };
    if !own {
        return Err(Rejection::not_entitled(
            DEP_2,
            "由区教育行政部门和乡镇（街道、园区）分别签收",
            "the district's education department and the township acknowledge, each for itself",
        ));
    }
    if dropout(state, &acknowledged.dropout_id)?.acknowledged.contains(&acknowledged.recipient) {
        return Err(Rejection::wrong_state(DEP_2, "已签收", "it was acknowledged already"));
    }
    Ok(vec![Fact::at(at, acknowledged.clone())])
}

/// The contact card, for people of the file.
pub(super) fn card(state: &State, issued: &ContactCardIssued, at: DateTime<Utc>) -> Result<Facts, Rejection> {
    if issued.holder_person_ids.iter().any(|person| !state.carers.contains_key(person)) {
        return Err(unknown(DEP_2, "档案中没有此父母或监护人", "the file has no such parent or guardian"));
    }
    Ok(vec![Fact::at(at, issued.clone())])
}

/// The clocks that the change of schooling calls for.
pub(super) fn follow_up(ahead: &mut Ahead<'_>) {
    let (before, after) = (ahead.before.schooling.clone(), ahead.state.schooling.clone());
    if before == after {
        return;
    }
    let at = ahead.facts.first().and_then(|fact| fact.occurred_at).unwrap_or(ahead.context.now);
    let unexplained = |schooling: &Schooling| {
        let absence = schooling.absence.as_ref().filter(|absence| absence.cause == 0);
        absence.map(|absence| (absence.absence_id.clone(), absence.from))
    };
    match (unexplained(&before), unexplained(&after)) {
        (None, Some((_, from))) => {
            let variant = stage_variant(after.school_stage);
            ahead.start(FOLLOW_UP, variant, FOLLOW_UP, from.map_or(at, start_of_day));
        }
        (Some(_), None) => ahead.done(FOLLOW_UP, at),
        _ => {}
    }
    match (before.stage(), after.stage()) {
        (was, is) if was == is => {}
        (_, Stage::PersuasionFailed) => ahead.start(REPORT, "", REPORT, at),
        (_, Stage::Reported) => {
            ahead.done(REPORT, at);
            for recipient in [ReportRecipient::EducationDepartment, ReportRecipient::Township] {
                ahead.start(ACKNOWLEDGE, "", acknowledge_clock(recipient), at);
            }
        }
        (_, Stage::Enrolled) => {
            for clock in [REPORT, "dropout-acknowledge-education", "dropout-acknowledge-township"] {
                ahead.void(clock, "returned-to-school");
            }
        }
        _ => {}
    }
    let acknowledged = |schooling: &Schooling| {
        schooling.dropout.as_ref().map(|dropout| dropout.acknowledged.clone()).unwrap_or_default()
    };
    for recipient in acknowledged(&after).difference(&acknowledged(&before)) {
        let recipient = ReportRecipient::try_from(*recipient).unwrap_or_default();
        ahead.done(acknowledge_clock(recipient), at);
    }
}

/// Variant of the clock whose school days count.
fn stage_variant(school_stage: i32) -> &'static str {
    match SchoolStage::try_from(school_stage).unwrap_or_default() {
        SchoolStage::Unspecified | SchoolStage::None => "",
        SchoolStage::Kindergarten => "kindergarten",
        SchoolStage::Primary => "primary",
        SchoolStage::JuniorSecondary => "junior-secondary",
        SchoolStage::SeniorSecondary => "senior-secondary",
        SchoolStage::VocationalSecondary => "vocational-secondary",
    }
}
