//! How police ask a minor (LAW-5): when it is grave, who is no suitable adult, where the recording is.

use super::*;
use kinward_contracts::dispatch::v1::{Interviewee, MinorInterviewed};
use kinward_contracts::r#type::v1::{MinorInterview, Sex, SuitableAdult};

/// A girl who was hurt, asked as she should be.
fn well() -> MinorInterviewed {
    asked(|_| ())
}

/// The same, changed.
fn asked(change: impl Fn(&mut MinorInterview)) -> MinorInterviewed {
    let mut interview = MinorInterview {
        interview_id: "interview".to_owned(),
        sex: Sex::Female.into(),
        adult: SuitableAdult::SchoolRepresentative.into(),
        recorded: true,
        by_female_staff: true,
        ..MinorInterview::default()
    };
    change(&mut interview);
    MinorInterviewed {
        interview: Some(interview),
        interviewee: Interviewee::Victim.into(),
        ..MinorInterviewed::default()
    }
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
fn law_5_sexual_and_violent_cases_are_recorded_and_victims_asked_once_and_others_need_not() {
    let reference = Reference::default();
    let plain = || asked(|interview| interview.recorded = false);
    for number in 1..=10 {
        let scene = || on_scene(&reference, &[situation(number)]);
        if [5, 7].contains(&number) {
            lacks(scene(), plain(), "recording");
            lacks(scene().given([now(well())]), well(), "once");
        } else {
            scene().given([now(plain())]).when(now(plain())).then_types(&["MinorInterviewed"]);
        }
    }
    let signs = DangerSigns { sexual_abuse_suspected: true, ..DangerSigns::default() };
    lacks(with_signs(&reference, &[Situation::Other], signs), plain(), "recording");
    // witnesses may be several
    let witness = || MinorInterviewed { interviewee: Interviewee::Witness.into(), ..well() };
    violence(&reference).given([now(well()), now(witness()), now(witness())]);
    let nobody = MinorInterviewed { interviewee: 0, ..well() };
    violence(&reference).when(now(nobody)).then_refused("LAW-5");
    violence(&reference).when(now(MinorInterviewed { interview: None, ..well() })).then_refused("LAW-5");
}

#[test]
fn law_5_bey_4_the_alleged_infringer_is_no_suitable_adult() {
    let reference = Reference::default();
    let stopped = ViolenceStopped { infringer_person_id: Some(FATHER.to_owned()) };
    let with = |adult: &str| asked(|interview| interview.adult_person_id = Some(adult.to_owned()));
    let scene = || violence(&reference).given([now(stopped.clone())]);
    assert_eq!(scene().when(now(with(FATHER))).then_refused("BEY-4").reason, Reason::NotEntitled);
    scene().given([now(with(MOTHER))]);
}

#[test]
fn law_5_the_recording_is_evidence_on_record_and_the_investigation_outlasts_the_incident() {
    let reference = Reference::default();
    let held = |id: &str| MinorInterviewed { evidence_id: Some(id.to_owned()), ..well() };
    violence(&reference).when(now(held("none"))).then_refused("LAW-5");
    let over = violence(&reference).given(dsp_3()).given([now(ViolenceStopped::default()), conclude()]);
    over.given([now(held("evidence"))]);
}
