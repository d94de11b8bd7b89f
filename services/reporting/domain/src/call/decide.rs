//! The rules of a call: which step may follow which (INF-3). What a step must carry stands beside its kind.

use super::step::{ANSWER, Facts, Now, Step};
use super::{Command, State, at_end, handling, line};
use crate::rules::INF_3;
use chrono::{DateTime, Utc};
use kinward_contracts::reporting::v1::{CallEvent, CallRang, CallState, call_event::Event};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{Decider, Occurrence, Recording, Rejection, clock_facts};
use kinward_statute::Reference;

/// The decider of calls.
#[derive(Clone, Copy, Debug)]
pub struct Call;

impl Decider for Call {
    type Command = Command;
    type State = State;
    type Event = CallEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 2;

    fn decide(state: &State, command: &Command, context: &Now<'_>) -> Result<Facts, Rejection> {
        match (state.stage(), command) {
            (CallState::Unspecified, Command::Ring { rang, occurred_at }) => {
                Ok(ring(rang, &Step::new(state, *occurred_at, context)?))
            }
            (CallState::Unspecified, _) => Err(Self::unknown()),
            (_, Command::Ring { .. }) => {
                Err(Rejection::exists(INF_3, context.id, "此来电已登记", "this call is registered already"))
            }
            (_, Command::ObserveClocks) => {
                Ok(clock_facts(state.clocks.observe_under(context.reference, context.now)))
            }
            (_, Command::Record { event, occurred_at }) => {
                record(&Step::new(state, *occurred_at, context)?, event)
            }
        }
    }

    fn evolve(state: &mut State, event: &CallEvent, at: &Occurrence<'_>) {
        state.evolve(event, at);
    }
}

impl Recording for Call {
    type Body = Event;

    fn record(fact: Event, occurred_at: Option<DateTime<Utc>>) -> Command {
        Command::Record { event: Box::new(fact), occurred_at }
    }

    fn place(state: &State, _: Department) -> Option<&str> {
        (!state.area.is_empty()).then_some(state.area.as_str())
    }

    fn child<'a>(_: &'a str, state: &'a State) -> &'a str {
        state.child_person_id()
    }

    fn unknown() -> Rejection {
        Rejection::not_found(INF_3, "没有此来电", "there is no such call")
    }
}

/// Somebody has to answer at once.
fn ring(rang: &CallRang, step: &Step<'_>) -> Facts {
    let state = State { area: rang.area.clone(), ..State::default() };
    let step = Step { state: &state, at: step.at, context: step.context };
    let mut facts = step.fact(rang.clone());
    step.start(&mut facts, ANSWER, ANSWER);
    facts
}

fn record(step: &Step<'_>, event: &Event) -> Result<Facts, Rejection> {
    use CallState as State;
    match (step.state.stage(), event) {
        (State::Closed, _) => Err(Rejection::wrong_state(INF_3, "此来电已办结", "the call is closed")),
        (State::Ringing, Event::CallAnswered(_)) => Ok(line::answer(step)),
        (State::Ringing, Event::CallHungUp(_)) => Ok(line::abandon(step)),
        (State::Answered | State::Registered, Event::CallHungUp(_)) => line::hang_up(step),
        (State::Abandoned | State::CutOff, Event::CallReturned(returned)) => line::ring_back(step, *returned),
        (State::Answered, Event::CallRegistered(registered)) => line::register(step, registered),
        (State::Abandoned | State::CutOff, Event::CallClosed(closed)) => at_end::give_up(step, closed),
        (State::Registered, Event::CallClassified(classified)) => handling::classify(step, classified),
        (State::Registered, Event::CallReported(reported)) => handling::report(step, reported),
        (State::Registered, Event::HelpRequested(requested)) => handling::ask_for_help(step, requested),
        (State::Registered, Event::CallTransferred(transferred)) => handling::transfer(step, transferred),
        (State::Registered, Event::AidGiven(given)) => handling::give_aid(step, given),
        (State::Registered, Event::CallFollowedUp(followed_up)) => at_end::follow_up(step, followed_up),
        (State::Registered, Event::CallClosed(closed)) => at_end::close(step, closed),
        (stage, _) => Err(out_of_order(stage)),
    }
}

fn out_of_order(stage: CallState) -> Rejection {
    let (zh, en) = match stage {
        CallState::Ringing => ("来电尚未接听", "nobody has answered yet"),
        CallState::Answered => ("须先登记受理", "register the call first"),
        CallState::Abandoned | CallState::CutOff => {
            ("来电已中断，须先回拨", "the line is closed: ring back first")
        }
        _ => ("此步骤不适用于当前状态", "this step does not follow the last one"),
    };
    Rejection::wrong_state(INF_3, zh, en)
}
