//! The rules of an assessment: one table of stage and step, calling small functions.

use super::missing::{PARTIES, missing};
use super::{Command, Stage, State, plan};
use crate::rules::{ASM_1, ASM_2, ASM_4, BEY_1};
use chrono::{DateTime, Utc};
use kinward_contracts::assessment::v1::{
    AssessmentEvent, AssessmentFinalised, AssessmentOpened, InputGiven, Risk, assessment_event::Event,
};
use kinward_contracts::r#type::v1::{ChildReference, ClockStarted, Department, Reason};
use kinward_contracts::{CarriesClocks as _, ClockEvent};
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Rejection};
use kinward_statute::Reference;

/// The decider of assessments.
#[derive(Clone, Copy, Debug)]
pub struct Assessment;

type Facts = Vec<Fact<AssessmentEvent>>;
type Now<'a> = Context<'a, Reference>;

impl Decider for Assessment {
    type Command = Command;
    type State = State;
    type Event = AssessmentEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 2;

    fn decide(state: &State, command: &Command, context: &Now<'_>) -> Result<Facts, Rejection> {
        match (state.stage, command) {
            (Stage::Unopened, Command::Open { opened, noticed_at }) => Ok(open(opened, *noticed_at, context)),
            (Stage::Unopened, _) => {
                Err(Rejection::not_found(ASM_1, "没有此评估", "there is no such assessment"))
            }
            // the notice opens it once
            (_, Command::Open { .. }) => Ok(Vec::new()),
            (_, Command::ObserveClocks) => {
                Ok(clock_facts(state.clocks.observe_under(context.reference, context.now)))
            }
            (_, Command::Record { event, occurred_at }) => record(state, event, *occurred_at, context),
        }
    }

    fn evolve(state: &mut State, event: &AssessmentEvent, at: &Occurrence<'_>) {
        state.fold(event, at);
    }
}

fn open(opened: &AssessmentOpened, noticed_at: DateTime<Utc>, context: &Now<'_>) -> Facts {
    let variant = if opened.immediate { "immediate" } else { "" };
    let clock = clock("assessment", variant, noticed_at, opened.village_code.as_ref(), context);
    std::iter::once(Fact::at(noticed_at, opened.clone())).chain(clock).collect()
}

