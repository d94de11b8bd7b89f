//! The rules of temporary guardianship (LAW-3).

use super::hand_over::{fits, follows};
use super::{Command, State, Stay};
use crate::rules::{BEY_1, LAW_3, LAW_3_RETURN};
use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::temporary_guardianship_event::Event;
use kinward_contracts::custody::v1::{
    ChildGivenToDesignatedGuardian, ChildHandedOver, ChildReturned, LongTermCase, LongTermGuardianshipTaken,
    TemporaryCase, TemporaryGuardianshipBegan, TemporaryGuardianshipEvent,
};
use kinward_contracts::r#type::v1::{ChildReference, Department};
use kinward_eventsourcing::{Context, Decider, Fact, Missing, Occurrence, Recording, Rejection, clock_facts};
use kinward_statute::Reference;

/// The decider of temporary guardianship.
#[derive(Clone, Copy, Debug)]
pub struct Temporary;

type Facts = Vec<Fact<TemporaryGuardianshipEvent>>;
type Now<'a> = Context<'a, Reference>;

impl Decider for Temporary {
    type Command = Command;
    type State = State;
    type Event = TemporaryGuardianshipEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 2;

    fn decide(state: &State, command: &Command, context: &Now<'_>) -> Result<Facts, Rejection> {
        match (state.stay(), command) {
            (None, Command::Begin { began, handed, occurred_at }) => {
                begin(state, began, handed, *occurred_at, context)
            }
            (Some(_), Command::Begin { .. }) => Err(Rejection::wrong_state(
                LAW_3,
                "儿童已在临时监护中",
                "the child is under temporary guardianship already",
            )),
            (None, _) if state.stays.is_empty() => Err(Self::unknown()),
            (None, Command::Record { .. }) => {
                Err(Rejection::wrong_state(LAW_3, "临时监护已结束", "the temporary guardianship has ended"))
            }
            (Some(stay), Command::Record { event, occurred_at }) => {
                by_civil_affairs(context)?;
                record(state, stay, event, context.happened(*occurred_at, BEY_1)?)
            }
            (_, Command::ObserveClocks) => {
                Ok(clock_facts(state.clocks.observe_under(context.reference, context.now)))
            }
        }
    }

    fn evolve(state: &mut State, event: &TemporaryGuardianshipEvent, at: &Occurrence<'_>) {
        state.evolve(event, at);
    }
}

impl Recording for Temporary {
    type Body = Event;

    fn record(fact: Event, occurred_at: Option<DateTime<Utc>>) -> Command {
        Command::Record { event: fact, occurred_at }
    }

    fn place(state: &State, _: Department) -> Option<&str> {
        (!state.stays.is_empty()).then(|| state.village_code.as_deref().unwrap_or_default())
    }

    fn child<'a>(_: &'a str, state: &'a State) -> &'a str {
        &state.child_person_id
    }

    fn unknown() -> Rejection {
        Rejection::not_found(LAW_3, "没有此临时监护", "there is no such temporary guardianship")
    }
}

/// In seven cases civil affairs must; whoever takes the child is named at once.
fn begin(
    state: &State,
    began: &TemporaryGuardianshipBegan,
    handed: &ChildHandedOver,
    occurred_at: Option<DateTime<Utc>>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    by_civil_affairs(context)?;
    let at = context.happened(occurred_at, BEY_1)?;
    if began.child.as_ref().is_none_or(|child| child.person_id.is_empty()) {
        return Err(Rejection::invalid("child_id", LAW_3, "须注明儿童", "name the child"));
    }
    let article = article_92(began.statutory_case(), &began.article)?;
    let before = state.stays.last().and_then(|stay| stay.ended.as_ref());
    if before.is_some_and(|ended| at < ended.at) {
        return Err(Rejection::time(
            "occurred_at",
            BEY_1,
            "不能早于上一次临时监护的结束",
            "this lies before the end of the last stay",
        ));
    }
    fits(handed, &began.guardian_person_ids.iter().cloned().collect())?;
    let clock_id = State::clock_id(&began.stay_id);
    let area = began.village_code.as_deref().unwrap_or_default();
    let clock = context.reference.start("temporary-guardianship", "", &clock_id, at, area);
    let handed = ChildHandedOver { child: began.child.clone(), ..handed.clone() };
    let mut facts =
        vec![Fact::at(at, TemporaryGuardianshipBegan { article, ..began.clone() }), Fact::at(at, handed)];
    facts.extend(clock.map(Fact::now));
    Ok(facts)
}

