//! The rules of a child's file: what is recorded, and what follows.

use super::ahead::{Ahead, Facts, Now};
use super::{
    Age, Carer, Command, Restoration, Ruling, State, birthday, care, days, delegation, derive, duplicates,
    facts, residence, routine, schooling,
};
use crate::rules::{BEY_1, DEF_1, FAM_1, INF_4, TWN_1};
use chrono::{DateTime, NaiveDate, Utc};
use kinward_contracts::registry::v1::{
    ChildEvent, ChildRegistered, Guardian, GuardianAdmonished, GuardianDesignated, GuardianRecorded,
    GuardianRevoked, GuardianStopped, GuardianUrgedToCorrect, GuardianshipBasis, ParentFacts,
    ParentWhereaboutsRecorded, UnknownChildRegistered, child_event::Event,
};
use kinward_contracts::r#type::v1::{Department, Sealed};
use kinward_eventsourcing::{Decider, Fact, Occurrence, Recording, Rejection};
use kinward_statute::{Reference, day_of};

/// The decider of children's files.
#[derive(Clone, Copy, Debug)]
pub struct Child;

impl Decider for Child {
    type Command = Command;
    type State = State;
    type Event = ChildEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 3;

    fn decide(state: &State, command: &Command, context: &Now<'_>) -> Result<Facts, Rejection> {
        match (state.registered, command) {
            (false, Command::Register { registered, birth_date, occurred_at }) => {
                let at = context.happened(*occurred_at, BEY_1)?;
                register(state, registered, *birth_date, at, context)
            }
            (false, Command::RegisterUnknown { registered, occurred_at }) => {
                let at = context.happened(*occurred_at, BEY_1)?;
                register_unknown(registered, at, context)
            }
            (true, Command::Register { .. } | Command::RegisterUnknown { .. }) => {
                Err(Rejection::exists(TWN_1, context.id, "此档案已建立", "this file exists already"))
            }
            (false, _) => Err(Self::unknown()),
            (true, Command::RecordParent { person_id, facts, birth_date, occurred_at }) => {
                duplicates::takes_facts(state)?;
                let at = context.happened(*occurred_at, BEY_1)?;
                record_parent(state, person_id, facts, *birth_date, at, context)
            }
            (true, Command::Entrust(asked)) => {
                duplicates::takes_facts(state)?;
                let age = Age::on(asked.birth_date, day_of(context.now));
                let mut ahead = Ahead::of(state, Vec::new(), context);
                if delegation::is_over(state, context.now) {
                    // its alarm has not fired yet
                    delegation::expire(&mut ahead, age);
                }
                for fact in delegation::make(&ahead.state, asked, context)? {
                    ahead.push(fact);
                }
                derive::consequences(&mut ahead, age, days::day("from_on", &asked.made.from_on)?);
                Ok(finish(ahead))
            }
            (true, Command::Record { event, birth_date, occurred_at }) => {
                record(state, event, *birth_date, *occurred_at, context)
            }
            (true, Command::FollowRuling(ruling)) => Ok(follow(state, ruling, context)),
            (true, Command::FollowRestoration(restoration)) => Ok(restore(state, restoration, context)),
            (true, Command::ObserveClocks { birth_date }) => Ok(observe(state, *birth_date, context)),
        }
    }

    fn evolve(state: &mut State, event: &ChildEvent, at: &Occurrence<'_>) {
        state.evolve(event, at);
    }
}

impl Recording for Child {
    type Body = Event;

    fn record(fact: Event, occurred_at: Option<DateTime<Utc>>) -> Command {
        Command::Record { event: fact, birth_date: None, occurred_at }
    }

    fn place(state: &State, _: Department) -> Option<&str> {
        state.registered.then_some(state.village_code.as_str())
    }

    fn child<'a>(id: &'a str, _: &'a State) -> &'a str {
        id
    }

    fn unknown() -> Rejection {
        Rejection::not_found(TWN_1, "没有此档案", "there is no such file")
    }
}

/// The facts with all that follows: what they amount to for a child of an age, since a day, and the clocks.
fn concluded(state: &State, facts: Facts, bearing: Option<(Age, NaiveDate)>, context: &Now<'_>) -> Facts {
    let mut ahead = Ahead::of(state, facts, context);
    if let Some((age, since)) = bearing {
        derive::consequences(&mut ahead, age, since);
    }
    finish(ahead)
}

fn finish(mut ahead: Ahead<'_>) -> Facts {
    delegation::follow_up(&mut ahead);
    schooling::follow_up(&mut ahead);
    routine::follow_up(&mut ahead);
    ahead.facts
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
    in_use(village, "household.village_code", day, context)?;
    facts::check_family(registered, today)?;
    let mut ahead = Ahead::of(state, vec![Fact::at(at, registered.clone())], context);
    derive::consequences(&mut ahead, Age::on(birth_date, today), day);
    birthday::start(&mut ahead, birth_date);
    Ok(finish(ahead))
}

