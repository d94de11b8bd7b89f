//! The rules of a custody case: what is recorded, and by whom.

use super::facts::{guardian_of, past_day};
use super::follow_up::follow_up;
use super::{Command, State, interview, ladder, petition, restoration};
use crate::rules::{BEY_1, CUS_1, FAM_4};
use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::{
    CaseEvent, CaseOpened, Conduct, GuardianCriticised, Words, case_event::Event,
};
use kinward_contracts::instant;
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Recording, Rejection, clock_facts};
use kinward_statute::Reference;

/// The decider of custody cases.
#[derive(Clone, Copy, Debug)]
pub struct Case;

pub(super) type Facts = Vec<Fact<CaseEvent>>;
pub(super) type Now<'a> = Context<'a, Reference>;

impl Decider for Case {
    type Command = Command;
    type State = State;
    type Event = CaseEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 3;

    fn decide(state: &State, command: &Command, context: &Now<'_>) -> Result<Facts, Rejection> {
        let decided = match (state.opened, command) {
            (false, Command::Open(opened)) => return open(opened),
            (false, _) => return Err(Self::unknown()),
            (true, Command::Open(_)) => return Ok(Vec::new()),
            (true, Command::ObserveClocks) => {
                clock_facts(state.clocks.observe_under(context.reference, context.now))
            }
            (true, Command::Record { event, occurred_at }) => record(state, event, *occurred_at, context)?,
            (true, Command::Count(words)) => count(state, words, context),
        };
        Ok(follow_up(state, decided, context))
    }

    fn evolve(state: &mut State, event: &CaseEvent, at: &Occurrence<'_>) {
        state.evolve(event, at);
    }
}

impl Recording for Case {
    type Body = Event;

    fn record(fact: Event, occurred_at: Option<DateTime<Utc>>) -> Command {
        Command::Record { event: fact, occurred_at }
    }

    fn place(state: &State, _: Department) -> Option<&str> {
        state.opened.then(|| state.village_code.as_deref().unwrap_or_default())
    }

    fn child<'a>(_: &'a str, state: &'a State) -> &'a str {
        &state.child_person_id
    }

    fn unknown() -> Rejection {
        Rejection::not_found(CUS_1, "没有此案件", "there is no such case")
    }
}

/// A case is about a child and at least one guardian.
fn open(opened: &CaseOpened) -> Result<Facts, Rejection> {
    if opened.child.as_ref().is_none_or(|child| child.person_id.is_empty()) {
        return Err(Rejection::invalid("child_id", CUS_1, "须注明儿童", "name the child"));
    }
    if opened.guardian_person_ids.is_empty() {
        return Err(Rejection::invalid(
            "guardian_person_ids",
            CUS_1,
            "须注明监护人",
            "name the guardians concerned",
        ));
    }
    Ok(vec![Fact::now(opened.clone())])
}

fn record(
    state: &State,
    event: &Event,
    occurred_at: Option<DateTime<Utc>>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let at = context.happened(occurred_at, BEY_1)?;
    let given = occurred_at.map(|_| at);
    if let Some(guardian) = guardian_of(event)
        && !state.guardians.contains_key(guardian)
    {
        return Err(Rejection::unknown(CUS_1, "案件不涉及此监护人", "the case is not about this guardian"));
    }
    let fact = || vec![Fact::at(at, CaseEvent { event: Some(event.clone()) })];
    match event {
        Event::GuardianCriticised(criticised) => criticise(criticised, at, context),
        Event::DutyRefused(refused) => past_day("since_on", &refused.since_on, context).map(|()| fact()),
        Event::DutyResumed(resumed) => past_day("on_date", &resumed.on_date, context).map(|()| fact()),
        Event::ConsequenceRecorded(_)
        | Event::DutyImpossible(_)
        | Event::DelegationRefused(_)
        | Event::LeftUnattended(_)
        | Event::CrimeIncited(_) => Ok(fact()),
        Event::HarmRecorded(harm) => match &harm.since_on {
            Some(day) => past_day("since_on", day, context).map(|()| fact()),
            None => Ok(fact()),
        },
        Event::PublicSecurityPenaltyImposed(penalty) => ladder::penalise(penalty, at, context),
        Event::CriminalCaseFiled(filed) => ladder::file_crime(filed, at, context),
        Event::FamilyEducationOrdered(ordered) => ladder::order_education(state, ordered, at, context),
        Event::FamilyEducationEnded(ended) => ladder::end_education(state, ended, at, context),
        Event::GuardianConvicted(convicted) => ladder::convict(convicted, at, context),
        Event::RestorationRequested(requested) => restoration::request(state, requested, at, context),
        Event::RestorationRuled(ruled) => restoration::rule(state, ruled, at, context),
        Event::MinorInterviewed(interview) => interview::record(state, interview, at, context),
        Event::PetitionFiled(filed) => petition::file(state, filed, at, context),
        Event::PetitionAccepted(accepted) => {
            petition::accept(state, &accepted.petition_id, given, context).map(|()| fact())
        }
        Event::PetitionHeard(heard) => {
            petition::hear(state, &heard.petition_id, given, context).map(|()| fact())
        }
        Event::PetitionRuled(ruled) => petition::rule(state, ruled, given, context),
        _ => Err(Rejection::wrong_state(CUS_1, "不能这样记录", "this is not recorded in this way")),
    }
}

/// Police, the protection institution or another department criticises; the department is the caller's own (CUS-1).
fn criticise(
    criticised: &GuardianCriticised,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let department = context.actor.department();
    if [Department::Unspecified, Department::Kinward].contains(&department) {
        return Err(Rejection::not_entitled(
            CUS_1,
            "由公安机关、未成年人救助保护机构等部门批评教育",
            "police, the protection institution or another department criticises",
        ));
    }
    if criticised.conduct() == Conduct::Unspecified {
        return Err(Rejection::invalid("conduct", CUS_1, "须注明行为", "name the conduct"));
    }
    // without a better one, the policy itself is the legal basis
    let article = match criticised.article.trim() {
        "" => CUS_1.article.to_owned(),
        named => named.to_owned(),
    };
    let made = GuardianCriticised {
        department: department.into(),
        article,
        unit_id: context.actor.unit_id.clone(),
        source_event_id: None,
        ..criticised.clone()
    };
    Ok(vec![Fact::at(at, made)])
}

/// Words outside of the case count like a criticism in it, by the department that spoke (FAM-4); to somebody whom the case
/// is not about, they do not.
fn count(state: &State, words: &Words, context: &Now<'_>) -> Facts {
    if !state.guardians.contains_key(&words.guardian_person_id) {
        return Vec::new();
    }
    let criticised = GuardianCriticised {
        guardian_person_id: words.guardian_person_id.clone(),
        conduct: words.conduct,
        department: words.department,
        article: FAM_4.article.to_owned(),
        unit_id: words.unit_id.clone(),
        source_event_id: Some(words.event_id.clone()),
    };
    let at = words.spoken_at.as_ref().and_then(instant).unwrap_or(context.now);
    vec![Fact::at(at, criticised)]
}
