//! What is made of a call (INF-3).

use super::*;
use kinward_contracts::reporting::v1::Mandate;
use kinward_contracts::r#type::v1::Reason;

#[test]
fn inf_3_nothing_is_made_of_a_call_before_it_is_registered() {
    let reference = reference();
    let steps = || {
        [
            classify(&[HotlineFunction::CaseIntake]),
            reported(named(), &[Situation::Missing]),
            ask_for_help(&[HelpKind::LegalAid]),
            transfer("township-430903111"),
            aid(HotlineFunction::PsychologicalAid),
            follow_up(FollowUpResult::Resolved),
            close(FeedbackMeans::Phone, Some("已办结")),
        ]
    };
    for step in steps() {
        let refused = answered(&reference).when(now(step)).then_refused("INF-3");
        assert_eq!(refused.reason, Reason::WrongState);
    }
    for step in steps() {
        ringing(&reference).when(now(step)).then_refused("INF-3");
    }
}

#[test]
fn inf_3_a_call_is_one_or_several_of_the_four_functions_and_can_be_classified_anew() {
    let reference = reference();
    let four = [
        HotlineFunction::CaseIntake,
        HotlineFunction::Referral,
        HotlineFunction::PsychologicalAid,
        HotlineFunction::GuardianshipGuidance,
    ];
    let twice = [HotlineFunction::Referral, HotlineFunction::CaseIntake, HotlineFunction::Referral];
    let scenario = registered(&reference)
        .when(now(classify(&twice)))
        .then([CallClassified { functions: vec![1, 2] }.into()])
        .when(now(classify(&four)))
        .then_types(&["CallClassified"]);
    assert_eq!(scenario.state().functions.len(), 4);
    scenario.when(now(classify(&[]))).then_refused("INF-3");
}

#[test]
fn inf_3_a_call_becomes_a_report_only_by_the_rules_of_reports() {
    let reference = reference();
    let outcome = registered(&reference).when(now(reported(named(), &[Situation::LivingAlone])));
    outcome.then_types(&["CallReported"]);
    let refused = registered(&reference).when(now(reported(named(), &[]))).then_refused("RPT-2");
    assert_eq!(refused.field.as_deref(), Some("situations"));
    let teacher = Reporter { reporter_class: ReporterClass::School.into(), ..named() };
    registered(&reference).when(now(reported(teacher.clone(), &[Situation::Missing]))).then_refused("RPT-1");
    let teacher = Reporter { unit_id: Some("school-430903111-01".to_owned()), ..teacher };
    let outcome = registered(&reference).when(now(reported(teacher, &[Situation::Missing])));
    let Some(Event::CallReported(made)) = &outcome.facts()[0].event.event else { panic!() };
    let who = made.submitted.clone().unwrap().reporter.unwrap();
    assert!(who.mandated_by.contains(&Mandate::Policy.into()));
}

#[test]
fn inf_3_a_request_for_help_says_what_for() {
    let reference = reference();
    registered(&reference)
        .when(now(ask_for_help(&[HelpKind::LegalAid, HelpKind::LegalAid, HelpKind::Schooling])))
        .then_types(&["HelpRequested"]);
    registered(&reference).when(now(ask_for_help(&[]))).then_refused("INF-3");
}

#[test]
fn inf_3_a_call_is_given_to_a_unit_that_is_registered_and_says_which_department_that_is() {
    let reference = reference();
    let expected = CallTransferred {
        to_unit_id: "township-430903111".to_owned(),
        department: Department::Township.into(),
        area: "430903111".to_owned(),
    };
    registered(&reference).when(now(transfer("township-430903111"))).then([expected.into()]);
    let refused = registered(&reference).when(now(transfer("nobody"))).then_refused("INF-3");
    assert_eq!(refused.reason, Reason::UnknownReference);
}

#[test]
fn inf_3_the_hotline_itself_gives_psychological_aid_and_guardianship_guidance_only() {
    let reference = reference();
    for function in [HotlineFunction::PsychologicalAid, HotlineFunction::GuardianshipGuidance] {
        registered(&reference).when(now(aid(function))).then_types(&["AidGiven"]);
    }
    for function in [HotlineFunction::CaseIntake, HotlineFunction::Referral, HotlineFunction::Unspecified] {
        registered(&reference).when(now(aid(function))).then_refused("INF-3");
    }
}
