//! The rules of a protection order: who applies, which step may follow, and what time alone brings about (LAW-4).

use super::{Command, State, breach, court, review};
use crate::rules::{BEY_1, LAW_4, LAW_4_APPLICANT, LAW_4_VALIDITY};
use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::{
    Applicant, OrderEvent, OrderStage, ProtectionOrderAppliedFor, ProtectionOrderExpired, order_event::Event,
};
use kinward_contracts::r#type::v1::{Basis, ClockStarted, Department};
use kinward_contracts::{ClockEvent, timestamp};
use kinward_eventsourcing::{Context, Decider, Fact, Folded, Occurrence, Recording, Rejection, clock_facts};
use kinward_statute::Reference;

/// The decider of protection orders.
#[derive(Clone, Copy, Debug)]
pub struct Order;

pub(super) type Facts = Vec<Fact<OrderEvent>>;
pub(super) type Now<'a> = Context<'a, Reference>;

/// Id of the clock in which the court decides.
pub(super) const DECISION: &str = "protection-order";
/// Days before its last one on which a running order warns, so that somebody can ask to extend it.
const WARNS_BEFORE: chrono::Duration = chrono::Duration::days(15);

impl Decider for Order {
    type Command = Command;
    type State = State;
    type Event = OrderEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 1;

    fn decide(state: &State, command: &Command, context: &Now<'_>) -> Result<Facts, Rejection> {
        let facts = match (state.stage(), command) {
            (OrderStage::Unspecified, Command::Apply { applied, occurred_at }) => {
                return apply(applied, context.happened(*occurred_at, BEY_1)?, context);
            }
            (OrderStage::Unspecified, _) => {
                return Err(Self::unknown());
            }
            (_, Command::Apply { .. }) => return Ok(Vec::new()),
            (_, Command::ObserveClocks) => Vec::new(),
            (_, Command::Record { event, occurred_at }) => {
                record(state, event, context.happened(*occurred_at, BEY_1)?, context)?
            }
        };
        let observe = matches!(command, Command::ObserveClocks);
        Ok(follow_up(state, facts, observe, context))
    }

    fn evolve(state: &mut State, event: &OrderEvent, at: &Occurrence<'_>) {
        state.evolve(event, at);
    }
}

impl Recording for Order {
    type Body = Event;

    fn record(fact: Event, occurred_at: Option<DateTime<Utc>>) -> Command {
        Command::Record { event: fact, occurred_at }
    }

    fn place(state: &State, _: Department) -> Option<&str> {
        (state.stage() != OrderStage::Unspecified).then(|| state.village_code.as_deref().unwrap_or_default())
    }

    fn child<'a>(_: &'a str, state: &'a State) -> &'a str {
        &state.child_person_id
    }

    fn unknown() -> Rejection {
        Rejection::not_found(LAW_4, "没有此申请", "there is no such application")
    }
}

/// The child as party through its representative, or one of those who may apply in its place.
fn apply(
    applied: &ProtectionOrderAppliedFor,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let actor = context.actor;
    let by = |departments: &[Department]| departments.contains(&actor.department());
    let of_the_village = || {
        let (area, village) = (actor.area.as_str(), applied.village_code.as_ref());
        village.is_none_or(|village| !area.is_empty() && village.starts_with(area))
    };
    let may = match applied.applicant() {
        Applicant::Unspecified => false,
        // taken in by the court, or with the help of the village committee or the judicial administration
        Applicant::Party | Applicant::CloseRelative => {
            by(&[Department::Court, Department::Village, Department::Justice])
        }
        Applicant::PublicSecurity => by(&[Department::PublicSecurity]),
        Applicant::WomensFederation => by(&[Department::WomensFederation]),
        Applicant::VillageCommittee => by(&[Department::Village]) && of_the_village(),
        Applicant::ReliefManagementInstitution => by(&[Department::CivilAffairs]),
    };
    if !may {
        return Err(Rejection::not_entitled(
            LAW_4_APPLICANT,
            "申请人与申请单位不符",
            "the caller may not apply as this applicant",
        ));
    }
    if applied.child.as_ref().is_none_or(|child| child.person_id.is_empty()) {
        return Err(Rejection::invalid("child_id", LAW_4, "须注明儿童", "name the child"));
    }
    if applied.respondent_person_id.is_empty() {
        return Err(Rejection::invalid(
            "respondent_person_id",
            LAW_4,
            "须注明被申请人",
            "name the respondent",
        ));
    }
    let person = [Applicant::Party, Applicant::CloseRelative].contains(&applied.applicant());
    let applicant_unit_id = (!person).then(|| actor.unit_id.clone());
    Ok(vec![Fact::at(at, ProtectionOrderAppliedFor { applicant_unit_id, ..applied.clone() })])
}

