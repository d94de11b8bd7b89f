//! given / when / then of referrals (ASM-3, DEP-1), and what holds for every history.

use super::{Command, Relief, State, duties, may_read};
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::assessment::v1::{
    Beneficiary, ReliefEnrolled, ReliefEvent, ReliefKind, ReliefReferred, ReliefRefused, ReliefStage,
    ReliefWithdrawn, relief_event::Event,
};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::r#type::v1::{ChildReference, Department, Reason, Sealed};
use kinward_contracts::{CarriesClocks as _, EventMessage as _, instant};
use kinward_eventsourcing::kit::Scenario;
use kinward_statute::{Outcome, Reference, day_of, end_of_day};
use proptest::prelude::*;

const VILLAGE: &str = "430903111201";

/// 10 March 2026, noon in Shanghai: no holiday is near.
fn noon() -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse().unwrap()
}

fn actor(department: Department, unit: &str, area: &str) -> Actor {
    Actor {
        department: department.into(),
        unit_id: unit.to_owned(),
        area: area.to_owned(),
        ..Actor::default()
    }
}

fn village() -> Actor {
    actor(Department::Village, "village-430903111201", VILLAGE)
}

fn civil_affairs() -> Actor {
    actor(Department::CivilAffairs, "civil-affairs-430903", "430903")
}

fn education() -> Actor {
    actor(Department::Education, "education-430903", "430903")
}

fn text() -> Sealed {
    Sealed::plain("child", "…")
}

fn referral(recipient: Department) -> ReliefReferred {
    ReliefReferred {
        child: Some(ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() }),
        village_code: Some(VILLAGE.to_owned()),
        beneficiary: Beneficiary::Family.into(),
        recipient: recipient.into(),
        hardship: Some(text()),
        ..ReliefReferred::default()
    }
}

fn refer(recipient: Department) -> Command {
    Command::Refer { referred: referral(recipient), occurred_at: None }
}

fn step(event: Event) -> Command {
    Command::Record { event, occurred_at: None }
}

fn enrol() -> Command {
    step(Event::ReliefEnrolled(ReliefEnrolled {
        kinds: vec![ReliefKind::SubsistenceAllowance.into()],
        from_on: "2026-04-01".to_owned(),
    }))
}

fn refuse() -> Command {
    step(Event::ReliefRefused(ReliefRefused { reason: Some(text()) }))
}

fn withdraw() -> Command {
    step(Event::ReliefWithdrawn(ReliefWithdrawn { reason: Some(text()) }))
}

fn new(reference: &Reference) -> Scenario<'_, Relief> {
    Scenario::new("relief", noon(), reference).by(village())
}

/// Referred to civil affairs by the village; civil affairs ask.
fn referred(reference: &Reference) -> Scenario<'_, Relief> {
    new(reference).given([refer(Department::CivilAffairs)]).by(civil_affairs())
}

#[test]
fn asm_3_dep_1_a_village_refers_and_the_decision_is_due_in_thirty_days() {
    let reference = Reference::default();
    let outcome = new(&reference).when(refer(Department::CivilAffairs));
    let Some(Event::ClockStarted(clock)) = &outcome.facts()[1].event.event else { panic!("a clock") };
    let due = clock.due_at.as_ref().and_then(instant).unwrap();
    assert_eq!(
        (clock.clock.as_str(), due),
        ("relief-decision", end_of_day(day_of(noon()) + chrono::Days::new(30)))
    );
    assert_eq!((clock.area.as_str(), clock.escalates_to.as_str()), (VILLAGE, "district-civil-affairs"));
    let scenario = outcome.then_types(&["ReliefReferred", "ClockStarted"]);
    let State { referred_by, referred_by_unit_id, .. } = scenario.state();
    assert_eq!(
        (*referred_by, referred_by_unit_id.as_str()),
        (Department::Village.into(), "village-430903111201")
    );
    let open = duties(scenario.state());
    assert_eq!((open[0].what, open[0].department), ("decide-relief", Department::CivilAffairs), "BEY-2");
    assert_eq!((open[0].since, open[0].due_at, open[0].rule.id), (noon(), Some(due), "ASM-3"));
    scenario.when(refer(Department::CivilAffairs)).then([]);
}

