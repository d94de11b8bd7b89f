//! How a minor is asked (LAW-5).

use super::*;
use kinward_contracts::dispatch::v1::{
    InterviewSafeguard as Safeguard, Interviewee, MinorInterviewed, SafeguardNotKept, SuitableAdult,
};
use kinward_contracts::r#type::v1::Sex;

/// A girl who was hurt, asked as she should be.
fn well(id: &str) -> MinorInterviewed {
    MinorInterviewed {
        interview_id: id.to_owned(),
        interviewee: Interviewee::Victim.into(),
        sex: Sex::Female.into(),
        adult: SuitableAdult::SchoolRepresentative.into(),
        adult_person_id: None,
        recorded: true,
        by_female_staff: true,
        evidence_id: None,
        not_kept: vec![],
    }
}

fn excused(interview: MinorInterviewed, safeguard: Safeguard) -> MinorInterviewed {
    let not_kept =
        vec![SafeguardNotKept { safeguard: safeguard.into(), reason: Some(sealed("设备故障")) }];
    MinorInterviewed { not_kept, ..interview }
}

fn violence(reference: &Reference) -> Scenario<'_, Incident> {
    on_scene(reference, &[Situation::DomesticViolence])
}

/// The one thing that is missing.
fn lacks(scenario: Scenario<'_, Incident>, interview: MinorInterviewed, what: &str) {
    let refused = scenario.when(now(interview)).then_refused("LAW-5");
    let names: Vec<&str> = refused.missing.iter().map(|missing| missing.what.as_str()).collect();
    assert_eq!((refused.reason, names), (Reason::RequirementMissing, vec![what]));
}

#[test]
fn law_5_without_a_safeguard_an_interview_is_refused_and_with_its_own_reason_recorded() {
    let reference = Reference::default();
    violence(&reference).when(now(well("a"))).then_types(&["MinorInterviewed"]);
    let all = [
        (MinorInterviewed { adult: 0, ..well("a") }, Safeguard::SuitableAdult, "suitable-adult"),
        (MinorInterviewed { recorded: false, ..well("a") }, Safeguard::Recording, "recording"),
        (MinorInterviewed { by_female_staff: false, ..well("a") }, Safeguard::FemaleStaff, "female-staff"),
    ];
    for (interview, safeguard, what) in all {
        lacks(violence(&reference), interview.clone(), what);
        let other = if safeguard == Safeguard::Recording { Safeguard::Once } else { Safeguard::Recording };
        lacks(violence(&reference), excused(interview.clone(), other), what);
        let unsaid = SafeguardNotKept { safeguard: safeguard.into(), reason: None };
        lacks(violence(&reference), MinorInterviewed { not_kept: vec![unsaid], ..interview.clone() }, what);
        let kept = violence(&reference).when(now(excused(interview, safeguard)));
        kept.then_types(&["MinorInterviewed"]);
    }
}

#[test]
fn law_5_sexual_and_violent_cases_are_recorded_and_asked_once_and_others_need_not() {
    let reference = Reference::default();
    let plain = || MinorInterviewed { recorded: false, ..well("a") };
    for number in 1..=10 {
        let scene = || on_scene(&reference, &[situation(number)]);
        if [5, 7].contains(&number) {
            lacks(scene(), plain(), "recording");
            lacks(scene().given([now(well("a"))]), well("b"), "once");
            let again = scene().given([now(well("a"))]).when(now(excused(well("b"), Safeguard::Once)));
            again.then_types(&["MinorInterviewed"]);
        } else {
            scene().given([now(plain())]).when(now(plain())).then_types(&["MinorInterviewed"]);
        }
    }
    let signs = DangerSigns { sexual_abuse_suspected: true, ..DangerSigns::default() };
    lacks(with_signs(&reference, &[Situation::Other], signs), plain(), "recording");
    // witnesses may be several
    let witness = || MinorInterviewed { interviewee: Interviewee::Witness.into(), ..well("w") };
    violence(&reference).given([now(well("a")), now(witness()), now(witness())]);
}

#[test]
fn law_5_a_boy_may_be_asked_by_a_man_and_the_sex_is_said() {
    let reference = Reference::default();
    let boy = MinorInterviewed { sex: Sex::Male.into(), by_female_staff: false, ..well("a") };
    violence(&reference).given([now(boy)]);
    for sex in [Sex::Unspecified, Sex::NotStated] {
        let unsaid = MinorInterviewed { sex: sex.into(), ..well("a") };
        assert_eq!(
            violence(&reference).when(now(unsaid)).then_refused("LAW-5").field.as_deref(),
            Some("sex")
        );
    }
    let nobody = MinorInterviewed { interviewee: 0, ..well("a") };
    violence(&reference).when(now(nobody)).then_refused("LAW-5");
}

#[test]
fn law_5_bey_4_the_alleged_infringer_is_no_suitable_adult_whatever_the_reason() {
    let reference = Reference::default();
    let stopped = ViolenceStopped { infringer_person_id: Some(FATHER.to_owned()) };
    let with = |adult: &str| MinorInterviewed {
        adult: SuitableAdult::LegalRepresentative.into(),
        adult_person_id: Some(adult.to_owned()),
        ..excused(well("a"), Safeguard::SuitableAdult)
    };
    let scene = || violence(&reference).given([now(stopped.clone())]);
    assert_eq!(scene().when(now(with(FATHER))).then_refused("BEY-4").reason, Reason::NotEntitled);
    scene().given([now(with(MOTHER))]);
}

#[test]
fn law_5_the_recording_is_evidence_on_record_and_the_investigation_outlasts_the_incident() {
    let reference = Reference::default();
    let held = |id: &str| MinorInterviewed { evidence_id: Some(id.to_owned()), ..well("a") };
    violence(&reference).when(now(held("none"))).then_refused("LAW-5");
    let over = violence(&reference).given(dsp_3()).given([now(ViolenceStopped::default()), conclude()]);
    over.given([now(held("evidence"))]);
}
