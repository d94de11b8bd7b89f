//! The four forms of placement (LAW-3, L31): a relative or a foster family is a person, an institution is a unit; and
//! nobody from whose hands the child was taken.

use super::Stay;
use crate::rules::{BEY_1, LAW_3};
use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::{ChildHandedOver, PlacementForm};
use kinward_contracts::r#type::v1::Relation;
use kinward_eventsourcing::Rejection;
use std::collections::BTreeSet;

/// Whether the child may be handed over so.
pub(super) fn fits(handed: &ChildHandedOver, guardians: &BTreeSet<String>) -> Result<(), Rejection> {
    let (person, unit) = (handed.taker_person_id.is_some(), handed.taker_unit_id.is_some());
    let relative = ![Relation::Unspecified, Relation::NotRelated].contains(&handed.taker_relation());
    let (field, zh, en) = match handed.form() {
        PlacementForm::Unspecified => ("form", "须注明安置方式", "name the form of placement"),
        PlacementForm::Relative if !person || unit || !relative => {
            ("taker", "委托亲属抚养的须注明亲属", "name the relative who takes the child")
        }
        PlacementForm::FosterFamily if !person || unit => {
            ("taker", "家庭寄养的须注明寄养人", "name the person of the family who takes the child")
        }
        PlacementForm::ReliefProtectionInstitution | PlacementForm::ChildWelfareInstitution
            if person || !unit =>
        {
            ("taker_unit_id", "须注明接收机构", "name the institution that takes the child")
        }
        _ if handed.taker_person_id.as_ref().is_some_and(|taker| guardians.contains(taker)) => (
            "taker.person_id",
            "不得安置给被替代的监护人；经评估恢复监护能力的，应当送回",
            "not with a guardian in whose place civil affairs stands: who is fit again gets the child returned",
        ),
        _ => return Ok(()),
    };
    Err(Rejection::invalid(field, LAW_3, zh, en))
}

/// Placements follow one another and never overlap (BEY-3).
pub(super) fn follows(stay: &Stay, at: DateTime<Utc>) -> Result<(), Rejection> {
    if at >= stay.last_step() {
        return Ok(());
    }
    Err(Rejection::time("occurred_at", BEY_1, "不能早于上一次移交", "this lies before the last hand-over"))
}
