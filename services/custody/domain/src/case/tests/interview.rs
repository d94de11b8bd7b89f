//! How a minor is interviewed in a custody case (LAW-5).

use super::*;
use crate::case::interview::requirements;
use kinward_contracts::custody::v1::{MinorInterviewed, SuitableAdult};
use kinward_contracts::r#type::v1::{Reason, Sealed, Sex};

const TODAY: &str = "2026-11-24";

/// A girl, about violence, everything kept.
fn whole() -> MinorInterviewed {
    MinorInterviewed {
        interview_id: "interview".to_owned(),
        suitable_adult: SuitableAdult::School.into(),
        about_abuse_or_violence: true,
        recorded: true,
        child_sex: Sex::Female.into(),
        female_staff: true,
        ..MinorInterviewed::default()
    }
}

fn record(interview: MinorInterviewed) -> Command {
    now(Event::MinorInterviewed(interview))
}

fn asked_for(interview: &MinorInterviewed, earlier: usize) -> Vec<String> {
    requirements(interview, earlier).into_iter().map(|missing| missing.what).collect()
}

#[test]
fn law_5_what_the_rule_asks_for_depends_on_the_case_and_the_child() {
    assert!(asked_for(&whole(), 0).is_empty());
    let none = MinorInterviewed { suitable_adult: 0, recorded: false, female_staff: false, ..whole() };
    assert_eq!(asked_for(&none, 1), ["suitable-adult", "sound-and-picture", "once", "female-staff"]);
    // neither abuse nor violence: no recording, and more than once
    let about_school = MinorInterviewed { about_abuse_or_violence: false, recorded: false, ..whole() };
    assert!(asked_for(&about_school, 3).is_empty());
    let boy = MinorInterviewed { child_sex: Sex::Male.into(), female_staff: false, ..whole() };
    assert!(asked_for(&boy, 0).is_empty());
}

#[test]
fn law_5_an_interview_without_these_is_refused_or_carries_the_recorded_reason() {
    let reference = Reference::default();
    let civil = || case(&reference, TODAY).by(actor(Department::CivilAffairs));
    civil().when(record(whole())).then_types(&["MinorInterviewed"]);
    let alone = MinorInterviewed { suitable_adult: 0, recorded: false, ..whole() };
    let refused = civil().when(record(alone.clone())).then_refused("LAW-5");
    assert_eq!(names(&refused.missing), ["suitable-adult", "sound-and-picture"]);
    let because = MinorInterviewed { reason: Some(Sealed::plain("child", "设备故障")), ..alone };
    let outcome = civil().when(record(because));
    let Some(Event::MinorInterviewed(made)) = &outcome.facts()[0].event.event else { panic!() };
    assert_eq!(made.not_kept, ["suitable-adult", "sound-and-picture"]);
    assert_eq!(made.department(), Department::CivilAffairs);
    // a second one about violence needs its reason too
    let refused = civil().given([record(whole())]).when(record(whole())).then_refused("LAW-5");
    assert_eq!(names(&refused.missing), ["once"]);
}

#[test]
fn law_5_bey_4_a_guardian_whom_the_case_is_about_is_no_suitable_adult() {
    let reference = Reference::default();
    let with_father = MinorInterviewed { suitable_adult_person_id: Some(FATHER.to_owned()), ..whole() };
    let civil = case(&reference, TODAY).by(actor(Department::CivilAffairs));
    let refused = civil.when(record(with_father)).then_refused("LAW-5");
    assert_eq!(refused.field.as_deref(), Some("suitable_adult_person_id"));
    for by in [Department::Village, Department::PublicSecurity] {
        let refused = case(&reference, TODAY).by(actor(by)).when(record(whole())).then_refused("LAW-5");
        assert_eq!(refused.reason, Reason::NotEntitled);
    }
}
