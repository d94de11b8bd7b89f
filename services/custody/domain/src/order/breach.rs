//! Breaches of an order and what the court does about them (LAW-4, 反家庭暴力法 34).

use super::State;
use super::court::{as_court, in_force, not_before};
use super::decide::{Facts, Now};
use crate::rules::{LAW_4, LAW_4_BREACH};
use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::{BreachSanctioned, ProtectionOrderBreached, Sanction};
use kinward_contracts::r#type::v1::{ChildReference, Department};
use kinward_eventsourcing::{Fact, Rejection};

/// Yuan that a fine has at most.
pub(super) const FINE: u32 = 1_000;
/// Days that a detention has at most.
pub(super) const DETENTION: u32 = 15;

/// Police, the village, civil affairs, the women's federation or the court find a breach while the order is in force.
pub(super) fn record(
    state: &State,
    breached: &ProtectionOrderBreached,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let may = [
        Department::PublicSecurity,
        Department::Village,
        Department::Township,
        Department::CivilAffairs,
        Department::WomensFederation,
        Department::Court,
    ];
    if !may.contains(&context.actor.department()) {
        return Err(Rejection::not_entitled(
            LAW_4,
            "由协助执行保护令的单位记录",
            "those who help to carry the order out record a breach",
        ));
    }
    in_force(state, at)?;
    if state.breaches.contains_key(&breached.breach_id) {
        return Err(Rejection::wrong_state(LAW_4, "已有此记录", "it is recorded already"));
    }
    let child = ChildReference { child_id: state.child_id.clone(), person_id: state.child_person_id.clone() };
    let respondent_person_id = state.respondent_person_id.clone();
    Ok(vec![Fact::at(
        at,
        ProtectionOrderBreached { child: Some(child), respondent_person_id, ..breached.clone() },
    )])
}

/// The court sanctions it, within the limits of the law.
pub(super) fn sanction(
    state: &State,
    sanctioned: &BreachSanctioned,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    as_court(context)?;
    let Some(breach) = state.breaches.get(&sanctioned.breach_id) else {
        return Err(Rejection::unknown(LAW_4, "没有此记录", "there is no such breach"));
    };
    not_before(breach.at, at)?;
    let (fine, detention) = (sanctioned.fine_yuan, sanctioned.detention_days);
    let kind = sanctioned.sanction();
    let (field, zh, en) = match kind {
        Sanction::Unspecified => ("sanction", "须注明处理结果", "name the sanction"),
        Sanction::Fine if fine == 0 || fine > FINE => {
            ("fine_yuan", "罚款为一千元以下", "a fine is at most 1,000 yuan")
        }
        Sanction::Detention if detention == 0 || detention > DETENTION => {
            ("detention_days", "拘留为十五日以下", "a detention is at most 15 days")
        }
        _ if fine > 0 && kind != Sanction::Fine => ("fine_yuan", "未罚款", "no fine was imposed"),
        _ if detention > 0 && kind != Sanction::Detention => {
            ("detention_days", "未拘留", "no detention was imposed")
        }
        _ if breach.sanctions.contains(&sanctioned.sanction) => {
            return Err(Rejection::wrong_state(
                LAW_4_BREACH,
                "已有此项处理",
                "this sanction is recorded already",
            ));
        }
        _ => return Ok(vec![Fact::at(at, sanctioned.clone())]),
    };
    Err(Rejection::invalid(field, LAW_4_BREACH, zh, en))
}
