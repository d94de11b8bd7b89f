//! given / when / then of temporary guardianship (LAW-3, BEY-3), and what holds for every history.

mod properties;

use super::{Command, Temporary, duties};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use kinward_contracts::custody::v1::temporary_guardianship_event::Event;
use kinward_contracts::custody::v1::{
    ChildGivenToDesignatedGuardian, ChildHandedOver, ChildReturned, GuardianFitnessAssessed, LongTermCase,
    LongTermGuardianshipTaken, PlacementForm, StayEnd, TemporaryCase, TemporaryGuardianshipBegan,
};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::r#type::v1::{Basis, ChildReference, ClockStarted, Department, Reason, Relation};
use kinward_eventsourcing::kit::Scenario;
use kinward_statute::{Outcome, Reference, end_of_day, start_of_day};

const FATHER: &str = "father";
const TODAY: &str = "2026-11-24";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn noon(text: &str) -> DateTime<Utc> {
    start_of_day(day(text)) + Duration::hours(12)
}

fn actor(department: Department) -> Actor {
    Actor { department: department.into(), unit_id: "unit".to_owned(), ..Actor::default() }
}

fn began(stay_id: &str, case: TemporaryCase, article: &str) -> TemporaryGuardianshipBegan {
    TemporaryGuardianshipBegan {
        stay_id: stay_id.to_owned(),
        child: Some(ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() }),
        village_code: Some("430903111201".to_owned()),
        statutory_case: case.into(),
        guardian_person_ids: vec![FATHER.to_owned()],
        article: article.to_owned(),
        ..TemporaryGuardianshipBegan::default()
    }
}

/// To the relief-protection institution.
fn handed() -> ChildHandedOver {
    ChildHandedOver {
        placement_id: "placement".to_owned(),
        form: PlacementForm::ReliefProtectionInstitution.into(),
        giver_unit_id: "police-430903".to_owned(),
        taker_unit_id: Some("relief-430903".to_owned()),
        ..ChildHandedOver::default()
    }
}

fn to_person(form: PlacementForm, person_id: &str, relation: Relation) -> ChildHandedOver {
    ChildHandedOver {
        placement_id: format!("placement-{person_id}"),
        form: form.into(),
        giver_unit_id: "relief-430903".to_owned(),
        taker_person_id: Some(person_id.to_owned()),
        taker_relation: relation.into(),
        ..ChildHandedOver::default()
    }
}

fn begin_as(began: TemporaryGuardianshipBegan) -> Command {
    Command::Begin { began, handed: handed(), occurred_at: None }
}

fn begin() -> Command {
    begin_as(began("stay", TemporaryCase::GuardianNeglects, ""))
}

fn now(event: Event) -> Command {
    Command::Record { event, occurred_at: None }
}

fn on(at: &str, event: Event) -> Command {
    Command::Record { event, occurred_at: Some(noon(at)) }
}

fn assessed(fit: bool) -> Event {
    Event::GuardianFitnessAssessed(GuardianFitnessAssessed {
        guardian_person_id: FATHER.to_owned(),
        fit,
        findings: None,
    })
}

fn returned() -> Event {
    Event::ChildReturned(ChildReturned { guardian_person_id: FATHER.to_owned(), ..ChildReturned::default() })
}

fn long_term(case: LongTermCase, article: &str) -> Event {
    Event::LongTermGuardianshipTaken(LongTermGuardianshipTaken {
        statutory_case: case.into(),
        article: article.to_owned(),
        child: None,
    })
}

fn given_to(guardian: &str) -> Event {
    Event::ChildGivenToDesignatedGuardian(ChildGivenToDesignatedGuardian {
        guardian_person_id: guardian.to_owned(),
        case_id: "case".to_owned(),
        child: None,
    })
}

/// Nobody is under temporary guardianship; civil affairs asks.
fn nobody(reference: &Reference) -> Scenario<'_, Temporary> {
    Scenario::new("child", noon(TODAY), reference).by(actor(Department::CivilAffairs))
}

/// A stay that began today.
fn stay(reference: &Reference) -> Scenario<'_, Temporary> {
    nobody(reference).given([begin()])
}

#[test]
fn law_3_each_of_the_seven_cases_has_its_article_and_another_law_must_be_named() {
    let reference = Reference::default();
    let items = ["（一）", "（二）", "（三）", "（四）", "（五）", "（六）"];
    for (number, item) in (1..).zip(items) {
        let case = TemporaryCase::try_from(number).unwrap();
        let outcome = nobody(&reference).when(begin_as(began("stay", case, "")));
        let Some(Event::TemporaryGuardianshipBegan(made)) = &outcome.facts()[0].event.event else { panic!() };
        assert_eq!(made.article, format!("未成年人保护法 92{item}"));
        outcome.then_types(&["TemporaryGuardianshipBegan", "ChildHandedOver", "ClockStarted"]);
    }
    let other = |article| nobody(&reference).when(begin_as(began("stay", TemporaryCase::OtherLaw, article)));
    assert_eq!(other("").then_refused("LAW-3").field.as_deref(), Some("article"));
    other("反家庭暴力法 15").then_types(&["TemporaryGuardianshipBegan", "ChildHandedOver", "ClockStarted"]);
    let unsaid = nobody(&reference).when(begin_as(began("stay", TemporaryCase::Unspecified, "")));
    assert_eq!(unsaid.then_refused("LAW-3").field.as_deref(), Some("case"));
}

