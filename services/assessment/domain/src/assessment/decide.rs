//! The rules of an assessment: one table of stage and step, calling small functions.

use super::conclude::finalise;
use super::parties::{as_participant, as_party};
use super::{Command, State, open, participants, plan, reassess};
use crate::rules::{ASM_1, ASM_2, BEY_1};
use chrono::{DateTime, Utc};
use kinward_contracts::assessment::v1::{AssessmentEvent, Stage, assessment_event::Event};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Recording, Rejection};
use kinward_statute::Reference;

/// The decider of assessments.
#[derive(Clone, Copy, Debug)]
pub struct Assessment;

pub(super) type Facts = Vec<Fact<AssessmentEvent>>;
pub(super) type Now<'a> = Context<'a, Reference>;

impl Decider for Assessment {
    type Command = Command;
    type State = State;
    type Event = AssessmentEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 3;

    fn decide(state: &State, command: &Command, context: &Now<'_>) -> Result<Facts, Rejection> {
        match (state.stage(), command) {
            (Stage::Unspecified, Command::Open { opened, since }) => Ok(open::open(opened, *since, context)),
            (Stage::Unspecified, Command::OpenByHand { opened, occurred_at }) => {
                open::by_hand(opened, *occurred_at, context)
            }
            (Stage::Unspecified, _) => Err(Self::unknown()),
            // it opens once
            (_, Command::Open { .. } | Command::OpenByHand { .. }) => Ok(Vec::new()),
            (_, Command::ObserveClocks) => Ok(reassess::observe(state, context)),
            (_, Command::Follow { assessment_id }) => Ok(reassess::follow(state, assessment_id)),
            (_, Command::Record { event, occurred_at }) => record(state, event, *occurred_at, context),
        }
    }

    fn evolve(state: &mut State, event: &AssessmentEvent, at: &Occurrence<'_>) {
        state.evolve(event, at);
    }
}

impl Recording for Assessment {
    type Body = Event;

    fn record(fact: Event, occurred_at: Option<DateTime<Utc>>) -> Command {
        Command::Record { event: fact, occurred_at }
    }

    fn place(_: &State, _: Department) -> Option<&str> {
        None
    }

    fn child<'a>(_: &'a str, state: &'a State) -> &'a str {
        &state.child_person_id
    }

    fn unknown() -> Rejection {
        Rejection::not_found(ASM_1, "没有此评估", "there is no such assessment")
    }
}

fn record(
    state: &State,
    event: &Event,
    occurred_at: Option<DateTime<Utc>>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let at = context.happened(occurred_at, BEY_1)?;
    let fact = || vec![Fact::at(at, AssessmentEvent { event: Some(event.clone()) })];
    match (state.stage(), event) {
        (Stage::Assessing, Event::ParticipantInvited(invited)) => {
            let invited = participants::invite(state, invited, context)?;
            Ok(invited.into_iter().map(|invited| Fact::at(at, invited)).collect())
        }
        (Stage::Assessing, Event::InvitationDeclined(declined)) => {
            Ok(vec![Fact::at(at, participants::decline(state, declined, context)?)])
        }
        (Stage::Assessing, Event::InputGiven(given)) => {
            Ok(vec![Fact::at(at, participants::sign(state, given, context)?)])
        }
        (Stage::Assessing, Event::DimensionAssessed(_)) => as_participant(state, context).map(|()| fact()),
        (Stage::Assessing, Event::AssessmentFinalised(finalised)) => finalise(state, finalised, at, context),
        (
            _,
            Event::ParticipantInvited(_)
            | Event::InvitationDeclined(_)
            | Event::InputGiven(_)
            | Event::DimensionAssessed(_)
            | Event::AssessmentFinalised(_),
        ) => Err(Rejection::wrong_state(ASM_1, "评估已有结论", "the assessment is final")),
        (Stage::Assessing, step) if is_of_plan(step) => {
            Err(Rejection::wrong_state(ASM_2, "须先形成评估结论", "finalise the assessment first"))
        }
        (Stage::Final, Event::PlanDrawnUp(drawn_up)) => {
            as_party(state, context)?;
            plan::draw_up(state, drawn_up).map(|()| fact())
        }
        (Stage::Final, step) if is_of_plan(step) => {
            Err(Rejection::wrong_state(ASM_2, "须先制定帮扶计划", "draw up a plan first"))
        }
        (_, Event::PlanDrawnUp(_)) => {
            Err(Rejection::wrong_state(ASM_2, "已有帮扶计划", "there is a plan already"))
        }
        (Stage::Planned, Event::PlanClosed(_)) => {
            as_party(state, context)?;
            plan::close_plan(state).map(|()| fact())
        }
        (Stage::Planned, Event::ServiceDelivered(delivered)) => {
            // whoever provides a service records what it did
            let item = state.items.get(&delivered.item_id);
            let provider = item.and_then(|item| item.provider.as_deref());
            if provider != Some(context.actor.unit_id.as_str()) {
                as_party(state, context)?;
            }
            plan::step(state, event).map(|()| fact())
        }
        (Stage::Planned, step) if is_of_plan(step) => {
            as_party(state, context)?;
            plan::step(state, event).map(|()| fact())
        }
        (Stage::Closed, step) if is_of_plan(step) => {
            Err(Rejection::wrong_state(ASM_2, "帮扶计划已结项", "the plan is closed"))
        }
        _ => Err(Rejection::wrong_state(ASM_1, "不能这样记录", "this is not recorded in this way")),
    }
}

fn is_of_plan(event: &Event) -> bool {
    matches!(
        event,
        Event::PlanDrawnUp(_)
            | Event::ServiceOrdered(_)
            | Event::ServiceDelivered(_)
            | Event::ServiceReviewed(_)
            | Event::ServiceClosed(_)
            | Event::PlanClosed(_)
    )
}

pub(super) fn clock(
    name: &str,
    variant: &str,
    at: DateTime<Utc>,
    village_code: Option<&String>,
    context: &Now<'_>,
) -> Option<Fact<AssessmentEvent>> {
    let area = village_code.map(String::as_str).unwrap_or_default();
    context.reference.start(name, variant, name, at, area).map(Fact::now)
}