fn register_unknown(
    registered: &UnknownChildRegistered,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let village = registered.found.as_ref().map(|found| found.village_code.as_str()).unwrap_or_default();
    in_use(village, "found.village_code", day_of(at), context)?;
    Ok(vec![Fact::at(at, registered.clone())])
}

fn in_use(village: &str, field: &str, day: NaiveDate, context: &Now<'_>) -> Result<(), Rejection> {
    if context.reference.division_valid_on(village, day) {
        return Ok(());
    }
    Err(Rejection::invalid(
        field,
        INF_4,
        "此村（居）代码在该日未启用",
        "no village has this code on that day: adopt the division first, or correct the code",
    ))
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
        return Err(Rejection::unknown(DEF_1, "档案中没有此父母", "the file has no such parent"));
    }
    let today = day_of(context.now);
    facts::check(recorded, "facts.", today)?;
    let since = super::carer::since(recorded).unwrap_or_else(|| day_of(at));
    let event = ParentWhereaboutsRecorded { person_id: person_id.to_owned(), facts: Some(recorded.clone()) };
    let bearing = Some((Age::on(birth_date, today), since));
    Ok(concluded(state, vec![Fact::at(at, event)], bearing, context))
}

fn record(
    state: &State,
    event: &Event,
    birth_date: Option<NaiveDate>,
    occurred_at: Option<DateTime<Utc>>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let at = context.happened(occurred_at, BEY_1)?;
    match event {
        Event::DuplicateLinked(linked) => return duplicates::link(state, linked, at, context),
        Event::DuplicateAttached(attached) => return duplicates::attach(state, attached, at),
        Event::DuplicateDetached(detached) => return duplicates::detach(state, detached, at),
        Event::DuplicateUnlinked(unlinked) => {
            let mut ahead = Ahead::of(state, duplicates::unlink(state, unlinked, at)?, context);
            look_at_clocks(&mut ahead, birth_date);
            return Ok(finish(ahead));
        }
        _ => duplicates::takes_facts(state)?,
    }
    let age = birth_date.map_or(state.age_last_seen(), |born| Age::on(born, day_of(context.now)));
    let bearing = |since: NaiveDate| Some((age, since));
    let fact = || vec![Fact::at(at, ChildEvent { event: Some(event.clone()) })];
    let (facts, bearing) = match event {
        Event::HouseholdMoveRequested(asked) => (residence::request(state, asked, at, context)?, None),
        Event::HouseholdMoveConsented(consented) => {
            (residence::consent(state, consented, at, context)?, None)
        }
        Event::HouseholdMoveRefused(refused) => (residence::refuse(state, refused, at, context)?, None),
        Event::GuardianRecorded(recorded) => (guardian(state, recorded, at)?, bearing(day_of(at))),
        Event::DelegationReviewed(reviewed) => (delegation::review(state, reviewed, at)?, None),
        Event::DelegationEnded(ended) => {
            let facts = delegation::end(state, ended, at, context)?;
            (facts, bearing(days::day("on_date", &ended.on_date)?))
        }
        Event::ContactRecorded(contact) => (care::contact(state, contact, at)?, None),
        Event::VisitRecorded(visit) => (care::visit(state, visit, at)?, None),
        Event::KeyCaseFlagged(flagged) => (care::flag(state, flagged, at)?, None),
        Event::KeyCaseAssigned(assigned) => (care::assign(state, assigned, at)?, None),
        Event::KeyCaseEnded(ended) => (care::unflag(state, ended, at)?, None),
        Event::DifficultyOpened(opened) => (care::open_difficulty(state, opened, at), None),
        Event::DifficultyAssigned(assigned) => (care::assign_difficulty(state, assigned, at, context)?, None),
        Event::DifficultyResolved(resolved) => (care::resolve(state, resolved, at)?, None),
        Event::GuardianAdmonished(said) => {
            let department = care::author(state, &said.person_id, context)?;
            (vec![Fact::at(at, GuardianAdmonished { department, ..said.clone() })], None)
        }
        Event::GuardianStopped(said) => {
            let department = care::author(state, &said.person_id, context)?;
            (vec![Fact::at(at, GuardianStopped { department, ..said.clone() })], None)
        }
        Event::GuardianUrgedToCorrect(said) => {
            let department = care::author(state, &said.person_id, context)?;
            (vec![Fact::at(at, GuardianUrgedToCorrect { department, ..said.clone() })], None)
        }
        Event::PsychologicalConcernRaised(raised) => (care::concern(state, raised, at, context)?, None),
        Event::CaringAdultPaired(paired) => (care::pair(state, paired, at, context)?, None),
        Event::PairingVisitRecorded(visited) => (care::pairing_visit(state, visited, at)?, None),
        Event::PairingEnded(ended) => (care::end_pairing(state, ended, at, context)?, None),
        Event::HealthRecorded(health) => {
            let examined_on = health.examined_on.as_ref().and_then(Sealed::clear).unwrap_or_default();
            days::past_day("examined_on", examined_on, context)?;
            (fact(), None)
        }
        Event::SchoolEnrolled(enrolled) => (schooling::enrol(state, enrolled, at, context)?, None),
        Event::AbsenceRecorded(absence) => (schooling::absent(state, absence, at, context)?, None),
        Event::AbsenceFollowedUp(followed) => {
            (schooling::follow_absence_up(state, followed, at, context)?, None)
        }
        Event::DropoutRegistered(dropout) => (schooling::drop_out(state, dropout, at, context)?, None),
        Event::PersuasionAttempted(attempted) => (schooling::persuade(state, attempted, at, context)?, None),
        Event::ChildReturnedToSchool(returned) => (schooling::come_back(state, returned, at, context)?, None),
        Event::PersuasionFailed(failed) => (schooling::give_up(state, failed, at)?, None),
        Event::DropoutReportWritten(written) => (schooling::report(state, written, at)?, None),
        Event::DropoutReportAcknowledged(acknowledged) => {
            (schooling::acknowledge(state, acknowledged, at, context)?, None)
        }
        Event::ContactCardIssued(issued) => (schooling::card(state, issued, at)?, None),
        _ => return Err(Rejection::wrong_state(TWN_1, "不能这样登记", "this is not recorded in this way")),
    };
    Ok(concluded(state, facts, bearing, context))
}

