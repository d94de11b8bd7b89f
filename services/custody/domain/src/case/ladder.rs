//! The ladder of interventions against a guardian: criticism, family-education guidance, public-security penalty, crime
//! filed for investigation, conviction (CUS-1). Each rung has its author, time and legal basis. Nobody must climb it rung
//! by rung: grave conduct is filed at once.

use super::decide::{Facts, Now};
use super::{State, grounds};
use crate::rules::{CUS_1, L25};
use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::{
    Conduct, CriminalCaseFiled, FamilyEducationEnded, FamilyEducationOrdered, GuardianConvicted, Penalty,
    PublicSecurityPenaltyImposed, Rung, case_event::Event,
};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{Fact, Occurrence, Rejection, Rule};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A rung that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intervention {
    /// When.
    pub at: DateTime<Utc>,
    /// Which, as a number.
    pub rung: i32,
    /// Against whom.
    pub guardian_person_id: String,
    /// For what, as a number.
    pub conduct: i32,
    /// Department that did it, as a number.
    pub department: i32,
    /// Unit that did it.
    pub unit: String,
    /// Legal basis.
    pub article: String,
    /// The event that says so.
    pub event_id: String,
    /// Whether it counts as a criticism toward a ground.
    pub counts: bool,
}

/// The ladder, and the guidance orders on it that still run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ladder {
    /// By time.
    pub interventions: Vec<Intervention>,
    /// Orders of family-education guidance, by id.
    pub education: BTreeMap<String, Education>,
}

/// An order of family-education guidance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Education {
    /// Who must take part.
    pub guardian_person_id: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Whether it has ended.
    pub ended: bool,
}

impl Ladder {
    /// The rungs taken against one guardian, by time.
    pub fn of<'a>(&'a self, guardian: &str) -> impl Iterator<Item = &'a Intervention> {
        self.interventions.iter().filter(move |rung| rung.guardian_person_id == guardian)
    }

    /// The highest rung taken against a guardian.
    pub fn highest(&self, guardian: &str) -> Rung {
        let highest = self.of(guardian).map(|intervention| intervention.rung).max();
        highest.and_then(|rung| Rung::try_from(rung).ok()).unwrap_or_default()
    }

    pub(super) fn evolve(&mut self, event: &Event, at: &Occurrence<'_>) {
        let (rung, guardian, conduct, article, counts) = match event {
            Event::GuardianCriticised(step) => {
                let counts = grounds::counts(step);
                (Rung::Criticism, &step.guardian_person_id, step.conduct, &step.article, counts)
            }
            Event::FamilyEducationOrdered(step) => {
                let guardian_person_id = step.guardian_person_id.clone();
                let order = Education { guardian_person_id, since: at.occurred_at, ended: false };
                self.education.insert(step.family_education_id.clone(), order);
                (Rung::FamilyEducation, &step.guardian_person_id, step.conduct, &step.article, false)
            }
            Event::FamilyEducationEnded(step) => {
                if let Some(order) = self.education.get_mut(&step.family_education_id) {
                    order.ended = true;
                }
                return;
            }
            Event::PublicSecurityPenaltyImposed(step) => {
                (Rung::Penalty, &step.guardian_person_id, step.conduct, &step.article, false)
            }
            Event::CriminalCaseFiled(step) => {
                (Rung::CriminalCase, &step.guardian_person_id, step.conduct, &step.article, false)
            }
            Event::GuardianConvicted(step) => {
                (Rung::Conviction, &step.guardian_person_id, 0, &step.article, false)
            }
            _ => return,
        };
        let (department, unit) = author(event, at);
        let taken = Intervention {
            at: at.occurred_at,
            rung: rung.into(),
            guardian_person_id: guardian.clone(),
            conduct,
            department,
            unit,
            article: article.clone(),
            event_id: at.event_id.to_owned(),
            counts,
        };
        let place = self.interventions.partition_point(|other| other.at <= taken.at);
        self.interventions.insert(place, taken);
    }
}

