//! The rules of a notice.

use super::{Command, Delivery, State, deliver, superior};
use crate::rules::{BEY_1, BEY_4, DSP_4};
use chrono::{DateTime, Utc};
use kinward_contracts::ClockEvent;
use kinward_contracts::notification::v1::{
    NoticeAcknowledged, NoticeEscalated, NoticeEvent, NoticeSent, Recipient,
};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Rejection, clock_facts};
use kinward_statute::Reference;

/// The decider of notices.
#[derive(Clone, Copy, Debug)]
pub struct Notice;

type Facts = Vec<Fact<NoticeEvent>>;
type Now<'a> = Context<'a, Reference>;

impl Decider for Notice {
    type Command = Command;
    type State = State;
    type Event = NoticeEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 3;

    fn decide(state: &State, command: &Command, context: &Now<'_>) -> Result<Facts, Rejection> {
        match (state.sent_at, command) {
            (None, Command::Send(notice)) => Ok(send(notice, context)),
            (None, _) => Err(Rejection::not_found(DSP_4, "没有此通知", "there is no such notice")),
            (Some(_), Command::Send(_)) => Ok(Vec::new()),
            (Some(sent_at), Command::Acknowledge { occurred_at, infringers, person_id }) => {
                as_recipient(state, context)?;
                if infringers.contains(person_id) {
                    return Err(infringer());
                }
                if state.acknowledged {
                    return Ok(Vec::new());
                }
                acknowledge(state, sent_at, *occurred_at, context)
            }
            (Some(_), Command::Attempt(attempt)) => deliver::attempt(state, attempt, context),
            (Some(_), Command::Settle { endpoint_id, attempt_id, came }) => {
                Ok(deliver::settle(state, endpoint_id, attempt_id, came, context))
            }
            (Some(_), Command::GiveUp { endpoint_id, code }) => {
                Ok(deliver::give_up(state, endpoint_id, code))
            }
            (Some(_), Command::Resend { endpoint_id, occurred_at }) => {
                deliver::resend(state, endpoint_id, *occurred_at, context)
            }
            (Some(_), Command::ObserveClocks) => {
                Ok(observe(state, context).into_iter().chain(deliver::due(state, context.now)).collect())
            }
        }
    }

    fn wakes(event: &NoticeEvent) -> Option<(String, DateTime<Utc>)> {
        let (endpoint_id, at) = Delivery::wakes(event.event.as_ref()?)?;
        Some((format!("delivery-{endpoint_id}"), at))
    }

    fn evolve(state: &mut State, event: &NoticeEvent, at: &Occurrence<'_>) {
        state.evolve(event, at);
    }
}

fn send(notice: &NoticeSent, context: &Now<'_>) -> Facts {
    let area = notice.recipient.as_ref().map(|recipient| recipient.area.clone()).unwrap_or_default();
    std::iter::once(Fact::now(notice.clone())).chain(clock(0, &area, context)).collect()
}

/// The caller's department was told, and its area covers the recipient's.
fn as_recipient(state: &State, context: &Now<'_>) -> Result<(), Rejection> {
    let actor = context.actor;
    let told = state.told.iter().any(|(department, area)| {
        *department == actor.department && !actor.area.is_empty() && area.starts_with(actor.area.as_str())
    });
    if told {
        return Ok(());
    }
    Err(Rejection::not_entitled(DSP_4, "只有收件方可以签收", "only a recipient acknowledges"))
}

fn infringer() -> Rejection {
    Rejection::not_entitled(
        BEY_4,
        "涉嫌侵害的人不得经办此事",
        "an alleged infringer takes no part in this file",
    )
}

fn acknowledge(
    state: &State,
    sent_at: DateTime<Utc>,
    occurred_at: Option<DateTime<Utc>>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let at = context.happened(occurred_at, BEY_1)?;
    if occurred_at.is_some_and(|at| at < sent_at) {
        return Err(Rejection::time("occurred_at", BEY_1, "签收不能早于发出", "the notice was not sent yet"));
    }
    let mut facts = vec![Fact::at(at, NoticeAcknowledged { unit_id: context.actor.unit_id.clone() })];
    let running = state.clocks.open().filter_map(|(clock_id, _)| state.clocks.done(clock_id, at));
    facts.extend(clock_facts(running));
    Ok(facts)
}

/// What has become of the clock; a missed one escalates by one level, with a new clock.
fn observe(state: &State, context: &Now<'_>) -> Facts {
    let events = state.clocks.observe_under(context.reference, context.now);
    let missed = events.iter().any(|event| matches!(event, ClockEvent::Missed(_)));
    let mut facts = clock_facts(events);
    let above = state
        .told
        .last()
        .and_then(|(department, area)| superior(Department::try_from(*department).unwrap_or_default(), area));
    if let (true, Some((department, area))) = (missed, above) {
        let level = state.told.len();
        let recipient = Recipient { department: department.into(), area: area.clone(), role: String::new() };
        facts.push(Fact::now(NoticeEscalated {
            recipient: Some(recipient),
            level: u32::try_from(level).unwrap_or(u32::MAX),
        }));
        facts.extend(clock(level, &area, context));
    }
    facts
}

/// The clock of a level starts when that level is told.
fn clock(level: usize, area: &str, context: &Now<'_>) -> Option<Fact<NoticeEvent>> {
    let clock_id = format!("notice-acknowledge-{level}");
    context.reference.start("notice-acknowledge", "", &clock_id, context.now, area).map(Fact::now)
}
