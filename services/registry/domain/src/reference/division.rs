//! A division's code (INF-4). Withdrawn, it stays valid for its time; it is not used again, so that what was
//! recorded under it keeps its meaning.

use super::{InForce, day, keyed};
use crate::rules::INF_4;
use chrono::NaiveDate;
use kinward_contracts::registry::v1::{
    self as registry, DivisionAdopted, DivisionEvent, DivisionLevel, DivisionWithdrawn, division_event::Event,
};
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Rejection};
use kinward_statute::Reference;
use serde::{Deserialize, Serialize};

/// The decider of divisions; keyed by the code.
#[derive(Clone, Copy, Debug)]
pub struct Division;

/// A command.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// The code comes into use, or its facts are corrected.
    Adopt(DivisionAdopted),
    /// The code goes out of use, or the day on which it does is corrected.
    Withdraw(DivisionWithdrawn),
}

/// How far the code is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    valid_from: Option<NaiveDate>,
    withdrawn: bool,
    last: InForce,
}

impl Decider for Division {
    type Command = Command;
    type State = State;
    type Event = DivisionEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 2;

    fn decide(
        state: &State,
        command: &Command,
        context: &Context<'_, Reference>,
    ) -> Result<Vec<Fact<DivisionEvent>>, Rejection> {
        match (command, state.valid_from) {
            (Command::Adopt(_), _) if state.withdrawn => Err(Rejection::wrong_state(
                INF_4,
                "已撤销的区划代码不得再次启用",
                "a withdrawn code is not used again: adopt the one that took its place",
            )),
            (Command::Adopt(adopted), known) => adopt(state, adopted, known, context.id),
            (Command::Withdraw(_), None) => {
                Err(Rejection::not_found(INF_4, "没有在用的此区划", "no such division is in use"))
            }
            (Command::Withdraw(withdrawn), Some(valid_from)) => {
                withdraw(state, withdrawn, valid_from, context.id)
            }
        }
    }

    fn evolve(state: &mut State, event: &DivisionEvent, _: &Occurrence<'_>) {
        match &event.event {
            Some(Event::DivisionAdopted(adopted)) => {
                let division = adopted.division.as_ref();
                state.valid_from = division.and_then(|division| division.valid_from.parse().ok());
                state.last.take(adopted);
            }
            Some(Event::DivisionWithdrawn(withdrawn)) => {
                state.withdrawn = true;
                state.last.take(withdrawn);
            }
            None => {}
        }
    }
}

fn adopt(
    state: &State,
    adopted: &DivisionAdopted,
    known: Option<NaiveDate>,
    code: &str,
) -> Result<Vec<Fact<DivisionEvent>>, Rejection> {
    let division = adopted.division.clone().unwrap_or_default();
    keyed(&division.code, code, "code", INF_4)?;
    in_its_place(&division)?;
    let valid_from = day(&division.valid_from, "valid_from")?;
    if known.is_some_and(|known| known < valid_from) {
        return Err(Rejection::time(
            "valid_from",
            INF_4,
            "在用代码的启用日期不得推后",
            "the code is in use from an earlier day: what was recorded since would lose its place",
        ));
    }
    Ok(state.last.unless_same(adopted))
}

/// Level and code above are those that the code's own digits say.
fn in_its_place(division: &registry::Division) -> Result<(), Rejection> {
    let (level, above) = match division.code.len() {
        6 => (DivisionLevel::District, None),
        9 => (DivisionLevel::Township, division.code.get(..6)),
        12 => (DivisionLevel::Village, division.code.get(..9)),
        _ => (DivisionLevel::Unspecified, None),
    };
    if division.level() != level || level == DivisionLevel::Unspecified {
        return Err(Rejection::invalid(
            "level",
            INF_4,
            "级别与代码位数不符",
            "the level does not match the number of digits of the code",
        ));
    }
    if division.parent_code.as_deref() != above {
        return Err(Rejection::invalid(
            "parent_code",
            INF_4,
            "上级区划代码与本代码不符",
            "the code above does not match this code's digits",
        ));
    }
    Ok(())
}

fn withdraw(
    state: &State,
    withdrawn: &DivisionWithdrawn,
    valid_from: NaiveDate,
    code: &str,
) -> Result<Vec<Fact<DivisionEvent>>, Rejection> {
    if day(&withdrawn.valid_until, "valid_until")? < valid_from {
        return Err(Rejection::time(
            "valid_until",
            INF_4,
            "撤销日期不得早于启用日期",
            "the last day comes before the first",
        ));
    }
    if withdrawn.successor_codes.iter().any(|successor| successor == code) {
        return Err(Rejection::invalid(
            "successor_codes",
            INF_4,
            "承接代码不能是本代码",
            "a code is not its own successor",
        ));
    }
    Ok(state.last.unless_same(withdrawn))
}
