//! How a minor is asked (LAW-5).

use crate::conducted_well;
use kinward_contracts::r#type::v1::{
    InterviewSafeguard as Safeguard, MinorInterview, Reason, SafeguardNotKept, Sealed, Sex, SuitableAdult,
};

/// A girl, asked as she should be.
fn well() -> MinorInterview {
    MinorInterview {
        interview_id: "interview".to_owned(),
        sex: Sex::Female.into(),
        adult: SuitableAdult::SchoolRepresentative.into(),
        recorded: true,
        by_female_staff: true,
        ..MinorInterview::default()
    }
}

fn excused(interview: MinorInterview, safeguard: Safeguard) -> MinorInterview {
    let reason = Some(Sealed::plain("child", "设备故障"));
    MinorInterview { not_kept: vec![SafeguardNotKept { safeguard: safeguard.into(), reason }], ..interview }
}

/// What is missing.
fn lacks(interview: &MinorInterview, grave: bool, asked_before: bool) -> Vec<String> {
    match conducted_well(interview, grave, asked_before) {
        Ok(()) => Vec::new(),
        Err(refused) => {
            assert_eq!((refused.reason, refused.rule.id), (Reason::RequirementMissing, "LAW-5"));
            refused.missing.into_iter().map(|missing| missing.what).collect()
        }
    }
}

#[test]
fn law_5_without_a_safeguard_an_interview_is_refused_and_with_its_own_reason_recorded() {
    assert!(lacks(&well(), true, false).is_empty());
    let all = [
        (MinorInterview { adult: 0, ..well() }, Safeguard::SuitableAdult, "suitable-adult"),
        (MinorInterview { recorded: false, ..well() }, Safeguard::Recording, "recording"),
        (MinorInterview { by_female_staff: false, ..well() }, Safeguard::FemaleStaff, "female-staff"),
    ];
    for (interview, safeguard, what) in all {
        assert_eq!(lacks(&interview, true, false), [what]);
        let other = if safeguard == Safeguard::Recording { Safeguard::Once } else { Safeguard::Recording };
        assert_eq!(lacks(&excused(interview.clone(), other), true, false), [what]);
        let unsaid = SafeguardNotKept { safeguard: safeguard.into(), reason: None };
        let unsaid = MinorInterview { not_kept: vec![unsaid], ..interview.clone() };
        assert_eq!(lacks(&unsaid, true, false), [what]);
        assert!(lacks(&excused(interview, safeguard), true, false).is_empty());
    }
}

#[test]
fn law_5_grave_cases_are_recorded_and_asked_once_others_need_not_and_a_boy_may_be_asked_by_a_man() {
    let unrecorded = MinorInterview { recorded: false, ..well() };
    assert_eq!(lacks(&unrecorded, true, false), ["recording"]);
    assert_eq!(lacks(&well(), true, true), ["once"]);
    assert!(lacks(&excused(well(), Safeguard::Once), true, true).is_empty());
    assert!(lacks(&unrecorded, false, true).is_empty());
    let boy = MinorInterview { sex: Sex::Male.into(), by_female_staff: false, ..well() };
    assert!(lacks(&boy, true, false).is_empty());
}

#[test]
fn law_5_the_sex_is_said() {
    for sex in [Sex::Unspecified, Sex::NotStated] {
        let unsaid = MinorInterview { sex: sex.into(), ..well() };
        let refused = conducted_well(&unsaid, false, false).unwrap_err();
        assert_eq!((refused.rule.id, refused.field.as_deref()), ("LAW-5", Some("interview.sex")));
    }
}
