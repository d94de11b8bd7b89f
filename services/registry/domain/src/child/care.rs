//! Contact, visits, key case, difficulties, words to guardians, caring adults, health: what is done for a child on
//! file (FAM-3, FAM-4, TWN-2 to TWN-6, DEP-3).

use super::State;
use super::ahead::{Facts, Now};
use super::days::past_day;
use crate::rules::{DEP_3, FAM_3, FAM_4, TWN_3, TWN_5, TWN_6};
use chrono::{DateTime, NaiveDate, Utc};
use kinward_contracts::registry::v1::{
    AnomalyArea, AnomalyFound, CaringAdultPaired, CaringRole, ContactRecorded, DifficultyAssigned,
    DifficultyOpened, DifficultyResolved, Finding, KeyCaseAssigned, KeyCaseEnded, KeyCaseFlagged,
    KeyCaseVisitor, PairingEnded, PairingVisitRecorded, PsychologicalConcernRaised, VisitRecorded,
    VisitorRole,
};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{Fact, Missing, Rejection};
use kinward_statute::day_of;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is done for a child.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Care {
    /// Contacts of parent and child.
    pub contacts: u32,
    /// Of those, made possible by village or school.
    pub facilitated: u32,
    /// The last one.
    pub last_contact: Option<DateTime<Utc>>,
    /// Visits.
    pub visits: u32,
    /// The last one.
    pub last_visit: Option<DateTime<Utc>>,
    /// The last one that counts for a key case.
    pub last_key_visit: Option<DateTime<Utc>>,
    /// The key case, while it is one.
    pub key_case: Option<KeyCase>,
    /// Difficulties, by id.
    pub difficulties: BTreeMap<String, Difficulty>,
    /// How often each guardian was admonished, stopped or urged.
    pub words: BTreeMap<String, u32>,
    /// Pairings with caring adults, by id.
    pub pairings: BTreeMap<String, Pairing>,
    /// Psychological concerns raised.
    pub concerns: u32,
    /// Whether the health section is filled.
    pub health: bool,
}

/// A key case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyCase {
    /// Its id.
    pub key_case_id: String,
    /// As what the visitor comes, as a number.
    pub role: i32,
    /// Unit of the visitor.
    pub unit_id: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// A difficulty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difficulty {
    /// Kind, as a number.
    pub kind: i32,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// Unit that is to solve it; empty: none yet.
    pub unit_id: String,
    /// Whether it is solved.
    pub resolved: bool,
}

/// A pairing with a caring adult.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairing {
    /// As what the adult cares, as a number.
    pub role: i32,
    /// First day.
    pub from: NaiveDate,
    /// Last day; `None`: it goes on.
    pub until: Option<NaiveDate>,
    /// Visits on record.
    pub visits: u32,
}

/// The clock of a difficulty.
pub(super) fn difficulty_clock(difficulty_id: &str) -> String {
    format!("difficulty-{difficulty_id}")
}

pub(super) fn unknown(rule: kinward_eventsourcing::Rule, zh: &str, en: &str) -> Rejection {
    Rejection::unknown(rule, zh, en)
}

/// A parent on file was in touch with the child.
pub(super) fn contact(
    state: &State,
    contact: &ContactRecorded,
    at: DateTime<Utc>,
) -> Result<Facts, Rejection> {
    if !state.parents().any(|(parent, _)| parent == contact.person_id) {
        return Err(unknown(FAM_3, "档案中没有此父母", "the file has no such parent"));
    }
    Ok(vec![Fact::at(at, contact.clone())])
}

