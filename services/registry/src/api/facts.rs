//! A child's facts, from the request's clear text to what the domain takes.

use super::tokens::tokens;
use chrono::NaiveDate;
use kinward_contracts::Violation;
use kinward_contracts::registry::v1::{
    ChildRegistered, Guardian, GuardianInput, Household, Parent, ParentInput, RegisterChildRequest,
};
use kinward_contracts::r#type::v1::{Sealed, Sex};
use kinward_eventsourcing::CommandId;
use kinward_privacy::Hashing;
use kinward_privacy::identity_number::{self, Sex as NumberSex};

/// The standard of identity numbers.
pub(crate) const NUMBER: &str = "GB 11643-1999";
/// What is said of a date that is none.
pub(crate) const NO_DAY: (&str, &str) = ("没有这一天", "there is no such day");
/// What is said of a fact that an identity number contradicts.
pub(crate) const NOT_IN_NUMBER: (&str, &str) =
    ("与身份证号码不一致", "is not the one in the identity number");

/// A checked request.
pub(crate) struct Registration {
    pub(crate) child_id: String,
    pub(crate) registered: ChildRegistered,
    pub(crate) birth_date: NaiveDate,
    /// Normalised; `None`: the child has none.
    pub(crate) identity_number: Option<String>,
}

/// Checks what the proto's rules cannot, names who is new, and makes the search tokens.
pub(crate) fn registration(
    request: &RegisterChildRequest,
    command_id: &CommandId,
    today: NaiveDate,
    hashing: &Hashing,
) -> Result<Registration, Vec<Violation>> {
    let mut violations = Vec::new();
    let mut wrong = |field: &str, rule: &'static str, (zh, en): (&str, &str)| {
        violations.push(Violation::new(field, rule, zh, en));
    };
    let birth_date = request.birth_date.parse::<NaiveDate>();
    if birth_date.is_err() {
        wrong("birth_date", "date", NO_DAY);
    }
    let number = match request.identity_number.as_deref().map(|text| identity_number::parse(text, today)) {
        Some(Err(error)) => {
            wrong("identity_number", NUMBER, error.says());
            None
        }
        Some(Ok(number)) => {
            if birth_date.as_ref().is_ok_and(|date| *date != number.birth_date) {
                wrong("birth_date", NUMBER, NOT_IN_NUMBER);
            }
            let same = match request.sex() {
                Sex::Male => number.sex == NumberSex::Male,
                Sex::Female => number.sex == NumberSex::Female,
                Sex::Unspecified | Sex::NotStated => true,
            };
            if !same {
                wrong("sex", NUMBER, NOT_IN_NUMBER);
            }
            Some(number.normalised)
        }
        None => None,
    };
    let parents = request.parents.iter().enumerate();
    for (index, parent) in parents {
        if !parent.relation().is_parent() {
            wrong(&format!("parents[{index}].relation"), "DEF-1", ("应为父亲或母亲", "must be a parent"));
        }
        if let Some(Err(error)) =
            parent.identity_number.as_deref().map(|text| identity_number::parse(text, today))
        {
            wrong(&format!("parents[{index}].identity_number"), NUMBER, error.says());
        }
    }
    let Ok(birth_date) = birth_date else { return Err(violations) };
    if !violations.is_empty() {
        return Err(violations);
    }
    let child_id = command_id.new_id("child");
    let registered = ChildRegistered {
        name: Some(Sealed::plain(&child_id, &request.name)),
        sex: request.sex,
        birth_date: Some(Sealed::plain(&child_id, &request.birth_date)),
        identity_number: number.as_ref().map(|number| Sealed::plain(&child_id, number)),
        household: request.household.as_ref().map(|home| Household {
            village_code: home.village_code.clone(),
            address: Some(Sealed::plain(&child_id, &home.address)),
        }),
        parents: request
            .parents
            .iter()
            .enumerate()
            .map(|(index, input)| parent(command_id, index, input))
            .collect(),
        guardians: request
            .guardians
            .iter()
            .enumerate()
            .map(|(index, input)| guardian(command_id, index, input))
            .collect(),
        schooling: request.schooling.clone(),
        search_tokens: tokens(
            hashing,
            Some(&request.name),
            Some(&request.birth_date),
            request.household.as_ref().map(|home| home.village_code.as_str()),
        ),
    };
    Ok(Registration { child_id, registered, birth_date, identity_number: number })
}

fn sealed(person: &str, text: Option<&String>) -> Option<Sealed> {
    text.map(|text| Sealed::plain(person, text))
}

fn parent(command_id: &CommandId, index: usize, input: &ParentInput) -> Parent {
    let person_id = command_id.new_id(&format!("parent-{index}"));
    Parent {
        relation: input.relation,
        name: sealed(&person_id, input.name.as_ref()),
        phone: sealed(&person_id, input.phone.as_ref()),
        identity_number: sealed(&person_id, input.identity_number.as_ref()),
        facts: input.facts.clone(),
        person_id,
    }
}

fn guardian(command_id: &CommandId, index: usize, input: &GuardianInput) -> Guardian {
    let person_id = command_id.new_id(&format!("guardian-{index}"));
    Guardian {
        relation: input.relation,
        name: Some(Sealed::plain(&person_id, &input.name)),
        phone: sealed(&person_id, input.phone.as_ref()),
        identity_number: sealed(&person_id, input.identity_number.as_ref()),
        basis: input.basis,
        capacity: input.capacity,
        lives_with_child: input.lives_with_child,
        person_id,
    }
}