#[test]
fn asm_3_only_the_parties_and_villages_of_the_place_refer_and_only_to_a_relief_department() {
    let reference = Reference::default();
    let other_village = actor(Department::Village, "village-430903111202", "430903111202");
    for stranger in [education(), other_village, actor(Department::Township, "township", "")] {
        let refused =
            new(&reference).by(stranger).when(refer(Department::CivilAffairs)).then_refused("ASM-3");
        assert_eq!(refused.reason, Reason::NotEntitled);
    }
    for department in [Department::Court, Department::PublicSecurity, Department::Unspecified] {
        let refused = new(&reference).when(refer(department)).then_refused("DEP-1");
        assert_eq!(refused.field.as_deref(), Some("recipient"));
    }
    let nobody = ReliefReferred { beneficiary: 0, ..referral(Department::CivilAffairs) };
    let command = Command::Refer { referred: nobody, occurred_at: None };
    assert_eq!(new(&reference).when(command).then_refused("DEP-1").field.as_deref(), Some("beneficiary"));
}

#[test]
fn asm_3_a_process_refers_in_the_name_of_who_concluded() {
    let reference = Reference::default();
    let kinward = actor(Department::Kinward, "kinward", "");
    let of_township = ReliefReferred {
        referred_by: Department::Township.into(),
        referred_by_unit_id: "township-430903111".to_owned(),
        ..referral(Department::CivilAffairs)
    };
    let command = Command::Refer { referred: of_township, occurred_at: None };
    let scenario = new(&reference).by(kinward).given([command]);
    assert_eq!(scenario.state().referred_by_unit_id, "township-430903111");
}

#[test]
fn asm_3_the_recipient_decides_once_enrolling_with_kinds_and_day_or_refusing_with_the_reason() {
    let reference = Reference::default();
    referred(&reference).when(enrol()).then_types(&["ReliefEnrolled", "ClockMet"]);
    let refused = referred(&reference).when(refuse()).then_types(&["ReliefRefused", "ClockMet"]);
    assert!(duties(refused.state()).is_empty());
    for again in [enrol(), refuse(), withdraw()] {
        let decided = referred(&reference).given([refuse()]);
        assert_eq!(decided.when(again).then_refused("ASM-3").reason, Reason::WrongState);
    }
    for stranger in [education(), village(), actor(Department::CivilAffairs, "elsewhere", "430904")] {
        for command in [enrol(), refuse()] {
            let refused = referred(&reference).by(stranger.clone()).when(command).then_refused("ASM-3");
            assert_eq!(refused.reason, Reason::NotEntitled);
        }
    }
    let silent = step(Event::ReliefRefused(ReliefRefused { reason: None }));
    assert_eq!(referred(&reference).when(silent).then_refused("ASM-3").field.as_deref(), Some("reason"));
    let no_kind = ReliefEnrolled { kinds: vec![], from_on: "2026-04-01".to_owned() };
    let no_kind = referred(&reference).when(step(Event::ReliefEnrolled(no_kind)));
    assert_eq!(no_kind.then_refused("ASM-3").field.as_deref(), Some("kinds"));
    let kinds = vec![ReliefKind::Medical.into()];
    let no_day = ReliefEnrolled { kinds, from_on: "2026-02-30".to_owned() };
    assert_eq!(
        referred(&reference).when(step(Event::ReliefEnrolled(no_day))).then_refused("BEY-1").reason,
        Reason::TimeInvalid
    );
}

#[test]
fn asm_3_another_relief_department_decides_what_was_referred_to_it() {
    let reference = Reference::default();
    let to_education = || new(&reference).given([refer(Department::Education)]);
    to_education().by(civil_affairs()).when(enrol()).then_refused("ASM-3");
    to_education().by(education()).when(enrol()).then_types(&["ReliefEnrolled", "ClockMet"]);
}