#[test]
fn law_3_only_civil_affairs_takes_changes_assesses_and_returns() {
    let reference = Reference::default();
    for number in (0..=17).filter(|number| *number != i32::from(Department::CivilAffairs)) {
        let other = actor(Department::try_from(number).unwrap());
        let refused = nobody(&reference).by(other.clone()).when(begin()).then_refused("LAW-3");
        assert_eq!(refused.reason, Reason::NotEntitled);
        let events = [
            Event::ChildHandedOver(handed()),
            assessed(true),
            returned(),
            long_term(LongTermCase::CapacityLost, ""),
            given_to("aunt"),
        ];
        for event in events {
            let refused = stay(&reference).by(other.clone()).when(now(event)).then_refused("LAW-3");
            assert_eq!(refused.reason, Reason::NotEntitled);
        }
    }
}

#[test]
fn law_3_a_child_is_under_one_temporary_guardianship_at_a_time_and_may_come_back() {
    let reference = Reference::default();
    assert_eq!(stay(&reference).when(begin()).then_refused("LAW-3").reason, Reason::WrongState);
    let again = || begin_as(began("second", TemporaryCase::SevereHarm, ""));
    let over = || stay(&reference).given([now(assessed(true)), now(returned())]);
    assert_eq!(over().given([again()]).state().stays.len(), 2);
    // nothing is recorded in between
    assert_eq!(over().when(now(assessed(true))).then_refused("LAW-3").reason, Reason::WrongState);
    assert_eq!(nobody(&reference).when(now(assessed(true))).then_refused("LAW-3").reason, Reason::NotFound);
    let before = Command::Begin {
        began: began("second", TemporaryCase::SevereHarm, ""),
        handed: handed(),
        occurred_at: Some(noon("2026-11-23")),
    };
    assert_eq!(over().when(before).then_refused("BEY-1").reason, Reason::TimeInvalid);
}

#[test]
fn law_3_each_form_of_placement_names_who_takes_the_child() {
    let reference = Reference::default();
    let change = |handed: ChildHandedOver| stay(&reference).when(now(Event::ChildHandedOver(handed)));
    let unit = |form: PlacementForm| ChildHandedOver { form: form.into(), ..handed() };
    for good in [
        to_person(PlacementForm::Relative, "aunt", Relation::PaternalAunt),
        to_person(PlacementForm::FosterFamily, "foster", Relation::NotRelated),
        unit(PlacementForm::ReliefProtectionInstitution),
        unit(PlacementForm::ChildWelfareInstitution),
    ] {
        change(good).then_types(&["ChildHandedOver"]);
    }
    for (wrong, field) in [
        (to_person(PlacementForm::Relative, "aunt", Relation::NotRelated), "taker"),
        (to_person(PlacementForm::Relative, "aunt", Relation::Unspecified), "taker"),
        (unit(PlacementForm::Relative), "taker"),
        (unit(PlacementForm::FosterFamily), "taker"),
        (to_person(PlacementForm::ChildWelfareInstitution, "aunt", Relation::PaternalAunt), "taker_unit_id"),
        (to_person(PlacementForm::Unspecified, "aunt", Relation::PaternalAunt), "form"),
        // not with whom the child was taken from
        (to_person(PlacementForm::Relative, FATHER, Relation::Father), "taker.person_id"),
    ] {
        assert_eq!(change(wrong).then_refused("LAW-3").field.as_deref(), Some(field));
    }
}

#[test]
fn law_3_bey_3_placements_follow_one_another_without_gap_or_overlap() {
    let reference = Reference::default();
    let aunt = || Event::ChildHandedOver(to_person(PlacementForm::Relative, "aunt", Relation::PaternalAunt));
    let early = stay(&reference).when(on("2026-11-23", aunt())).then_refused("BEY-1");
    assert_eq!(early.reason, Reason::TimeInvalid);
    let scenario = stay(&reference).at(noon("2026-12-10")).given([
        on("2026-12-01", aunt()),
        on("2026-12-05", assessed(true)),
        on("2026-12-06", returned()),
    ]);
    let stay = &scenario.state().stays[0];
    let held: Vec<_> = stay.placements.iter().map(|one| (one.from, one.until)).collect();
    assert_eq!(
        held,
        [(noon(TODAY), Some(noon("2026-12-01"))), (noon("2026-12-01"), Some(noon("2026-12-06")))]
    );
    assert_eq!(stay.ended.as_ref().unwrap().by, i32::from(StayEnd::Returned));
}