/// Department and unit that took a step: whoever recorded it, unless it was recorded elsewhere and counts here (FAM-4).
fn author(event: &Event, at: &Occurrence<'_>) -> (i32, String) {
    match event {
        Event::GuardianCriticised(step) if step.source_event_id.is_some() => {
            (step.department, step.unit_id.clone())
        }
        _ => (at.actor.department, at.actor.unit_id.clone()),
    }
}

/// Police penalise.
pub(super) fn penalise(
    penalty: &PublicSecurityPenaltyImposed,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let department = by(&[Department::PublicSecurity], CUS_1, context)?;
    founded(penalty.conduct(), &penalty.article)?;
    if penalty.penalty() == Penalty::Unspecified {
        return Err(Rejection::invalid("penalty", CUS_1, "须注明处罚种类", "name the penalty"));
    }
    Ok(vec![Fact::at(at, PublicSecurityPenaltyImposed { department, ..penalty.clone() })])
}

/// Police file a crime.
pub(super) fn file_crime(
    filed: &CriminalCaseFiled,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let department = by(&[Department::PublicSecurity], CUS_1, context)?;
    founded(filed.conduct(), &filed.article)?;
    Ok(vec![Fact::at(at, CriminalCaseFiled { department, ..filed.clone() })])
}

/// Police or the court order family-education guidance (L25).
pub(super) fn order_education(
    state: &State,
    ordered: &FamilyEducationOrdered,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let department = by(&[Department::PublicSecurity, Department::Court], L25, context)?;
    founded(ordered.conduct(), &ordered.article)?;
    if state.ladder.education.contains_key(&ordered.family_education_id) {
        return Err(Rejection::wrong_state(CUS_1, "已有此指导令", "there is such an order already"));
    }
    Ok(vec![Fact::at(at, FamilyEducationOrdered { department, ..ordered.clone() })])
}

/// Whoever ordered or gave the guidance says how it ended.
pub(super) fn end_education(
    state: &State,
    ended: &FamilyEducationEnded,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let may = [
        Department::PublicSecurity,
        Department::Court,
        Department::CivilAffairs,
        Department::WomensFederation,
    ];
    by(&may, L25, context)?;
    match state.ladder.education.get(&ended.family_education_id) {
        None => Err(Rejection::unknown(L25, "没有此指导令", "there is no such order")),
        Some(order) if order.ended => {
            Err(Rejection::wrong_state(L25, "指导已经结束", "the guidance has ended already"))
        }
        Some(order) if at < order.since => Err(Rejection::time(
            "occurred_at",
            L25,
            "不能早于责令的时间",
            "this lies before the guidance was ordered",
        )),
        Some(_) => Ok(vec![Fact::at(at, ended.clone())]),
    }
}

/// The court says that a guardian was convicted.
pub(super) fn convict(
    convicted: &GuardianConvicted,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    by(&[Department::Court], CUS_1, context)?;
    based(&convicted.article)?;
    Ok(vec![Fact::at(at, convicted.clone())])
}

/// The caller's department, if it may.
fn by(departments: &[Department], rule: Rule, context: &Now<'_>) -> Result<i32, Rejection> {
    let department = context.actor.department();
    if departments.contains(&department) {
        return Ok(department.into());
    }
    Err(Rejection::not_entitled(rule, "此项措施由法定机关作出", "another authority takes this measure"))
}

fn founded(conduct: Conduct, article: &str) -> Result<(), Rejection> {
    if conduct == Conduct::Unspecified {
        return Err(Rejection::invalid("conduct", CUS_1, "须注明行为", "name the conduct"));
    }
    based(article)
}

fn based(article: &str) -> Result<(), Rejection> {
    if article.trim().is_empty() {
        return Err(Rejection::invalid("article", CUS_1, "须注明法律依据", "name the legal basis"));
    }
    Ok(())
}