#[test]
fn asm_3_who_referred_withdraws_with_the_reason_and_the_clock_is_void() {
    let reference = Reference::default();
    let refused = referred(&reference).when(withdraw()).then_refused("ASM-3");
    assert_eq!(refused.reason, Reason::NotEntitled);
    let silent = step(Event::ReliefWithdrawn(ReliefWithdrawn { reason: None }));
    assert_eq!(
        referred(&reference).by(village()).when(silent).then_refused("ASM-3").field.as_deref(),
        Some("reason")
    );
    let scenario =
        referred(&reference).by(village()).when(withdraw()).then_types(&["ReliefWithdrawn", "ClockVoided"]);
    assert_eq!(scenario.state().clocks.get("relief-decision").unwrap().outcome, Some(Outcome::Void));
}

#[test]
fn asm_3_a_decision_too_late_misses_the_clock_once() {
    let reference = Reference::default();
    let due = end_of_day(day_of(noon()) + chrono::Days::new(30));
    referred(&reference)
        .at(due - Duration::seconds(1))
        .when(Command::ObserveClocks)
        .then_types(&["ClockWarned"])
        .at(due)
        .when(Command::ObserveClocks)
        .then_types(&["ClockMissed"])
        .when(Command::ObserveClocks)
        .then([])
        .when(enrol())
        .then_types(&["ReliefEnrolled"]);
}

#[test]
fn bey_1_a_decision_lies_neither_before_the_referral_nor_in_the_future() {
    let reference = Reference::default();
    let at = |at| {
        let Command::Record { event, .. } = enrol() else { panic!("a step") };
        Command::Record { event, occurred_at: Some(at) }
    };
    for wrong in [noon() - Duration::seconds(1), noon() + Duration::minutes(3)] {
        assert_eq!(referred(&reference).when(at(wrong)).then_refused("BEY-1").reason, Reason::TimeInvalid);
    }
    referred(&reference).when(at(noon())).then_types(&["ReliefEnrolled", "ClockMet"]);
}

#[test]
fn asm_3_why_a_family_is_poor_is_read_by_who_referred_and_who_decides() {
    let reference = Reference::default();
    let scenario = new(&reference).given([refer(Department::Education)]);
    let may = |actor: &Actor| may_read(scenario.state(), actor.department(), &actor.unit_id, &actor.area);
    assert!(may(&village()) && may(&education()) && may(&civil_affairs()));
    let other = actor(Department::Village, "village-430903111202", VILLAGE);
    let elsewhere = actor(Department::Education, "education-430904", "430904");
    let police = actor(Department::PublicSecurity, "police-430903", "430903");
    assert!(!may(&other) && !may(&elsewhere) && !may(&police));
}

proptest! {
    #[test]
    fn any_history_decides_once_and_its_clock_ends_once(
        commands in prop::collection::vec((0..6_usize, 0..3_usize, 0..500_i64), 0..40)
    ) {
        let reference = Reference::default();
        let mut scenario = Scenario::<Relief>::new("relief", noon(), &reference);
        let mut now = noon();
        for (command, party, hours) in commands {
            now += Duration::hours(hours);
            let command = [
                refer(Department::CivilAffairs), refer(Department::Education), enrol(), refuse(), withdraw(),
                Command::ObserveClocks,
            ][command].clone();
            let party = [village(), civil_affairs(), education()][party].clone();
            scenario = scenario.at(now).by(party).tried([command]);
        }
        let events: Vec<ReliefEvent> =
            scenario.recorded().iter().map(|event| event.decode().unwrap().unwrap()).collect();
        let ends = |event: &&ReliefEvent| {
            [".ReliefEnrolled", ".ReliefRefused", ".ReliefWithdrawn"].iter().any(|end| event.event_type().ends_with(end))
        };
        prop_assert!(events.iter().filter(ends).count() <= 1);
        let clock_ends = events.iter().filter_map(ReliefEvent::clock).filter(|clock| {
            use kinward_contracts::ClockEvent;
            matches!(clock, ClockEvent::Met(_) | ClockEvent::Missed(_) | ClockEvent::Voided(_))
        });
        prop_assert!(clock_ends.count() <= 1);
        let open = duties(scenario.state()).len();
        prop_assert_eq!(open, usize::from(scenario.state().stage() == ReliefStage::Referred));
    }
}