fn record(state: &State, event: &Event, at: DateTime<Utc>, context: &Now<'_>) -> Result<Facts, Rejection> {
    match event {
        Event::OrderApplicationAccepted(accepted) => court::accept(state, *accepted, at, context),
        Event::ProtectionOrderGranted(granted) => court::grant(state, granted, at, context),
        Event::ProtectionOrderRefused(refused) => court::refuse(state, refused, at, context),
        Event::ProtectionOrderServed(served) => court::serve(state, *served, at, context),
        Event::ProtectionOrderExtended(extended) => court::extend(state, extended, at, context),
        Event::ProtectionOrderVaried(varied) => court::vary(state, varied, at, context),
        Event::ProtectionOrderRevoked(_) => court::revoke(state, at, context),
        Event::ProtectionOrderBreached(breached) => breach::record(state, breached, at, context),
        Event::BreachSanctioned(sanctioned) => breach::sanction(state, sanctioned, at, context),
        Event::ReviewRequested(requested) => review::request(state, *requested, at, context),
        Event::ReviewDecided(decided) => review::decide(state, *decided, at, context),
        _ => Err(Rejection::wrong_state(LAW_4, "不能这样记录", "this is not recorded in this way")),
    }
}

/// What follows, whoever recorded what and when: the clock of the order's last day, and its expiry.
fn follow_up(before: &State, mut facts: Facts, observe: bool, context: &Now<'_>) -> Facts {
    let mut after = before.clone();
    for (index, fact) in facts.iter().enumerate() {
        fold(&mut after, fact, index, context);
    }
    let mut follow = |after: &mut State, more: Facts| {
        for fact in more {
            fold(after, &fact, facts.len(), context);
            facts.push(fact);
        }
    };
    let more = last_day(&after);
    follow(&mut after, more);
    if let (OrderStage::InForce, Some(expires)) = (after.stage(), after.expires_at())
        && context.now >= expires
    {
        let expired = ProtectionOrderExpired {
            valid_until: after.valid_until.map(|day| day.to_string()).unwrap_or_default(),
            child: Some(after.child()),
            village_code: after.village_code.clone(),
        };
        let mut more = vec![Fact::at(expires, expired)];
        more.extend(clock_facts(expiry_clock(&after).and_then(|id| after.clocks.done(&id, expires))));
        follow(&mut after, more);
    }
    if observe {
        let more = clock_facts(after.clocks.observe_under(context.reference, context.now));
        follow(&mut after, more);
    }
    facts
}

/// While the order is in force, one clock runs to the end of its last day; nobody misses it, the order expires.
fn last_day(state: &State) -> Facts {
    let in_force = state.stage() == OrderStage::InForce;
    let wanted = expiry_clock(state).filter(|_| in_force);
    let others =
        state.clocks.open().filter(|(id, _)| id.starts_with(EXPIRY) && Some(*id) != wanted.as_deref());
    let mut facts = clock_facts(others.filter_map(|(id, _)| match &wanted {
        Some(wanted) => state.clocks.supersede(id, wanted),
        None if in_force => None,
        None => state.clocks.void(id, "order-revoked"),
    }));
    if let (Some(clock_id), Some(due_at)) = (wanted, state.expires_at())
        && state.clocks.get(&clock_id).is_none()
    {
        let warn_at = due_at - WARNS_BEFORE;
        facts.extend(clock_facts([ClockEvent::Started(ClockStarted {
            clock_id,
            clock: EXPIRY.to_owned(),
            rule: LAW_4_VALIDITY.id.to_owned(),
            article: LAW_4_VALIDITY.article.to_owned(),
            basis: Basis::Statute.into(),
            started_at: Some(timestamp(state.stands_since)),
            warn_at: (warn_at > state.stands_since).then(|| timestamp(warn_at)),
            due_at: Some(timestamp(due_at)),
            escalates_to: "court-liaison".to_owned(),
            variant: String::new(),
            area: state.village_code.clone().unwrap_or_default(),
        })]));
    }
    facts
}

const EXPIRY: &str = "protection-order-expiry";

/// Id of the clock of the order's last day.
pub(super) fn expiry_clock(state: &State) -> Option<String> {
    state.valid_until.map(|day| format!("{EXPIRY}-{day}"))
}

/// Folds a fact of this command as the log will hold it.
fn fold(state: &mut State, fact: &Fact<OrderEvent>, index: usize, context: &Now<'_>) {
    let subject = Folded::<Order>::subject(context.id);
    let event_id = subject.map(|subject| context.command_id.event_id(&subject, index)).unwrap_or_default();
    let occurrence = Occurrence {
        event_id: &event_id,
        occurred_at: fact.occurred_at.unwrap_or(context.now),
        recorded_at: context.now,
        actor: context.actor,
    };
    state.evolve(&fact.event, &occurrence);
}
