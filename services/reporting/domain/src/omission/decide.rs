//! The rules of a case: only who had to report is held to account, and only by who is above it (RPT-5).

use super::{Command, State, superior_of};
use crate::report::mandates;
use crate::rules::{BEY_1, RPT_5};
use chrono::{DateTime, Utc};
use kinward_contracts::reporting::v1::{
    OmissionCaseDecided, OmissionCaseEscalated, OmissionCaseOpened, OmissionEvent, OmissionOutcome,
};
use kinward_contracts::r#type::v1::{Department, Situation};
use kinward_contracts::{ClockEvent, instant};
use kinward_eventsourcing::{Context, Decider, Fact, Missing, Occurrence, Rejection, clock_facts};
use kinward_statute::Reference;

/// The decider of cases of failure to report.
#[derive(Clone, Copy, Debug)]
pub struct Omission;

type Facts = Vec<Fact<OmissionEvent>>;
type Now<'a> = Context<'a, Reference>;

/// Who finds it out.
const OPENERS: [Department; 3] = [Department::PublicSecurity, Department::Township, Department::CivilAffairs];

impl Decider for Omission {
    type Command = Command;
    type State = State;
    type Event = OmissionEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 1;

    fn decide(state: &State, command: &Command, context: &Now<'_>) -> Result<Facts, Rejection> {
        match (state.opened_at, command) {
            (None, Command::Open(opened)) => open(opened, context),
            (None, _) => Err(Rejection::not_found(RPT_5, "没有此案件", "there is no such case")),
            (Some(_), Command::Open(_)) => {
                Err(Rejection::exists(RPT_5, context.id, "此案件已立案", "this case is open already"))
            }
            (Some(opened_at), Command::Decide { decided, occurred_at }) => {
                decide(state, decided, opened_at, *occurred_at, context)
            }
            (Some(_), Command::ObserveClocks) => Ok(observe(state, context)),
        }
    }

    fn evolve(state: &mut State, event: &OmissionEvent, at: &Occurrence<'_>) {
        state.evolve(event, at);
    }
}

fn open(opened: &OmissionCaseOpened, context: &Now<'_>) -> Result<Facts, Rejection> {
    if !OPENERS.contains(&context.actor.department()) {
        return Err(Rejection::not_entitled(
            RPT_5,
            "由公安机关、乡镇（街道、园区）或民政部门立案",
            "police, the township or civil affairs open a case",
        ));
    }
    let mut situations: Vec<Situation> = opened.situations().collect();
    situations.sort_unstable();
    situations.dedup();
    let mandated_by = mandates(opened.reporter_class(), &situations);
    if mandated_by.is_empty() {
        return Err(Rejection::invalid(
            "reporter_class",
            RPT_5,
            "非强制报告主体没有报告义务，不予追责",
            "who need not report is not held to account for not reporting",
        ));
    }
    if opened.incident_id.is_none() && opened.assessment_id.is_none() {
        return Err(Rejection::invalid(
            "incident_id",
            RPT_5,
            "须注明在哪次警情或评估中发现",
            "name the incident or the assessment in which this was found",
        ));
    }
    let knew_at = context.not_ahead("knew_at", opened.knew_at.as_ref().and_then(instant), RPT_5)?;
    if knew_at.is_none() {
        return Err(Rejection::invalid("knew_at", RPT_5, "须注明何时知情", "say when it knew"));
    }
    let Some(unit) = context.reference.units.get(&opened.unit_id) else {
        return Err(Rejection::unknown(RPT_5, "没有登记此单位", "no such unit is registered"));
    };
    let Some(superior) = superior_of(&opened.unit_id, context.reference) else {
        let missing = Missing::new(
            RPT_5,
            "superior-unit",
            "请先登记该单位的上级机关",
            "register the unit above this one first",
        );
        return Err(Rejection::missing(RPT_5, vec![missing]));
    };
    let event = OmissionCaseOpened {
        mandated_by: mandated_by.into_iter().map(i32::from).collect(),
        situations: situations.into_iter().map(i32::from).collect(),
        superior: Some(superior),
        ..opened.clone()
    };
    let area = unit.area.clone();
    Ok(std::iter::once(Fact::now(event)).chain(clock(0, &area, context)).collect())
}

/// Any superior the case has come to may decide: late is better than never.
fn decide(
    state: &State,
    decided: &OmissionCaseDecided,
    opened_at: DateTime<Utc>,
    occurred_at: Option<DateTime<Utc>>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    if !state.superiors.contains(&context.actor.unit_id) {
        return Err(Rejection::not_entitled(
            RPT_5,
            "由该单位的上级机关决定",
            "the superior of the unit decides",
        ));
    }
    if state.outcome != 0 {
        return Err(Rejection::wrong_state(RPT_5, "已作出决定", "it is decided already"));
    }
    if decided.outcome() == OmissionOutcome::Unspecified {
        return Err(Rejection::invalid("outcome", RPT_5, "须注明追责结果", "say what came of it"));
    }
    let at = context.happened(occurred_at, BEY_1)?;
    if at < opened_at {
        return Err(Rejection::time("occurred_at", BEY_1, "决定不能早于立案", "the case was not open yet"));
    }
    let decided = OmissionCaseDecided { unit_id: context.actor.unit_id.clone(), ..decided.clone() };
    let running = state.clocks.open().filter_map(|(clock_id, _)| state.clocks.done(clock_id, at));
    Ok(std::iter::once(Fact::at(at, decided)).chain(clock_facts(running)).collect())
}

/// What has become of the clock; a missed one brings the case to the superior's superior, with a new clock.
fn observe(state: &State, context: &Now<'_>) -> Facts {
    let events = state.clocks.observe_under(context.reference, context.now);
    let missed = events.iter().any(|event| matches!(event, ClockEvent::Missed(_)));
    let mut facts = clock_facts(events);
    let above = state.superiors.last().and_then(|last| superior_of(last, context.reference));
    // units that were registered in a circle end the climb
    let above = above.filter(|above| !state.superiors.contains(&above.unit_id));
    if let (true, Some(superior)) = (missed, above) {
        let level = state.superiors.len();
        let area = superior.area.clone();
        let level_number = u32::try_from(level).unwrap_or(u32::MAX);
        facts.push(Fact::now(OmissionCaseEscalated { superior: Some(superior), level: level_number }));
        facts.extend(clock(level, &area, context));
    }
    facts
}

/// The clock of a superior starts when the case comes to it.
fn clock(level: usize, area: &str, context: &Now<'_>) -> Option<Fact<OmissionEvent>> {
    let clock_id = format!("failure-to-report-{level}");
    context.reference.start("failure-to-report", "", &clock_id, context.now, area).map(Fact::now)
}
