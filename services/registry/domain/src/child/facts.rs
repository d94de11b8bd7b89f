//! What facts may say of a family: people are who they are said to be, and nobody is in two places (DEF-1).

use super::carer::{is_elsewhere, since};
use crate::rules::{BEY_1, DEF_1};
use chrono::NaiveDate;
use kinward_contracts::registry::v1::{ChildRegistered, GuardianshipBasis, ParentFacts};
use kinward_eventsourcing::Rejection;
use std::collections::BTreeSet;

/// Parents, guardians and their facts; `today`: no fact holds only from a later day on.
pub(super) fn check_family(registered: &ChildRegistered, today: NaiveDate) -> Result<(), Rejection> {
    let mut people = BTreeSet::new();
    for (index, parent) in registered.parents.iter().enumerate() {
        if !parent.relation().is_parent() {
            return Err(Rejection::invalid(
                &format!("parents[{index}].relation"),
                DEF_1,
                "须为父母（含继父母、养父母）",
                "must be a parent, by birth, marriage or adoption",
            ));
        }
        new_person(&mut people, &parent.person_id, &format!("parents[{index}]"))?;
        if let Some(facts) = &parent.facts {
            check(facts, &format!("parents[{index}].facts."), today)?;
        }
    }
    for (index, guardian) in registered.guardians.iter().enumerate() {
        if guardian.basis() == GuardianshipBasis::Parent {
            return Err(Rejection::invalid(
                &format!("guardians[{index}].basis"),
                DEF_1,
                "父母请填入父母一栏",
                "a parent belongs among the parents, with whereabouts and capacity",
            ));
        }
        new_person(&mut people, &guardian.person_id, &format!("guardians[{index}]"))?;
    }
    Ok(())
}

fn new_person<'a>(people: &mut BTreeSet<&'a str>, person_id: &'a str, field: &str) -> Result<(), Rejection> {
    if people.insert(person_id) {
        return Ok(());
    }
    Err(Rejection::invalid(field, DEF_1, "同一人不得重复登记", "the same person is there twice"))
}

/// One parent's facts; `path`: where they stand in the request.
pub(super) fn check(facts: &ParentFacts, path: &str, today: NaiveDate) -> Result<(), Rejection> {
    if facts.lives_with_child && is_elsewhere(facts.whereabouts()) {
        return Err(Rejection::invalid(
            &format!("{path}lives_with_child"),
            DEF_1,
            "父母去向与共同居住情况矛盾",
            "a parent who is elsewhere does not live with the child",
        ));
    }
    if facts.since_on.is_none() {
        return Ok(());
    }
    let field = format!("{path}since_on");
    match since(facts) {
        None => Err(Rejection::invalid(&field, BEY_1, "没有这一天", "there is no such day")),
        Some(day) if day > today => Err(Rejection::time(
            &field,
            BEY_1,
            "起始日不能晚于今天",
            "the first day on which it was so lies in the future",
        )),
        Some(_) => Ok(()),
    }
}