/// A visit; an anomaly is an event of its own, for the township.
pub(super) fn visit(state: &State, visit: &VisitRecorded, at: DateTime<Utc>) -> Result<Facts, Rejection> {
    let anomaly = visit.finding() == Finding::Anomaly;
    if anomaly != (visit.anomaly_area() != AnomalyArea::Unspecified) {
        return Err(Rejection::invalid(
            "anomaly_area",
            TWN_3,
            "发现异常时须注明异常所在，未发现异常时不填",
            "say in what an anomaly lies, and only of an anomaly",
        ));
    }
    let found = anomaly.then(|| AnomalyFound {
        visit_id: visit.visit_id.clone(),
        anomaly_area: visit.anomaly_area,
        village_code: state.village_code.clone(),
        township_code: state.village_code.chars().take(9).collect(),
    });
    let facts = std::iter::once(Fact::at(at, visit.clone()));
    Ok(facts.chain(found.map(|found| Fact::at(at, found))).collect())
}

/// Whether a visitor in this role tracks key cases (TWN-5).
pub(super) fn tracks_key_cases(role: VisitorRole) -> bool {
    match role {
        VisitorRole::PartyCadre | VisitorRole::ResidentCadre | VisitorRole::SocialWorker => true,
        VisitorRole::Unspecified | VisitorRole::VillageCommittee => false,
    }
}

/// The child becomes a key case.
pub(super) fn flag(state: &State, flagged: &KeyCaseFlagged, at: DateTime<Utc>) -> Result<Facts, Rejection> {
    if let Some(open) = &state.care.key_case {
        return Err(Rejection::exists(
            TWN_5,
            &open.key_case_id,
            "已是重点对象",
            "the child is a key case already",
        ));
    }
    check_visitor(flagged.visitor.as_ref())?;
    Ok(vec![Fact::at(at, flagged.clone())])
}

/// Another visitor.
pub(super) fn assign(
    state: &State,
    assigned: &KeyCaseAssigned,
    at: DateTime<Utc>,
) -> Result<Facts, Rejection> {
    let key_case_id = key_case(state)?;
    check_visitor(assigned.visitor.as_ref())?;
    Ok(vec![Fact::at(at, KeyCaseAssigned { key_case_id, ..assigned.clone() })])
}

/// A key case no longer.
pub(super) fn unflag(state: &State, ended: &KeyCaseEnded, at: DateTime<Utc>) -> Result<Facts, Rejection> {
    let key_case_id = key_case(state)?;
    Ok(vec![Fact::at(at, KeyCaseEnded { key_case_id, ..ended.clone() })])
}

fn key_case(state: &State) -> Result<String, Rejection> {
    let open = state.care.key_case.as_ref().map(|open| open.key_case_id.clone());
    open.ok_or_else(|| Rejection::wrong_state(TWN_5, "不是重点对象", "the child is no key case"))
}

fn check_visitor(visitor: Option<&KeyCaseVisitor>) -> Result<(), Rejection> {
    if visitor.is_some_and(|visitor| tracks_key_cases(visitor.role())) {
        return Ok(());
    }
    Err(Rejection::invalid(
        "visitor_role",
        TWN_5,
        "重点对象须由党员干部、驻村干部或专业社会工作者走访",
        "key cases are visited by party cadres, resident cadres or professional social workers",
    ))
}

/// A difficulty became known.
pub(super) fn open_difficulty(state: &State, opened: &DifficultyOpened, at: DateTime<Utc>) -> Facts {
    vec![Fact::at(at, DifficultyOpened { village_code: state.village_code.clone(), ..opened.clone() })]
}

/// A unit is to solve it.
pub(super) fn assign_difficulty(
    state: &State,
    assigned: &DifficultyAssigned,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    open_one(state, &assigned.difficulty_id)?;
    if !context.reference.units.contains_key(&assigned.unit_id) {
        return Err(unknown(TWN_6, "没有此单位", "there is no such unit"));
    }
    Ok(vec![Fact::at(at, assigned.clone())])
}

/// It is solved, by the unit that has it.
pub(super) fn resolve(
    state: &State,
    resolved: &DifficultyResolved,
    at: DateTime<Utc>,
) -> Result<Facts, Rejection> {
    if open_one(state, &resolved.difficulty_id)?.unit_id.is_empty() {
        let missing =
            Missing::new(TWN_6, "difficulty-assigned", "先交办给有关单位", "assign it to a unit first");
        return Err(Rejection::missing(TWN_6, vec![missing]));
    }
    Ok(vec![Fact::at(at, resolved.clone())])
}

