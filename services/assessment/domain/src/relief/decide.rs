//! Who refers, who decides, and that each referral is decided once (ASM-3, DEP-1).

use super::State;
use crate::rules::{ASM_3, BEY_1, DEP_1};
use chrono::{DateTime, NaiveDate, Utc};
use kinward_contracts::assessment::v1::{
    Beneficiary, ReliefEnrolled, ReliefEvent, ReliefKind, ReliefReferred, ReliefStage, relief_event::Event,
};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Recording, Rejection, clock_facts};
use kinward_statute::Reference;

/// The parties of an assessment, and villages.
const REFERRERS: [Department; 4] =
    [Department::Village, Department::Township, Department::PublicSecurity, Department::CivilAffairs];
/// Who has relief or welfare to give.
const RECIPIENTS: [Department; 9] = [
    Department::CivilAffairs,
    Department::Education,
    Department::Health,
    Department::Justice,
    Department::WomensFederation,
    Department::YouthLeague,
    Department::DisabledPersonsFederation,
    Department::TradeUnion,
    Department::NextGenerationCommittee,
];
const CLOCK: &str = "relief-decision";

/// The decider of referrals.
#[derive(Clone, Copy, Debug)]
pub struct Relief;

/// A command. A step carries the fact it asks to record.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Somebody, or a process, refers.
    Refer {
        /// What is referred.
        referred: ReliefReferred,
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// It is decided or withdrawn.
    Record {
        /// What; neither the referral nor a clock.
        event: Event,
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// An alarm fired: look at the clock.
    ObserveClocks,
}

type Facts = Vec<Fact<ReliefEvent>>;
type Now<'a> = Context<'a, Reference>;

impl Decider for Relief {
    type Command = Command;
    type State = State;
    type Event = ReliefEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 1;

    fn decide(state: &State, command: &Command, context: &Now<'_>) -> Result<Facts, Rejection> {
        match (state.stage(), command) {
            (ReliefStage::Unspecified, Command::Refer { referred, occurred_at }) => {
                refer(referred, *occurred_at, context)
            }
            (ReliefStage::Unspecified, _) => Err(Self::unknown()),
            (_, Command::Refer { .. }) => Ok(Vec::new()),
            (_, Command::ObserveClocks) => {
                Ok(clock_facts(state.clocks.observe_under(context.reference, context.now)))
            }
            (ReliefStage::Referred, Command::Record { event, occurred_at }) => {
                record(state, event, *occurred_at, context)
            }
            (_, Command::Record { .. }) => Err(Rejection::wrong_state(
                ASM_3,
                "转介已有决定或已撤回",
                "the referral is decided or withdrawn: refer again",
            )),
        }
    }

    fn evolve(state: &mut State, event: &ReliefEvent, at: &Occurrence<'_>) {
        state.evolve(event, at);
    }
}

impl Recording for Relief {
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
        Rejection::not_found(ASM_3, "没有此转介", "there is no such referral")
    }
}

fn refer(
    referred: &ReliefReferred,
    occurred_at: Option<DateTime<Utc>>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let actor = context.actor;
    let by_process = actor.department() == Department::Kinward;
    let of_the_place =
        referred.village_code.as_ref().is_some_and(|village| village.starts_with(actor.area.as_str()))
            && !actor.area.is_empty();
    let entitled = REFERRERS.contains(&actor.department()) && of_the_place;
    if !by_process && !entitled {
        return Err(not_entitled(
            "由儿童所在地的村（居）民委员会、乡镇（街道、园区）、公安机关或民政部门转介",
            "the village, township, police or civil affairs of the child's place refer",
        ));
    }
    if !RECIPIENTS.contains(&referred.recipient()) {
        return Err(Rejection::invalid(
            "recipient",
            DEP_1,
            "该部门不办理社会救助或福利",
            "this department has no relief or welfare to give",
        ));
    }
    if referred.beneficiary() == Beneficiary::Unspecified {
        return Err(Rejection::invalid("beneficiary", DEP_1, "须注明救助对象", "say whom it is for"));
    }
    let at = context.happened(occurred_at, BEY_1)?;
    let mut referred = referred.clone();
    if !by_process {
        referred.referred_by = actor.department;
        referred.referred_by_unit_id.clone_from(&actor.unit_id);
    }
    let area = referred.village_code.as_deref().unwrap_or_default();
    let clock = context.reference.start(CLOCK, "", CLOCK, at, area).map(Fact::now);
    Ok(std::iter::once(Fact::at(at, referred)).chain(clock).collect())
}

fn record(
    state: &State,
    event: &Event,
    occurred_at: Option<DateTime<Utc>>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let at = context.happened(occurred_at, BEY_1)?;
    if at < state.referred_at {
        return Err(Rejection::time("occurred_at", BEY_1, "不能早于转介", "it was not referred yet"));
    }
    let clock = match event {
        Event::ReliefEnrolled(enrolled) => {
            as_recipient(state, context)?;
            enrol(enrolled)?;
            state.clocks.done(CLOCK, at)
        }
        Event::ReliefRefused(refused) => {
            as_recipient(state, context)?;
            with_reason(refused.reason.is_some(), "不予救助须说明理由", "say why it is refused")?;
            state.clocks.done(CLOCK, at)
        }
        Event::ReliefWithdrawn(withdrawn) => {
            as_referrer(state, context)?;
            with_reason(withdrawn.reason.is_some(), "撤回须说明理由", "say why it is withdrawn")?;
            state.clocks.void(CLOCK, "referral-withdrawn")
        }
        _ => return Err(Rejection::wrong_state(ASM_3, "不能这样记录", "this is not recorded in this way")),
    };
    let fact = Fact::at(at, ReliefEvent { event: Some(event.clone()) });
    Ok(std::iter::once(fact).chain(clock_facts(clock)).collect())
}

fn enrol(enrolled: &ReliefEnrolled) -> Result<(), Rejection> {
    let unnamed = |kind: &i32| *kind == i32::from(ReliefKind::Unspecified);
    if enrolled.kinds.is_empty() || enrolled.kinds.iter().any(unnamed) {
        return Err(Rejection::invalid("kinds", ASM_3, "须注明救助种类", "name the kinds of relief"));
    }
    if enrolled.from_on.parse::<NaiveDate>().is_err() {
        return Err(Rejection::time("from_on", BEY_1, "没有这一天", "there is no such day"));
    }
    Ok(())
}

fn as_recipient(state: &State, context: &Now<'_>) -> Result<(), Rejection> {
    let actor = context.actor;
    if actor.department == state.recipient && state.is_in(&actor.area) {
        return Ok(());
    }
    Err(not_entitled("由受理转介的部门决定", "the department it was referred to decides"))
}

fn as_referrer(state: &State, context: &Now<'_>) -> Result<(), Rejection> {
    let actor = context.actor;
    let own = (actor.department, &actor.unit_id) == (state.referred_by, &state.referred_by_unit_id);
    if own {
        Ok(())
    } else {
        Err(not_entitled("由转介单位撤回", "the unit that referred takes it back"))
    }
}

fn with_reason(given: bool, zh: &str, en: &str) -> Result<(), Rejection> {
    if given { Ok(()) } else { Err(Rejection::invalid("reason", ASM_3, zh, en)) }
}

fn not_entitled(zh: &str, en: &str) -> Rejection {
    Rejection::not_entitled(ASM_3, zh, en)
}
