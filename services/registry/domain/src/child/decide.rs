//! The rules of a child's file.

use super::derive::with_consequences;
use super::{Age, Command, Ruling, State, facts};
use crate::rules::{BEY_1, DEF_1, INF_4, TWN_1};
use chrono::{DateTime, NaiveDate, Utc};
use kinward_contracts::CarriesClocks as _;
use kinward_contracts::registry::v1::{
    ChildEvent, ChildRegistered, Guardian, GuardianDesignated, GuardianRevoked, ParentFacts,
    ParentWhereaboutsRecorded,
};
use kinward_contracts::r#type::v1::Reason;
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Rejection};
use kinward_statute::{Reference, day_of};

/// The decider of children's files.
#[derive(Clone, Copy, Debug)]
pub struct Child;

type Facts = Vec<Fact<ChildEvent>>;
type Now<'a> = Context<'a, Reference>;

impl Decider for Child {
    type Command = Command;
    type State = State;
    type Event = ChildEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 2;

    fn decide(state: &State, command: &Command, context: &Now<'_>) -> Result<Facts, Rejection> {
        match (state.registered, command) {
            (false, Command::Register { registered, birth_date, occurred_at }) => {
                let at = context.happened(*occurred_at, BEY_1)?;
                register(state, registered, *birth_date, at, context)
            }
            (true, Command::Register { .. }) => {
                Err(Rejection::exists(TWN_1, context.id, "此档案已建立", "this file exists already"))
            }
            (false, _) => Err(Rejection::not_found(TWN_1, "没有此档案", "there is no such file")),
            (true, Command::RecordParent { person_id, facts, birth_date, occurred_at }) => {
                let at = context.happened(*occurred_at, BEY_1)?;
                record_parent(state, person_id, facts, *birth_date, at, context)
            }
            (true, Command::FollowRuling(ruling)) => Ok(follow(state, ruling, context)),
            (true, Command::ObserveClocks) => {
                let events = state.clocks.observe_under(context.reference, context.now);
                Ok(events.into_iter().map(|event| Fact::now(ChildEvent::of_clock(event))).collect())
            }
        }
    }

    fn evolve(state: &mut State, event: &ChildEvent, at: &Occurrence<'_>) {
        state.fold(event, at);
    }
}

fn register(
    state: &State,
    registered: &ChildRegistered,
    birth_date: NaiveDate,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let (today, day) = (day_of(context.now), day_of(at));
    if birth_date > day {
        return Err(Rejection::invalid(
            "birth_date",
            DEF_1,
            "出生日期不能晚于登记事实的日期",
            "the birth date lies after the day on which the facts hold",
        ));
    }
    let village = registered.household.as_ref().map(|home| home.village_code.as_str()).unwrap_or_default();
    if !context.reference.division_valid_on(village, day) {
        return Err(Rejection::invalid(
            "household.village_code",
            INF_4,
            "此村（居）代码在该日未启用",
            "no village has this code on that day: adopt the division first, or correct the code",
        ));
    }
    facts::check_family(registered, today)?;
    let made = vec![Fact::at(at, registered.clone())];
    Ok(with_consequences(state, made, Age::on(birth_date, today), day, context))
}

fn record_parent(
    state: &State,
    person_id: &str,
    recorded: &ParentFacts,
    birth_date: NaiveDate,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    if !state.parents().any(|(parent, _)| parent == person_id) {
        return Err(Rejection::new(
            Reason::UnknownReference,
            DEF_1,
            "档案中没有此父母",
            "the file has no such parent",
        ));
    }
    let today = day_of(context.now);
    facts::check(recorded, "facts.", today)?;
    let since = super::carer::since(recorded).unwrap_or_else(|| day_of(at));
    let event = ParentWhereaboutsRecorded { person_id: person_id.to_owned(), facts: Some(recorded.clone()) };
    Ok(with_consequences(state, vec![Fact::at(at, event)], Age::on(birth_date, today), since, context))
}

/// The registry's guardianship follows the court; a ruling is followed once (CUS-4). What the facts amount to is
/// looked at again with the age last seen, since no birth date is at hand.
fn follow(state: &State, ruling: &Ruling, context: &Now<'_>) -> Facts {
    let Ruling { case_id, ruled_at, ruled_on, revoked_person_id, designated } = ruling;
    if state.rulings.contains(&(case_id.clone(), revoked_person_id.clone())) {
        return Vec::new();
    }
    let known = state.carers.get(&designated.person_id);
    let guardian = Guardian {
        // a ruling says nothing of who lives where: the file knows
        lives_with_child: known.map_or(designated.lives_with_child, |carer| carer.lives_with_child),
        ..designated.clone()
    };
    let revoked = GuardianRevoked {
        person_id: revoked_person_id.clone(),
        case_id: case_id.clone(),
        ruled_on: ruled_on.clone(),
    };
    let designated =
        GuardianDesignated { guardian: Some(guardian), case_id: case_id.clone(), ruled_on: ruled_on.clone() };
    let made = vec![Fact::at(*ruled_at, revoked), Fact::at(*ruled_at, designated)];
    with_consequences(state, made, state.age_last_seen(), day_of(*ruled_at), context)
}