fn open_one<'a>(state: &'a State, difficulty_id: &str) -> Result<&'a Difficulty, Rejection> {
    match state.care.difficulties.get(difficulty_id) {
        None => Err(unknown(TWN_6, "没有此困难", "there is no such difficulty")),
        Some(difficulty) if difficulty.resolved => {
            Err(Rejection::wrong_state(TWN_6, "困难已解决", "the difficulty is solved already"))
        }
        Some(difficulty) => Ok(difficulty),
    }
}

/// The author of words to a guardian: village, police or another department, never a machine (FAM-4).
pub(super) fn author(state: &State, person_id: &str, context: &Now<'_>) -> Result<i32, Rejection> {
    if !state.carers.contains_key(person_id) {
        return Err(unknown(FAM_4, "档案中没有此监护人", "the file has no such guardian"));
    }
    match context.actor.department() {
        Department::Unspecified | Department::Kinward => Err(Rejection::not_entitled(
            FAM_4,
            "由村（居）民委员会、公安机关或有关部门劝诫、制止、督促改正",
            "village, police or another department speaks to guardians",
        )),
        department => Ok(department.into()),
    }
}

/// A school saw signs of a psychological problem.
pub(super) fn concern(
    state: &State,
    raised: &PsychologicalConcernRaised,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    if context.actor.department() != Department::Education {
        return Err(Rejection::not_entitled(
            DEP_3,
            "由学校提出",
            "a school raises the concern; others report or visit",
        ));
    }
    let raised = PsychologicalConcernRaised {
        village_code: state.village_code.clone(),
        school_unit_id: context.actor.unit_id.clone(),
        ..raised.clone()
    };
    Ok(vec![Fact::at(at, raised)])
}

/// A caring adult for the child. A life manager is the boarding school's.
pub(super) fn pair(
    state: &State,
    paired: &CaringAdultPaired,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    past_day("from_on", &paired.from_on, context)?;
    if paired.role() == CaringRole::BoardingManager && !state.schooling.boarding {
        return Err(Rejection::wrong_state(
            DEP_3,
            "生活管理员照管寄宿学生，此儿童不寄宿",
            "a life manager cares for boarders, and this child does not board",
        ));
    }
    if !context.reference.units.contains_key(&paired.unit_id) {
        return Err(unknown(DEP_3, "没有此单位", "there is no such unit"));
    }
    Ok(vec![Fact::at(at, paired.clone())])
}

/// The adult was with the child, on a day of the pairing.
pub(super) fn pairing_visit(
    state: &State,
    visited: &PairingVisitRecorded,
    at: DateTime<Utc>,
) -> Result<Facts, Rejection> {
    let (pairing, day) = (pairing(state, &visited.pairing_id)?, day_of(at));
    if day < pairing.from || pairing.until.is_some_and(|until| day > until) {
        return Err(Rejection::time(
            "occurred_at",
            DEP_3,
            "不在结对期间",
            "the visit lies outside of the pairing",
        ));
    }
    Ok(vec![Fact::at(at, visited.clone())])
}

/// The pairing ends.
pub(super) fn end_pairing(
    state: &State,
    ended: &PairingEnded,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let pairing = pairing(state, &ended.pairing_id)?;
    if pairing.until.is_some() {
        return Err(Rejection::wrong_state(DEP_3, "结对已终止", "the pairing ended already"));
    }
    if past_day("on_date", &ended.on_date, context)? < pairing.from {
        return Err(Rejection::time("on_date", DEP_3, "终止日早于结对日", "it ends before it began"));
    }
    Ok(vec![Fact::at(at, ended.clone())])
}

fn pairing<'a>(state: &'a State, pairing_id: &str) -> Result<&'a Pairing, Rejection> {
    let found = state.care.pairings.get(pairing_id);
    found.ok_or_else(|| unknown(DEP_3, "没有此结对", "there is no such pairing"))
}
