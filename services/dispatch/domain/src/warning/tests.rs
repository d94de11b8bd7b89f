//! given / when / then of warning letters (LAW-2).

use super::{Command, State, Warning};
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::dispatch::v1::{
    Prohibition, ServedParty, WarningEvent, WarningFinding, WarningFollowedUp, WarningIssued, WarningServed,
    warning_event::Event,
};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::r#type::v1::{ChildReference, Department, Reason, Sealed};
use kinward_eventsourcing::kit::Scenario;
use kinward_statute::Reference;
use proptest::prelude::*;

const FATHER: &str = "father";

fn hour(hours: i64) -> DateTime<Utc> {
    "2026-11-24T04:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::hours(hours)
}

fn letter() -> WarningIssued {
    WarningIssued {
        incident_id: "incident".to_owned(),
        child: Some(ChildReference { child_id: None, person_id: "child".to_owned() }),
        village_code: Some("430903111201".to_owned()),
        infringer_person_id: FATHER.to_owned(),
        infringer_name: Some(Sealed::plain(FATHER, "某某")),
        infringer_identity_number: None,
        facts: Some(Sealed::plain("child", "掌掴")),
        prohibitions: vec![Prohibition::DomesticViolence.into()],
    }
}

fn issue(issued: WarningIssued, light: bool) -> Command {
    Command::Issue { issued: Box::new(issued), light, occurred_at: None }
}

fn now(event: impl Into<WarningEvent>) -> Command {
    Command::Record { event: event.into().event.unwrap(), occurred_at: None }
}

fn at(hours: i64, event: impl Into<WarningEvent>) -> Command {
    Command::Record { event: event.into().event.unwrap(), occurred_at: Some(hour(hours)) }
}

fn served(party: ServedParty, person: Option<&str>, unit: Option<&str>) -> WarningServed {
    WarningServed {
        party: party.into(),
        receiver_person_id: person.map(str::to_owned),
        receiver_unit_id: unit.map(str::to_owned),
    }
}

fn to_infringer() -> WarningServed {
    served(ServedParty::Infringer, Some(FATHER), None)
}

fn visit(finding: WarningFinding) -> WarningFollowedUp {
    WarningFollowedUp { finding: finding.into(), ..WarningFollowedUp::default() }
}

fn actor(department: Department) -> Actor {
    Actor { department: department.into(), ..Actor::default() }
}

fn none(reference: &Reference) -> Scenario<'_, Warning> {
    Scenario::new("warning", hour(0), reference).by(actor(Department::PublicSecurity))
}

fn issued(reference: &Reference) -> Scenario<'_, Warning> {
    none(reference).given([issue(letter(), true)])
}

#[test]
fn law_2_a_letter_is_for_light_domestic_violence_and_says_who_what_and_what_is_forbidden() {
    let reference = Reference::default();
    assert_eq!(
        none(&reference).when(issue(letter(), false)).then_refused("LAW-2").reason,
        Reason::WrongState
    );
    for (wrong, field) in [
        (WarningIssued { infringer_name: None, ..letter() }, "infringer_name"),
        (WarningIssued { infringer_person_id: String::new(), ..letter() }, "infringer_name"),
        (WarningIssued { facts: None, ..letter() }, "facts"),
        (WarningIssued { prohibitions: vec![], ..letter() }, "prohibitions"),
        (WarningIssued { prohibitions: vec![Prohibition::Threats.into()], ..letter() }, "prohibitions"),
    ] {
        let refused = none(&reference).when(issue(wrong, true)).then_refused("LAW-2");
        assert_eq!(refused.field.as_deref(), Some(field));
    }
    none(&reference).when(issue(letter(), true)).then([letter().into()]);
    let twice = issued(&reference).when(issue(letter(), true)).then_refused("LAW-2");
    assert_eq!(twice.reason, Reason::AlreadyExists);
    assert_eq!(none(&reference).when(now(to_infringer())).then_refused("LAW-2").reason, Reason::NotFound);
    issued(&reference).when(now(letter())).then_refused("LAW-2");
}

#[test]
fn law_2_bey_4_it_reaches_infringer_victim_and_village_and_the_child_s_copy_not_through_the_infringer() {
    let reference = Reference::default();
    for (wrong, rule) in [
        (served(ServedParty::Unspecified, Some(FATHER), None), "LAW-2"),
        (served(ServedParty::Infringer, Some("grandmother"), None), "LAW-2"),
        (served(ServedParty::Infringer, None, Some("village")), "LAW-2"),
        (served(ServedParty::Victim, Some(FATHER), None), "BEY-4"),
        (served(ServedParty::Victim, None, None), "LAW-2"),
        (served(ServedParty::VillageCommittee, Some("director"), None), "LAW-2"),
    ] {
        issued(&reference).when(now(wrong)).then_refused(rule);
    }
    let steps = [
        to_infringer(),
        served(ServedParty::Victim, Some("grandmother"), None),
        served(ServedParty::VillageCommittee, None, Some("village")),
    ];
    let scenario = issued(&reference).given(steps.iter().cloned().map(now));
    assert!(scenario.state().missing().is_empty());
    for step in steps {
        let all = issued(&reference).given([now(step.clone())]);
        assert_eq!(all.state().missing().len(), 2);
        all.when(now(step)).then_refused("LAW-2");
    }
}

#[test]
fn law_2_village_and_police_follow_it_up_once_the_infringer_has_it() {
    let reference = Reference::default();
    let again = || now(visit(WarningFinding::ViolenceAgain));
    issued(&reference).when(again()).then_refused("LAW-2");
    let served = || issued(&reference).at(hour(9)).given([at(3, to_infringer())]);
    served().when(at(2, visit(WarningFinding::NoViolence))).then_refused("LAW-2");
    served().when(now(visit(WarningFinding::Unspecified))).then_refused("LAW-2");
    served().when(at(-1, visit(WarningFinding::NoViolence))).then_refused("BEY-1");
    served().when(at(10, visit(WarningFinding::NoViolence))).then_refused("BEY-1");
    for number in 0..=17 {
        let department = Department::try_from(number).unwrap();
        let outcome = served().by(actor(department)).when(again());
        if [Department::PublicSecurity, Department::Village].contains(&department) {
            let Some(Event::WarningFollowedUp(visit)) = &outcome.facts()[0].event.event else { panic!() };
            assert_eq!(visit.department(), department);
        } else {
            assert_eq!(outcome.then_refused("LAW-2").reason, Reason::NotEntitled);
        }
    }
}

fn any_command() -> impl Strategy<Value = Command> {
    let person = prop::option::of(prop::sample::select(&[FATHER, "grandmother"][..]));
    let unit = prop::option::of(Just("village"));
    prop_oneof![
        (any::<bool>()).prop_map(|light| issue(letter(), light)),
        (0..=3_i32, person, unit).prop_map(|(party, person, unit)| {
            now(served(ServedParty::try_from(party).expect("a party"), person, unit))
        }),
        (0..=3_i32).prop_map(|finding| now(visit(WarningFinding::try_from(finding).expect("a finding")))),
    ]
}

proptest! {
    #[test]
    fn law_2_any_history_folds_and_nobody_is_visited_before_the_infringer_was_told(
        commands in prop::collection::vec(any_command(), 0..30)
    ) {
        let reference = Reference::default();
        let scenario = none(&reference).tried(commands);
        let State { served, visits, .. } = scenario.state();
        prop_assert!(visits.is_empty() || served.contains_key(&i32::from(ServedParty::Infringer)));
    }
}
