//! The clocks of a case: who must petition (CUS-2), and when six months are full (CUS-3c).

use super::*;
use kinward_statute::{Clock, Outcome, end_of_day};

fn fallback() -> String {
    format!("petition-fallback-{FATHER}")
}

fn clock<'a>(scenario: &'a Scenario<'_, Case>, clock_id: &str) -> &'a Clock {
    scenario.state().clocks.get(clock_id).expect("the clock was started")
}

#[test]
fn cus_2_once_a_ground_is_met_civil_affairs_must_petition_within_thirty_days() {
    let reference = Reference::default();
    let scenario = met(&reference, "2026-11-24");
    let started = clock(&scenario, &fallback());
    assert_eq!(started.due_at, end_of_day(day("2026-12-24")));
    assert_eq!((started.escalates_to.as_str(), started.area.as_str()), ("district-civil-affairs", VILLAGE));
    let scenario = scenario
        .at(noon("2026-12-15"))
        .when(Command::ObserveClocks)
        .then_types(&["ClockWarned"])
        .at(noon("2026-12-24"))
        .when(Command::ObserveClocks)
        .then([])
        .at(noon("2026-12-25"))
        .when(Command::ObserveClocks)
        .then_types(&["ClockMissed"])
        .when(Command::ObserveClocks)
        .then([]);
    // late is better than never, and the clock stays missed
    let scenario = scenario.by(actor(Department::CivilAffairs));
    let by_civil_affairs = petition_by(Petitioner::CivilAffairs, None, FATHER, &[Ground::DutyRefused]);
    let scenario = scenario.when(by_civil_affairs).then_types(&["PetitionFiled"]);
    assert_eq!(clock(&scenario, &fallback()).outcome, Some(Outcome::Missed));
}

#[test]
fn cus_2_a_second_ground_starts_no_second_clock_and_one_before_the_court_starts_none() {
    let reference = Reference::default();
    met(&reference, "2026-11-24").when(now(crime(true))).then_types(&["CrimeIncited", "GroundMet"]);
    filed(&reference, "2026-11-24")
        .by(actor(Department::PublicSecurity))
        .when(now(crime(true)))
        .then_types(&["CrimeIncited", "GroundMet"]);
    // of another guardian it does
    let mother = now(refused(MOTHER, "2026-01-01"));
    filed(&reference, "2026-11-24")
        .given([mother])
        .when(now(suffered(MOTHER, Consequence::Displaced)))
        .then_types(&["ConsequenceRecorded", "GroundMet", "ClockStarted"]);
}

#[test]
fn cus_2_a_withdrawn_petition_starts_the_clock_again_and_a_refused_one_does_not() {
    let reference = Reference::default();
    let withdrawn = filed(&reference, "2026-11-24")
        .at(noon("2026-12-01"))
        .when(rule(Ruling::Withdrawn, None))
        .then_types(&["PetitionRuled", "ClockStarted"]);
    assert_eq!(clock(&withdrawn, &fallback()).due_at, end_of_day(day("2026-12-31")));
    filed(&reference, "2026-11-24")
        .given([accept(), hear()])
        .when(rule(Ruling::Refused, None))
        .then_types(&["PetitionRuled", "ReturnedToAssistance"]);
}

#[test]
fn cus_3c_time_alone_completes_six_months_and_nobody_need_ask() {
    let reference = Reference::default();
    let scenario = case(&reference, "2026-05-30")
        .when(refusal("2026-05-24"))
        .then_types(&["DutyRefused", "ClockStarted"])
        .given([consequence("2026-05-30", Consequence::Displaced)]);
    let clock_id = format!("duty-refusal-{FATHER}-2026-05-24");
    let started = clock(&scenario, &clock_id);
    assert_eq!(started.due_at, start_of_day(day("2026-11-24")), "the day on which six months are full");
    assert_eq!((started.rule.as_str(), started.area.as_str()), ("CUS-3c", VILLAGE));
    let scenario = scenario
        .at(start_of_day(day("2026-11-24")) - Duration::seconds(1))
        .when(Command::ObserveClocks)
        .then([])
        .at(start_of_day(day("2026-11-24")))
        .when(Command::ObserveClocks)
        .then_types(&["ClockMissed", "GroundMet", "ClockStarted"]);
    assert_eq!(clock(&scenario, &fallback()).due_at, end_of_day(day("2026-12-24")));
    scenario.when(Command::ObserveClocks).then([]);
}