fn record(state: &State, stay: &Stay, event: &Event, at: DateTime<Utc>) -> Result<Facts, Rejection> {
    follows(stay, at)?;
    let child =
        Some(ChildReference { child_id: state.child_id.clone(), person_id: state.child_person_id.clone() });
    match event {
        Event::ChildHandedOver(handed) => {
            fits(handed, &stay.guardians)?;
            Ok(vec![Fact::at(at, ChildHandedOver { child, ..handed.clone() })])
        }
        Event::GuardianFitnessAssessed(assessed) => Ok(vec![Fact::at(at, assessed.clone())]),
        Event::ChildReturned(returned) => {
            let assessment_event_id = found_fit(stay, &returned.guardian_person_id, at)?;
            let returned = ChildReturned { child, assessment_event_id, ..returned.clone() };
            Ok(ended(state, stay, at, returned))
        }
        Event::LongTermGuardianshipTaken(taken) => {
            let article = article_94(taken.statutory_case(), &taken.article)?;
            Ok(ended(state, stay, at, LongTermGuardianshipTaken { child, article, ..taken.clone() }))
        }
        Event::ChildGivenToDesignatedGuardian(given)
            if stay.guardians.contains(&given.guardian_person_id) =>
        {
            // the court designates somebody else; a guardian of old comes back through the assessment
            Err(Rejection::invalid(
                "guardian_person_id",
                LAW_3_RETURN,
                "原监护人须经评估后送回",
                "a guardian of old gets the child returned after the assessment",
            ))
        }
        Event::ChildGivenToDesignatedGuardian(given) => {
            Ok(ended(state, stay, at, ChildGivenToDesignatedGuardian { child, ..given.clone() }))
        }
        _ => Err(Rejection::wrong_state(LAW_3, "不能这样记录", "this is not recorded in this way")),
    }
}

/// A child returns only after civil affairs' own assessment that the guardian is fit again (L31).
fn found_fit(stay: &Stay, guardian: &str, at: DateTime<Utc>) -> Result<String, Rejection> {
    if let Some(found) = stay.found_fit(guardian, at) {
        return Ok(found.event_id.clone());
    }
    Err(Rejection::missing(
        LAW_3_RETURN,
        vec![Missing::new(
            LAW_3_RETURN,
            "guardian-assessed-fit",
            "经民政部门评估，监护人重新具备履行监护职责条件",
            "civil affairs' own assessment that the guardian is fit again",
        )],
    ))
}

/// The stay ends, and with it its clock.
fn ended(
    state: &State,
    stay: &Stay,
    at: DateTime<Utc>,
    event: impl Into<TemporaryGuardianshipEvent>,
) -> Facts {
    let mut facts = vec![Fact::at(at, event)];
    facts.extend(clock_facts(state.clocks.done(&State::clock_id(&stay.stay_id), at)));
    facts
}

fn by_civil_affairs(context: &Now<'_>) -> Result<(), Rejection> {
    if context.actor.department() == Department::CivilAffairs {
        return Ok(());
    }
    Err(Rejection::not_entitled(LAW_3, "由民政部门临时监护", "civil affairs takes temporary guardianship"))
}

/// 未成年人保护法 92: the item of a case; another law must be named.
fn article_92(case: TemporaryCase, named: &str) -> Result<String, Rejection> {
    let items = ["（一）", "（二）", "（三）", "（四）", "（五）", "（六）"];
    let item = usize::try_from(i32::from(case)).ok().and_then(|number| items.get(number.checked_sub(1)?));
    of_law("case", case == TemporaryCase::Unspecified, "92", item.copied(), named)
}

/// 未成年人保护法 94, likewise.
fn article_94(case: LongTermCase, named: &str) -> Result<String, Rejection> {
    let items = ["（一）", "（二）", "（三）", "（四）"];
    let item = usize::try_from(i32::from(case)).ok().and_then(|number| items.get(number.checked_sub(1)?));
    of_law("case", case == LongTermCase::Unspecified, "94", item.copied(), named)
}

fn of_law(
    field: &str,
    unsaid: bool,
    article: &str,
    item: Option<&str>,
    named: &str,
) -> Result<String, Rejection> {
    match (item, named.trim()) {
        _ if unsaid => Err(Rejection::invalid(field, LAW_3, "须注明情形", "name the case")),
        (Some(item), "") => Ok(format!("未成年人保护法 {article}{item}")),
        (None, "") => Err(Rejection::invalid(
            "article",
            LAW_3,
            "法律规定的其他情形须注明法律依据",
            "name the law that provides for another case",
        )),
        (_, named) => Ok(named.to_owned()),
    }
}