fn record(
    state: &State,
    event: &Event,
    occurred_at: Option<DateTime<Utc>>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let at = context.happened(occurred_at, BEY_1)?;
    let fact = || vec![Fact::at(at, AssessmentEvent { event: Some(event.clone()) })];
    match (state.stage, event) {
        (Stage::Assessing, Event::ParticipantInvited(invited)) => {
            as_party(state, context)?;
            let known = state.invited.contains(&(invited.department, invited.unit_id.clone()));
            Ok(if known { Vec::new() } else { fact() })
        }
        (Stage::Assessing, Event::InputGiven(given)) => {
            as_participant(state, context)?;
            // the department is the caller's own: nobody signs for another
            let department = context.actor.department;
            Ok(vec![Fact::at(at, InputGiven { department, ..given.clone() })])
        }
        (Stage::Assessing, Event::DimensionAssessed(_)) => as_participant(state, context).map(|()| fact()),
        (Stage::Assessing, Event::AssessmentFinalised(finalised)) => {
            not_before(state, occurred_at)?;
            finalise(state, finalised, at, context)
        }
        (
            Stage::Final | Stage::Planned | Stage::Closed,
            Event::ParticipantInvited(_)
            | Event::InputGiven(_)
            | Event::DimensionAssessed(_)
            | Event::AssessmentFinalised(_),
        ) => Err(Rejection::wrong_state(ASM_1, "评估已有结论", "the assessment is final")),
        (Stage::Assessing, step) if is_of_plan(step) => {
            Err(Rejection::wrong_state(ASM_2, "须先形成评估结论", "finalise the assessment first"))
        }
        (Stage::Final, Event::PlanDrawnUp(drawn_up)) => {
            as_party(state, context)?;
            plan::draw_up(drawn_up).map(|()| fact())
        }
        (Stage::Final, step) if is_of_plan(step) => {
            Err(Rejection::wrong_state(ASM_2, "须先制定帮扶计划", "draw up a plan first"))
        }
        (Stage::Planned | Stage::Closed, Event::PlanDrawnUp(_)) => {
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
            if provider != Some(context.actor.unit.as_str()) {
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

/// Township, civil affairs or police of the child's place: they assess and plan (ASM-1).
fn as_party(state: &State, context: &Now<'_>) -> Result<(), Rejection> {
    let actor = context.actor;
    let assesses = PARTIES.iter().any(|(party, ..)| *party == actor.department());
    let of_the_place = state
        .village_code
        .as_ref()
        .is_none_or(|village| !actor.area.is_empty() && village.starts_with(actor.area.as_str()));
    if assesses && of_the_place {
        return Ok(());
    }
    Err(Rejection::new(
        Reason::NotEntitled,
        ASM_1,
        "由儿童所在地的乡镇（街道、园区）、民政部门、公安机关办理",
        "the township, civil affairs or police of the child's place do this",
    ))
}

/// One of the three, or a party they invited.
fn as_participant(state: &State, context: &Now<'_>) -> Result<(), Rejection> {
    let actor = context.actor;
    if state.invited.contains(&(actor.department, actor.unit.clone())) {
        return Ok(());
    }
    as_party(state, context).map_err(|refused| Rejection {
        zh: "未受邀参与评估".to_owned(),
        en: "not invited to this assessment".to_owned(),
        ..refused
    })
}

/// Nothing is concluded before it was opened.
fn not_before(state: &State, occurred_at: Option<DateTime<Utc>>) -> Result<(), Rejection> {
    if occurred_at.is_some_and(|at| at < state.opened_at) {
        return Err(Rejection::time(
            "occurred_at",
            BEY_1,
            "结论不能早于评估启动",
            "the assessment was not open yet",
        ));
    }
    Ok(())
}

fn finalise(
    state: &State,
    finalised: &AssessmentFinalised,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    as_party(state, context)?;
    if context.actor.department() != Department::Township {
        return Err(Rejection::new(
            Reason::NotEntitled,
            ASM_1,
            "由牵头的乡镇（街道、园区）形成结论",
            "the township finalises it, as lead",
        ));
    }
    let missing = missing(state);
    if !missing.is_empty() {
        return Err(Rejection::missing(ASM_1, missing));
    }
    let variant = match finalised.risk() {
        Risk::Unspecified => {
            return Err(Rejection::invalid("risk", ASM_4, "须注明风险等级", "name the risk"));
        }
        Risk::High => "high",
        Risk::Medium => "medium",
        Risk::Low => "low",
    };
    // without them no custody case can open, and the grounds would be lost
    if !finalised.grounds.is_empty() && finalised.guardian_person_ids.is_empty() {
        return Err(Rejection::invalid(
            "guardian_person_ids",
            ASM_4,
            "发现撤销监护人资格情形的须注明监护人",
            "grounds were found: name the guardians concerned",
        ));
    }
    let child = ChildReference { child_id: state.child_id.clone(), person_id: state.child_person_id.clone() };
    let finalised = AssessmentFinalised {
        child: Some(child),
        village_code: state.village_code.clone(),
        incident_id: state.incident_id.clone(),
        ..finalised.clone()
    };
    let mut facts = vec![Fact::at(at, finalised)];
    facts.extend(clock_facts(state.clocks.done("assessment", at)));
    facts.extend(clock("reassessment", variant, at, state.village_code.as_ref(), context));
    Ok(facts)
}

fn clock_facts(events: impl IntoIterator<Item = ClockEvent>) -> Facts {
    events.into_iter().map(|event| Fact::now(AssessmentEvent::of_clock(event))).collect()
}

fn clock(
    name: &str,
    variant: &str,
    at: DateTime<Utc>,
    village_code: Option<&String>,
    context: &Now<'_>,
) -> Option<Fact<AssessmentEvent>> {
    let Reference { catalogue, calendar, .. } = context.reference;
    let started = catalogue.start(name, variant, name, at, calendar)?;
    let area = village_code.cloned().unwrap_or_default();
    Some(Fact::now(ClockStarted { area, ..started }))
}