/// A guardian or carer other than a parent. Who is entrusted is so by a delegation, with what the law asks for.
fn guardian(state: &State, recorded: &GuardianRecorded, at: DateTime<Utc>) -> Result<Facts, Rejection> {
    let guardian = recorded.guardian.clone().unwrap_or_default();
    let known: Option<&Carer> = state.carers.get(&guardian.person_id);
    let parent = i32::from(GuardianshipBasis::Parent);
    if guardian.basis == parent || known.is_some_and(|carer| carer.basis == parent) {
        return Err(Rejection::invalid(
            "guardian.basis",
            DEF_1,
            "父母的情况请在父母一栏登记",
            "a parent's facts are recorded as a parent's, with whereabouts",
        ));
    }
    if known.is_none() && guardian.basis() == GuardianshipBasis::Delegation {
        return Err(Rejection::invalid(
            "guardian.basis",
            FAM_1,
            "受托人请通过委托监护登记",
            "a trustee is recorded with the delegation: make one",
        ));
    }
    Ok(vec![Fact::at(at, recorded.clone())])
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
    concluded(state, made, Some((state.age_last_seen(), day_of(*ruled_at))), context)
}

/// A guardian who was revoked is one again, and whom the court had designated instead is none: once, and only of a
/// ruling that was followed.
fn restore(state: &State, restoration: &Restoration, context: &Now<'_>) -> Facts {
    let Restoration { ruled_at, restored } = restoration;
    if !state.rulings.contains(&(restored.case_id.clone(), restored.person_id.clone())) {
        return Vec::new();
    }
    let made = vec![Fact::at(*ruled_at, restored.clone())];
    concluded(state, made, Some((state.age_last_seen(), day_of(*ruled_at))), context)
}

/// What time alone has brought. The clocks of a linked file rest.
fn observe(state: &State, birth_date: Option<NaiveDate>, context: &Now<'_>) -> Facts {
    if state.duplicate_of.is_some() {
        return Vec::new();
    }
    let mut ahead = Ahead::of(state, Vec::new(), context);
    look_at_clocks(&mut ahead, birth_date);
    finish(ahead)
}

fn look_at_clocks(ahead: &mut Ahead<'_>, birth_date: Option<NaiveDate>) {
    let (now, today) = (ahead.context.now, day_of(ahead.context.now));
    let age = birth_date.map_or(ahead.state.age_last_seen(), |born| Age::on(born, today));
    if birthday::has_come(&ahead.state.clocks, now) || age == Age::SixteenOrMore {
        derive::consequences(ahead, Age::SixteenOrMore, today);
        birthday::end(ahead);
    } else if birthday::step_is_due(&ahead.state.clocks, now) {
        birthday::go_on(ahead, birth_date);
    }
    if delegation::is_over(&ahead.state, now) {
        let age = if ahead.state.age_last_seen() == Age::SixteenOrMore { Age::SixteenOrMore } else { age };
        delegation::expire(ahead, age);
        delegation::follow_up(ahead);
    }
    let events = ahead.state.clocks.observe_under(ahead.context.reference, now);
    ahead.clocks(events);
}
