//! The rules of an incident: which step may follow which. What a step must carry stands beside its kind.

use super::state::FEEDBACK;
use super::step::{Facts, Step};
use super::{
    Command, State, assistance, checklist, evidence, feedback, found, interview, linking, parents, placement,
    referral, search,
};
use crate::rules::DSP_1;
use chrono::{DateTime, Utc};
use kinward_contracts::dispatch::v1::{
    IncidentConcluded, IncidentEvent, IncidentOpened, Stage, Substantiation, incident_event::Event,
};
use kinward_contracts::r#type::v1::{Department, Sealed, Severity};
use kinward_eventsourcing::{Context, Decider, Occurrence, Recording, Rejection, clock_facts};
use kinward_statute::Reference;

/// The decider of incidents.
#[derive(Clone, Copy, Debug)]
pub struct Incident;

impl Decider for Incident {
    type Command = Command;
    type State = State;
    type Event = IncidentEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 5;

    fn decide(
        state: &State,
        command: &Command,
        context: &Context<'_, Reference>,
    ) -> Result<Facts, Rejection> {
        match (state.stage(), command) {
            (Stage::Unspecified, Command::Open(opened)) => open(opened, context),
            // the report is the same one: opened is opened
            (_, Command::Open(_)) => Ok(Vec::new()),
            (_, Command::ObserveClocks) => {
                Ok(clock_facts(state.clocks.observe_under(context.reference, context.now)))
            }
            (_, Command::MeetNoticeClock { at }) => {
                Ok(clock_facts(state.clocks.done("township-notice", *at)))
            }
            (_, Command::HandOverToCivilAffairs { at }) if state.open_placement().is_some() => {
                Ok(placement::taken_over(&Step::new(state, Some(*at), context)?))
            }
            (_, Command::HandOverToCivilAffairs { .. }) => Ok(Vec::new()),
            (Stage::Unspecified, _) => Err(Self::unknown()),
            (Stage::Concluded, Command::Record { event, occurred_at }) => {
                afterwards(&Step::new(state, *occurred_at, context)?, event)
            }
            (Stage::Concluded, Command::Conclude { .. }) => Err(concluded()),
            (_, Command::Conclude { .. }) if state.linked.is_some() => Err(linked(state)),
            (_, Command::Conclude { summary, substantiation, occurred_at }) => {
                conclude(&Step::new(state, *occurred_at, context)?, summary, *substantiation)
            }
            (_, Command::Record { event, occurred_at }) => {
                record(&Step::new(state, *occurred_at, context)?, event)
            }
        }
    }

    fn evolve(state: &mut State, event: &IncidentEvent, at: &Occurrence<'_>) {
        state.evolve(event, at);
    }
}

impl Recording for Incident {
    type Body = Event;

    fn record(fact: Event, occurred_at: Option<DateTime<Utc>>) -> Command {
        Command::Record { event: fact, occurred_at }
    }

    fn place(state: &State, department: Department) -> Option<&str> {
        // others are let in by the units that the incident names; without a place it is every station's
        state.village_code.as_deref().filter(|_| department == Department::PublicSecurity)
    }

    fn child<'a>(_: &'a str, state: &'a State) -> &'a str {
        &state.child_person_id
    }

    fn unknown() -> Rejection {
        Rejection::not_found(DSP_1, "没有此警情", "there is no such incident")
    }
}

fn open(opened: &IncidentOpened, context: &Context<'_, Reference>) -> Result<Facts, Rejection> {
    // a place of no district that is known here would hide the incident from every station: it counts as none (BEY-5)
    let village_code = opened.village_code.clone().filter(|code| !context.reference.is_elsewhere(code));
    let state = State { village_code: village_code.clone(), ..State::default() };
    let step = Step::new(&state, None, context)?;
    // a past decision is replayed under the reading of its day
    let evidence_always = context.reference.evidence_scope.iter().copied().collect();
    let mut facts = step.fact(IncidentOpened { evidence_always, village_code, ..opened.clone() });
    step.start(&mut facts, "police-accept", "", "police-accept");
    Ok(facts)
}

