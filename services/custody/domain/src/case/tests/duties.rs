//! Open duties of a case: whose, since when, by which rule, what is missing (BEY-2).

use super::ladder::{education, education_ended};
use super::*;
use crate::case::duties;
use kinward_statute::end_of_day;

const TODAY: &str = "2026-11-24";

/// What is open, and whose.
fn open(scenario: &Scenario<'_, Case>) -> Vec<(&'static str, Department)> {
    duties(scenario.state()).into_iter().map(|duty| (duty.what, duty.department)).collect()
}

#[test]
fn bey_2_the_duties_follow_the_court_s_track() {
    let reference = Reference::default();
    let court = Department::Court;
    assert!(open(&case(&reference, TODAY)).is_empty());
    assert_eq!(open(&met(&reference, TODAY)), [("petition", Department::Unspecified)]);
    let scenario = filed(&reference, TODAY);
    assert_eq!(open(&scenario), [("accept-petition", court)]);
    let scenario = scenario.given([accept()]);
    assert_eq!(open(&scenario), [("hear-petition", court)]);
    let scenario = scenario.given([hear()]);
    assert_eq!(open(&scenario), [("rule-on-petition", court)]);
    let scenario = scenario.given([rule(Ruling::Revoked, Some("aunt"))]);
    let duties = duties(scenario.state());
    let [support] = duties.as_slice() else { panic!("{duties:?}") };
    assert_eq!((support.what, support.person_id.as_str(), support.rule.id), ("support", FATHER, "L39"));
}

#[test]
fn cus_2_bey_2_when_the_fallback_is_missed_civil_affairs_must_until_somebody_petitions() {
    let reference = Reference::default();
    let scenario = met(&reference, TODAY);
    let [duty] = &duties(scenario.state())[..] else { panic!() };
    assert_eq!((duty.since, duty.due_at), (noon(TODAY), Some(end_of_day(day("2026-12-24")))));
    assert_eq!((duty.missed, duty.about_id.as_str()), (false, FATHER));
    assert_eq!(names(&duty.missing), ["petition"]);
    let scenario = scenario.at(end_of_day(day("2026-12-24"))).given([Command::ObserveClocks]);
    let must = [("petition-by-civil-affairs", Department::CivilAffairs)];
    assert_eq!(open(&scenario), must);
    let [duty] = &duties(scenario.state())[..] else { panic!() };
    assert_eq!((duty.since, duty.missed), (end_of_day(day("2026-12-24")), true));
    // neither another ground nor another fact ends it, and no new clock excuses it
    let scenario = scenario.when(now(crime(true))).then_types(&["CrimeIncited", "GroundMet"]);
    assert_eq!(open(&scenario), must);
    // another's petition does, and so does civil affairs' own
    for (by, petitioner) in [
        (Department::Village, Petitioner::VillageCommittee),
        (Department::CivilAffairs, Petitioner::CivilAffairs),
    ] {
        let scenario = met(&reference, TODAY)
            .at(noon("2027-01-10"))
            .given([Command::ObserveClocks])
            .by(actor(by))
            .given([petition_by(petitioner, None, FATHER, &[Ground::DutyRefused])]);
        assert_eq!(open(&scenario), [("accept-petition", Department::Court)]);
    }
    // a petition that is recorded after the due moment, before the alarm
    let late = met(&reference, TODAY).at(noon("2027-01-10")).given([petition(Ground::DutyRefused)]);
    assert_eq!(open(&late), [("accept-petition", Department::Court)]);
}

#[test]
fn cus_2_a_duty_that_is_resumed_leaves_nothing_to_petition_for() {
    let reference = Reference::default();
    let scenario = met(&reference, TODAY).at(noon("2027-01-10")).given([Command::ObserveClocks]);
    let scenario = scenario.given([resumption("2027-01-09")]);
    assert!(open(&scenario).is_empty());
    // a ground that is met anew gives everybody the same time anew
    let scenario = scenario.when(now(crime(true))).then_types(&["CrimeIncited", "GroundMet", "ClockStarted"]);
    assert_eq!(open(&scenario), [("petition", Department::Unspecified)]);
}

#[test]
fn bey_2_a_withdrawn_petition_leaves_the_duty_to_petition() {
    let reference = Reference::default();
    let scenario = met(&reference, TODAY).at(noon("2027-01-10")).given([Command::ObserveClocks]);
    let scenario = scenario.given([petition(Ground::DutyRefused), rule(Ruling::Withdrawn, None)]);
    assert_eq!(open(&scenario), [("petition", Department::Unspecified)]);
}

#[test]
fn bey_2_ordered_guidance_is_the_guardian_s_duty_until_it_ends() {
    let reference = Reference::default();
    let scenario = case(&reference, TODAY).by(actor(Department::Court)).given([now(education())]);
    let [duty] = &duties(scenario.state())[..] else { panic!() };
    assert_eq!((duty.what, duty.person_id.as_str()), ("family-education", FATHER));
    assert!(open(&scenario.given([now(education_ended("education"))])).is_empty());
}
