//! When a letter may be issued, on whom it is served, and who follows it up (LAW-2).

use super::State;
use crate::rules::{BEY_1, BEY_4, LAW_2};
use chrono::{DateTime, Utc};
use kinward_contracts::dispatch::v1::{
    Prohibition, ServedParty, WarningEvent, WarningFinding, WarningFollowedUp, WarningIssued, WarningServed,
    warning_event::Event,
};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Recording, Rejection};
use kinward_statute::Reference;

/// The decider of warning letters.
#[derive(Clone, Copy, Debug)]
pub struct Warning;

/// A command.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Police warn the infringer.
    Issue {
        /// The letter.
        issued: Box<WarningIssued>,
        /// Whether the incident it came of is domestic violence too light for a penalty.
        light: bool,
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// It was served, or followed up.
    Record {
        /// What; not the issue.
        event: Event,
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
}

type Facts = Vec<Fact<WarningEvent>>;

impl Decider for Warning {
    type Command = Command;
    type State = State;
    type Event = WarningEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 1;

    fn decide(
        state: &State,
        command: &Command,
        context: &Context<'_, Reference>,
    ) -> Result<Facts, Rejection> {
        let (Command::Issue { occurred_at, .. } | Command::Record { occurred_at, .. }) = command;
        let at = context.happened(*occurred_at, BEY_1)?;
        match command {
            Command::Issue { .. } if state.exists() => {
                Err(Rejection::exists(LAW_2, context.id, "告诫书已出具", "the letter is issued already"))
            }
            Command::Issue { issued, light, .. } => issue(issued, *light, at),
            Command::Record { .. } if !state.exists() => Err(Self::unknown()),
            Command::Record { .. } if state.issued_at.is_some_and(|issued_at| at < issued_at) => {
                let zh = "不能早于出具时间";
                Err(Rejection::time("occurred_at", BEY_1, zh, "lies before the letter was issued"))
            }
            Command::Record { event: Event::WarningServed(served), .. } => serve(state, served, at),
            Command::Record { event: Event::WarningFollowedUp(visit), .. } => {
                follow_up(state, visit, at, context)
            }
            Command::Record { .. } => {
                Err(Rejection::wrong_state(LAW_2, "此事项不由人工登记", "this is not recorded by hand"))
            }
        }
    }

    fn evolve(state: &mut State, event: &WarningEvent, at: &Occurrence<'_>) {
        state.evolve(event, at);
    }
}

impl Recording for Warning {
    type Body = Event;

    fn record(fact: Event, occurred_at: Option<DateTime<Utc>>) -> Command {
        Command::Record { event: fact, occurred_at }
    }

    fn place(state: &State, _: Department) -> Option<&str> {
        state.exists().then(|| state.village_code.as_deref().unwrap_or_default())
    }

    fn child<'a>(_: &'a str, state: &'a State) -> &'a str {
        &state.child_person_id
    }

    fn unknown() -> Rejection {
        Rejection::not_found(LAW_2, "没有此告诫书", "there is no such letter")
    }
}

/// It names the infringer, the facts, and that violence is forbidden (反家庭暴力法 17).
fn issue(issued: &WarningIssued, light: bool, at: DateTime<Utc>) -> Result<Facts, Rejection> {
    let missing = |field: &str, zh: &str, en: &str| Err(Rejection::invalid(field, LAW_2, zh, en));
    if !light {
        return Err(Rejection::wrong_state(
            LAW_2,
            "告诫书只用于情节较轻的家庭暴力；情节较重的依法处罚或立案",
            "a letter is for light domestic violence; what is graver is punished or prosecuted",
        ));
    }
    if issued.infringer_person_id.is_empty() || issued.infringer_name.is_none() {
        return missing("infringer_name", "请写明加害人", "name the infringer");
    }
    if issued.facts.is_none() {
        return missing("facts", "请写明家庭暴力的事实", "state the facts");
    }
    if !issued.prohibitions.contains(&i32::from(Prohibition::DomesticViolence)) {
        return missing("prohibitions", "告诫书须禁止实施家庭暴力", "the letter forbids violence");
    }
    Ok(vec![Fact::at(at, issued.clone())])
}

/// Each party gets it once. A child's copy is taken by an adult who is not the infringer (BEY-4).
fn serve(state: &State, served: &WarningServed, at: DateTime<Utc>) -> Result<Facts, Rejection> {
    let (person, unit) = (served.receiver_person_id.as_ref(), served.receiver_unit_id.as_ref());
    let invalid = |field: &str, zh: &str, en: &str| Err(Rejection::invalid(field, LAW_2, zh, en));
    match served.party() {
        ServedParty::Unspecified => return invalid("party", "请写明送达对象", "say on whom it is served"),
        ServedParty::Infringer if person != Some(&state.infringer_person_id) => {
            return invalid(
                "receiver_person_id",
                "须送达加害人本人",
                "the infringer takes the letter in person",
            );
        }
        ServedParty::Victim if person == Some(&state.infringer_person_id) => {
            let (zh, en) = ("不得经加害人转交", "the infringer does not take the child's copy");
            return Err(Rejection::not_entitled(BEY_4, zh, en));
        }
        ServedParty::Victim if person.is_none() && unit.is_none() => {
            return invalid("receiver_person_id", "请写明签收人", "say who took it");
        }
        ServedParty::VillageCommittee if unit.is_none() => {
            return invalid("receiver_unit_id", "请写明村（居）委会", "name the committee");
        }
        ServedParty::Infringer | ServedParty::Victim | ServedParty::VillageCommittee => {}
    }
    if state.served.contains_key(&served.party) {
        return Err(Rejection::wrong_state(LAW_2, "已送达", "it was served on them already"));
    }
    Ok(vec![Fact::at(at, served.clone())])
}

/// By village or police, once the infringer knows what is forbidden.
fn follow_up(
    state: &State,
    visit: &WarningFollowedUp,
    at: DateTime<Utc>,
    context: &Context<'_, Reference>,
) -> Result<Facts, Rejection> {
    if visit.finding() == WarningFinding::Unspecified {
        return Err(Rejection::invalid("finding", LAW_2, "请写明查访情况", "say what was found"));
    }
    let department = context.actor.department();
    if ![Department::PublicSecurity, Department::Village].contains(&department) {
        let (zh, en) = ("由村（居）委会、公安派出所查访", "village and police follow it up");
        return Err(Rejection::not_entitled(LAW_2, zh, en));
    }
    let told = state.served.get(&i32::from(ServedParty::Infringer));
    if told.is_none_or(|told| at < *told) {
        return Err(Rejection::wrong_state(LAW_2, "须先送达加害人", "serve it on the infringer first"));
    }
    let visit = WarningFollowedUp { department: department.into(), ..visit.clone() };
    Ok(vec![Fact::at(at, visit)])
}