fn record(step: &Step<'_>, event: &Event) -> Result<Facts, Rejection> {
    step.not_before(step.state.opened_at)?;
    let stage = step.state.stage();
    match event {
        Event::IncidentUnlinked(unlinked) => linking::unlink(step, unlinked),
        _ if step.state.linked.is_some() => lasting(step, event).unwrap_or_else(|| Err(linked(step.state))),
        Event::IncidentLinked(linked) => linking::link(step, linked),
        Event::IncidentJoined(joined) => linking::join(step, joined),
        Event::IncidentParted(parted) => linking::part(step, parted),
        Event::IncidentAccepted(accepted) => {
            follows(step, Stage::Open, "已受理", "it is accepted already")?;
            of_police(step, &accepted.unit_id)?;
            let mut facts = step.fact(event.clone());
            step.done(&mut facts, "police-accept");
            let variant = if step.state.severity() == Severity::Immediate { "immediate" } else { "" };
            step.start(&mut facts, "police-on-scene", variant, "police-on-scene");
            Ok(facts)
        }
        Event::UnitDispatched(dispatched) => {
            follows(step, Stage::Accepted, "须先受理且尚未出警", "accept it first; dispatch once")?;
            of_police(step, &dispatched.unit_id)?;
            Ok(step.fact(event.clone()))
        }
        Event::UnitArrived(arrived) => {
            follows(step, Stage::Dispatched, "须先出警且尚未到场", "dispatch a unit first; arrive once")?;
            of_police(step, &arrived.unit_id)?;
            let mut facts = step.fact(event.clone());
            found::arrived(step, &mut facts);
            Ok(facts)
        }
        _ if stage == Stage::Open => {
            Err(Rejection::wrong_state(DSP_1, "须先受理", "accept the incident first"))
        }
        Event::ParentRecorded(parent) => parents::recorded(step, parent),
        Event::ParentContactAttempted(attempt) => parents::contacted(step, attempt),
        Event::ParentsOrderedToReturn(_) | Event::ParentsAdmonished(_) | Event::ParentsNotified(_) => {
            parents::addressed(step, event)
        }
        Event::ChildPlacedTemporarily(placed) => placement::place(step, placed),
        Event::PlacementReviewed(reviewed) => placement::review(step, reviewed),
        Event::PlacementEnded(ended) => placement::end(step, ended),
        Event::SearchOpened(opened) => search::open(step, opened),
        Event::SearchReviewed(reviewed) => search::review(step, reviewed),
        Event::SearchEnded(ended) => search::end(step, ended),
        Event::SightingRecorded(sighting) => search::sighting(step, sighting),
        Event::SituationFound(situation) => found::found(step, situation),
        Event::EvidenceTaken(taken) => evidence::take(step, taken),
        Event::AssistanceRequested(requested) => assistance::request(step, requested),
        Event::MinorInterviewed(interviewed) => interview::interview(step, interviewed),
        Event::ReporterFeedbackGiven(given) => feedback::give(step, given),
        Event::ChildIdentified(_)
        | Event::TrusteeNamed(_)
        | Event::ViolenceStopped(_)
        | Event::InfringementStopped(_)
        | Event::CivilAffairsAsked(_)
        | Event::MedicalCareReferred(_)
        | Event::InjuryAppraisalReferred(_) => Ok(step.fact(event.clone())),
        other => lasting(step, other).unwrap_or_else(|| {
            // an opening, a conclusion and a clock are no steps of police
            Err(Rejection::wrong_state(DSP_1, "此事项不由人工登记", "this is not recorded by hand"))
        }),
    }
}

/// What goes on wherever the incident stands: evidence is handed on, and what was asked for comes in.
fn lasting(step: &Step<'_>, event: &Event) -> Option<Result<Facts, Rejection>> {
    Some(match event {
        Event::EvidenceTransferred(transfer) => evidence::transfer(step, transfer),
        Event::MedicalCareResulted(resulted) => referral::treated(step, resulted),
        Event::InjuryAppraised(appraised) => referral::appraised(step, appraised),
        Event::AssistanceAnswered(answered) => assistance::answer(step, answered),
        Event::AssistanceDeclined(declined) => assistance::decline(step, declined),
        _ => return None,
    })
}

fn linked(state: &State) -> Rejection {
    linking::follows_another(&state.linked.clone().unwrap_or_default())
}

/// Care, evidence and the investigation outlast the incident: who holds the child is recorded to the end, and then
/// the reporters are told.
fn afterwards(step: &Step<'_>, event: &Event) -> Result<Facts, Rejection> {
    match event {
        Event::ChildPlacedTemporarily(placed) if step.state.handed_on().is_some() => {
            placement::place(step, placed)
        }
        Event::PlacementReviewed(reviewed) => placement::review(step, reviewed),
        Event::PlacementEnded(ended) => placement::end(step, ended),
        Event::MinorInterviewed(interviewed) => interview::interview(step, interviewed),
        Event::ReporterFeedbackGiven(given) => feedback::give(step, given),
        Event::IncidentParted(parted) => linking::part(step, parted),
        other => lasting(step, other).unwrap_or_else(|| Err(concluded())),
    }
}

fn concluded() -> Rejection {
    Rejection::wrong_state(DSP_1, "警情已处置完毕", "the incident is concluded")
}

/// The step comes after this stage, in order and in time (DSP-1, BEY-1).
fn follows(step: &Step<'_>, stage: Stage, zh: &str, en: &str) -> Result<(), Rejection> {
    if step.state.stage() != stage {
        return Err(Rejection::wrong_state(DSP_1, zh, en));
    }
    step.not_before(step.state.stage_since)
}

/// Who is in charge, is sent or arrives is a unit of police that there is: the caller's own, or one of the register.
fn of_police(step: &Step<'_>, unit_id: &str) -> Result<(), Rejection> {
    let units = &step.reference().units;
    // a register that holds nobody knows nothing of police either
    if unit_id == step.actor().unit_id || units.is_empty() {
        return Ok(());
    }
    match units.get(unit_id) {
        Some(unit) if unit.department == i32::from(Department::PublicSecurity) => Ok(()),
        _ => {
            let (zh, en) =
                ("须为已登记的公安机关单位或本单位", "give a registered unit of police, or your own");
            Err(Rejection { field: Some("unit_id".to_owned()), ..Rejection::unknown(DSP_1, zh, en) })
        }
    }
}

fn conclude(step: &Step<'_>, summary: &Sealed, substantiation: Substantiation) -> Result<Facts, Rejection> {
    let state = step.state;
    follows(step, Stage::OnScene, "须先到场", "arrive on the scene first")?;
    let missing = checklist::missing(state);
    if let Some(first) = missing.first() {
        let rule = first.rule;
        return Err(Rejection::missing(rule, missing));
    }
    let mut facts = step.fact(IncidentConcluded {
        village_code: state.village_code.clone(),
        child: Some(step.child()),
        severity: state.severity().into(),
        situations: state.all_situations(),
        report_id: state.report_id.clone(),
        summary: Some(summary.clone()),
        substantiation: substantiation.into(),
        joined_report_ids: state.joined.values().map(|joined| joined.report_id.clone()).collect(),
    });
    step.start(&mut facts, "township-notice", "", "township-notice");
    for (_, clock_id) in state.reports() {
        step.start(&mut facts, FEEDBACK, "", &clock_id);
    }
    Ok(facts)
}