#[test]
fn law_3_a_child_returns_only_after_the_assessment_that_the_guardian_is_fit_again() {
    let reference = Reference::default();
    let unmet = |scenario: Scenario<'_, Temporary>| {
        let refused = scenario.when(now(returned())).then_refused("LAW-3");
        assert_eq!(refused.reason, Reason::RequirementMissing);
        assert_eq!(refused.missing[0].what, "guardian-assessed-fit");
        assert!(refused.rule.article.contains("93"));
    };
    unmet(stay(&reference));
    unmet(stay(&reference).given([now(assessed(false))]));
    // found unfit later
    let later = stay(&reference).at(noon("2026-12-10"));
    unmet(later.given([on("2026-12-01", assessed(true)), on("2026-12-02", assessed(false))]));
    // the order of recording does not matter, the order of assessing does
    let later = || stay(&reference).at(noon("2026-12-10"));
    let scenario = later().given([on("2026-12-02", assessed(true)), on("2026-12-01", assessed(false))]);
    let outcome = scenario.when(now(returned()));
    let Some(Event::ChildReturned(made)) = &outcome.facts()[0].event.event else { panic!() };
    assert!(!made.assessment_event_id.is_empty() && made.child.is_some());
    outcome.then_types(&["ChildReturned", "ClockMet"]);
    // an assessment after the return is none before it
    later()
        .given([on("2026-12-02", assessed(true))])
        .when(on("2026-12-01", returned()))
        .then_refused("LAW-3");
    // of somebody else
    let mother = Event::ChildReturned(ChildReturned {
        guardian_person_id: "mother".to_owned(),
        ..ChildReturned::default()
    });
    later().given([on("2026-12-02", assessed(true))]).when(now(mother)).then_refused("LAW-3");
    // a new stay needs a new assessment
    let again = begin_as(began("second", TemporaryCase::SevereHarm, ""));
    unmet(stay(&reference).given([now(assessed(true)), now(returned()), again]));
}

#[test]
fn law_3_long_term_guardianship_or_the_designated_guardian_ends_it() {
    let reference = Reference::default();
    let outcome = stay(&reference).when(now(long_term(LongTermCase::DesignatedByCourt, "")));
    let Some(Event::LongTermGuardianshipTaken(made)) = &outcome.facts()[0].event.event else { panic!() };
    assert_eq!(made.article, "未成年人保护法 94（四）");
    outcome.then_types(&["LongTermGuardianshipTaken", "ClockMet"]);
    let other = stay(&reference).when(now(long_term(LongTermCase::OtherLaw, "")));
    assert_eq!(other.then_refused("LAW-3").field.as_deref(), Some("article"));
    let scenario = stay(&reference).given([now(given_to("aunt"))]);
    assert_eq!(scenario.state().stays[0].ended.as_ref().unwrap().by, i32::from(StayEnd::DesignatedGuardian));
    let refused = stay(&reference).when(now(given_to(FATHER))).then_refused("LAW-3");
    assert_eq!(refused.field.as_deref(), Some("guardian_person_id"));
}

#[test]
fn law_3_a_stay_warns_before_a_year_and_then_must_be_decided_and_the_year_is_not_called_law() {
    let reference = Reference::default();
    let scenario = stay(&reference);
    let clock = scenario.state().clocks.get("temporary-guardianship-stay").unwrap().clone();
    assert_eq!(clock.due_at, end_of_day(day("2027-11-24")));
    assert_eq!(clock.basis, i32::from(Basis::JudicialGuidance));
    assert_eq!((clock.area.as_str(), clock.rule.as_str()), ("430903111201", "LAW-3"));
    let [duty] = &duties(scenario.state())[..] else { panic!() };
    assert_eq!(
        (duty.department, duty.missed, duty.due_at),
        (Department::CivilAffairs, false, Some(clock.due_at))
    );
    assert_eq!(duty.missing[0].what, "guardian-assessed-fit");
    let scenario = scenario
        .at(clock.warn_at.unwrap())
        .when(Command::ObserveClocks)
        .then_types(&["ClockWarned"])
        .when(Command::ObserveClocks)
        .then([])
        .at(clock.due_at - Duration::seconds(1))
        .when(Command::ObserveClocks)
        .then([])
        .at(clock.due_at)
        .when(Command::ObserveClocks)
        .then_types(&["ClockMissed"])
        .when(Command::ObserveClocks)
        .then([]);
    let [duty] = &duties(scenario.state())[..] else { panic!() };
    assert!(duty.missed, "it must be decided all the same");
    let scenario = scenario.given([now(assessed(true))]);
    assert_eq!(duties(scenario.state())[0].missing[0].what, "return");
    let scenario = scenario.when(now(returned())).then_types(&["ChildReturned"]);
    assert!(duties(scenario.state()).is_empty());
    let clock = scenario.state().clocks.get("temporary-guardianship-stay").unwrap();
    assert_eq!(clock.outcome, Some(Outcome::Missed));
}

#[test]
fn law_3_clocks_and_beginnings_are_not_recorded_by_hand() {
    let reference = Reference::default();
    for event in [
        Event::TemporaryGuardianshipBegan(began("other", TemporaryCase::SevereHarm, "")),
        Event::ClockStarted(ClockStarted::default()),
    ] {
        stay(&reference).when(now(event)).then_refused("LAW-3");
    }
}
