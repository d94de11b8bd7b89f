//! Medical care and appraisal, and what came of them (DSP-3).

use super::*;
use kinward_contracts::dispatch::v1::{InjuryAppraised, InjuryDegree, MedicalCareResulted, MedicalOutcome};

fn treated(outcome: MedicalOutcome) -> MedicalCareResulted {
    MedicalCareResulted {
        referral_id: "medical".to_owned(),
        outcome: outcome.into(),
        result: Some(sealed("软组织挫伤，已处理")),
    }
}

fn appraised(degree: InjuryDegree) -> InjuryAppraised {
    InjuryAppraised {
        referral_id: "appraisal".to_owned(),
        degree: degree.into(),
        opinion: Some(sealed("符合外力所致")),
    }
}

fn referred(reference: &Reference) -> Scenario<'_, Incident> {
    on_scene(reference, &[Situation::DomesticViolence])
        .at(minute(60))
        .given([at(10, medical("medical")), at(10, appraisal("appraisal"))])
}

#[test]
fn dsp_3_a_result_belongs_to_a_referral_of_its_kind_and_says_something() {
    let reference = Reference::default();
    let none = || on_scene(&reference, &[Situation::DomesticViolence]);
    assert_eq!(
        none().when(now(treated(MedicalOutcome::Inpatient))).then_refused("DSP-3").reason,
        Reason::UnknownReference
    );
    let swapped =
        MedicalCareResulted { referral_id: "appraisal".to_owned(), ..treated(MedicalOutcome::Outpatient) };
    referred(&reference).when(now(swapped)).then_refused("DSP-3");
    let swapped = InjuryAppraised { referral_id: "medical".to_owned(), ..appraised(InjuryDegree::Slight) };
    referred(&reference).when(now(swapped)).then_refused("DSP-3");
    referred(&reference).when(now(treated(MedicalOutcome::Unspecified))).then_refused("DSP-3");
    referred(&reference).when(now(appraised(InjuryDegree::Unspecified))).then_refused("DSP-3");
    referred(&reference).when(at(9, treated(MedicalOutcome::Outpatient))).then_refused("BEY-1");
}

#[test]
fn dsp_3_police_or_the_institution_itself_record_it_and_no_other_institution() {
    let reference = Reference::default();
    let by = |department, unit: &str| referred(&reference).by(actor(department, unit));
    by(Department::PublicSecurity, POLICE).given([now(treated(MedicalOutcome::Outpatient))]);
    by(Department::Health, "hospital-430903").given([now(treated(MedicalOutcome::Outpatient))]);
    by(Department::Health, "forensic-430903").given([now(appraised(InjuryDegree::Slight))]);
    let other = by(Department::Health, "hospital-other").when(now(treated(MedicalOutcome::Outpatient)));
    assert_eq!(other.then_refused("DSP-3").reason, Reason::NotEntitled);
    by(Department::Health, "hospital-430903")
        .when(now(appraised(InjuryDegree::Slight)))
        .then_refused("DSP-3");
}

#[test]
fn dsp_3_treatment_has_results_one_after_another_and_an_appraisal_one_opinion() {
    let reference = Reference::default();
    referred(&reference)
        .given([now(treated(MedicalOutcome::Outpatient)), now(treated(MedicalOutcome::Transferred))]);
    let appraised_once = referred(&reference).given([now(appraised(InjuryDegree::MinorSecond))]);
    let again = appraised_once.when(now(appraised(InjuryDegree::Slight))).then_refused("DSP-3");
    assert_eq!(again.reason, Reason::AlreadyExists);
    referred(&reference).given([
        now(appraised(InjuryDegree::MinorSecond)),
        now(appraisal("second")),
        now(InjuryAppraised { referral_id: "second".to_owned(), ..appraised(InjuryDegree::Slight) }),
    ]);
}

#[test]
fn dsp_3_results_come_in_after_the_incident_and_police_need_not_wait_for_them() {
    let reference = Reference::default();
    let over = on_scene(&reference, &[Situation::DomesticViolence])
        .given(dsp_3())
        .given([now(ViolenceStopped::default()), conclude()]);
    let over = over.given([now(treated(MedicalOutcome::Inpatient)), now(appraised(InjuryDegree::Slight))]);
    over.when(now(medical("late"))).then_refused("DSP-1");
}

#[test]
fn law_2_violence_is_light_without_serious_injury_and_without_one_that_is_a_crime() {
    let reference = Reference::default();
    let of = |scenario: Scenario<'_, Incident>| scenario.state().is_light_violence();
    assert!(of(referred(&reference)));
    assert!(!of(on_scene(&reference, &[Situation::UnlawfulInfringement])));
    let signs = DangerSigns { serious_injury: true, ..DangerSigns::default() };
    assert!(!of(with_signs(&reference, &[Situation::DomesticViolence], signs)));
    for number in 1..=6 {
        let degree = InjuryDegree::try_from(number).unwrap();
        let light = [InjuryDegree::Slight, InjuryDegree::BelowSlight].contains(&degree);
        assert_eq!(of(referred(&reference).given([now(appraised(degree))])), light, "{degree:?}");
    }
}