#[test]
fn cus_3c_a_command_on_the_day_itself_finds_the_ground_before_the_alarm_does() {
    let reference = Reference::default();
    let scenario = case(&reference, "2026-05-30")
        .given([refusal("2026-05-24"), consequence("2026-05-30", Consequence::Displaced)])
        .at(noon("2026-11-24"))
        .when(now(harm(false)))
        .then_types(&["HarmRecorded", "GroundMet", "ClockStarted"]);
    scenario.when(Command::ObserveClocks).then_types(&["ClockMissed"]);
}

#[test]
fn cus_3c_six_months_that_are_full_already_need_no_clock() {
    let reference = Reference::default();
    case(&reference, "2026-11-24").when(refusal("2026-05-24")).then_types(&["DutyRefused"]);
}

#[test]
fn cus_3c_a_resumed_duty_meets_the_clock_and_voids_who_must_petition() {
    let reference = Reference::default();
    case(&reference, "2026-08-01")
        .given([refusal("2026-05-24")])
        .when(resumption("2026-07-01"))
        .then_types(&["DutyResumed", "ClockMet"]);
    let scenario = met(&reference, "2026-11-24")
        .when(resumption("2026-11-20"))
        .then_types(&["DutyResumed", "ClockVoided"]);
    assert!(scenario.state().met.is_empty());
    assert_eq!(clock(&scenario, &fallback()).outcome, Some(Outcome::Void));
    // refused anew for six months, the ground is met anew and the clock runs anew
    scenario
        .when(refusal("2026-11-24"))
        .then_types(&["DutyRefused", "ClockStarted"])
        .at(noon("2027-05-24"))
        .when(now(suffered(FATHER, Consequence::WithoutLivelihood)))
        .then_types(&["ConsequenceRecorded", "GroundMet", "ClockStarted"]);
}

#[test]
fn cus_3c_a_resumed_duty_leaves_the_clock_to_another_ground() {
    let reference = Reference::default();
    met(&reference, "2026-11-24")
        .given([now(crime(true))])
        .when(resumption("2026-11-20"))
        .then_types(&["DutyResumed"]);
}

#[test]
fn cus_3c_an_earlier_first_day_recorded_later_takes_the_clock_over() {
    let reference = Reference::default();
    let later = || case(&reference, "2026-08-01").given([refusal("2026-06-01")]);
    let scenario =
        later().when(refusal("2026-03-01")).then_types(&["DutyRefused", "ClockSuperseded", "ClockStarted"]);
    let outcome = |since: &str| clock(&scenario, &format!("duty-refusal-{FATHER}-{since}")).outcome;
    assert_eq!((outcome("2026-06-01"), outcome("2026-03-01")), (Some(Outcome::Superseded), None));
    // so early that six months are full
    later().when(refusal("2026-01-01")).then_types(&["DutyRefused", "ClockVoided"]);
    // a later day changes nothing
    later().when(refusal("2026-07-01")).then_types(&["DutyRefused"]);
}

#[test]
fn cus_3c_a_revoked_guardian_s_clock_is_void() {
    let reference = Reference::default();
    let scenario = filed(&reference, "2026-11-24")
        .given([accept(), hear()])
        .given([resumption("2026-11-20"), refusal("2026-11-22")]);
    let scenario = scenario.when(rule(Ruling::Revoked, Some("aunt"))).then_types(&[
        "PetitionRuled",
        "SupportDutyContinues",
        "ClockVoided",
    ]);
    assert!(scenario.state().clocks.open().next().is_none());
    // and nothing about a revoked guardian starts another
    scenario.when(now(crime(true))).then_types(&["CrimeIncited"]);
}
