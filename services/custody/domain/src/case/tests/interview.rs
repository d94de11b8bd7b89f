//! How a minor is interviewed in a custody case (LAW-5).

use super::*;
use kinward_contracts::custody::v1::MinorInterviewed;
use kinward_contracts::r#type::v1::{MinorInterview, Reason, Sex, SuitableAdult};

const TODAY: &str = "2026-11-24";

/// A girl, about violence, everything kept.
fn whole() -> MinorInterviewed {
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
        about_abuse_or_violence: true,
        ..MinorInterviewed::default()
    }
}

fn record(interview: MinorInterviewed) -> Command {
    now(Event::MinorInterviewed(interview))
}

#[test]
fn law_5_civil_affairs_and_the_court_interview_and_about_violence_once() {
    let reference = Reference::default();
    for by in [Department::CivilAffairs, Department::Court] {
        let interviewing = || case(&reference, TODAY).by(actor(by));
        let outcome = interviewing().when(record(whole()));
        let Some(Event::MinorInterviewed(made)) = &outcome.facts()[0].event.event else { panic!() };
        assert_eq!(made.department(), by);
        let again = interviewing().given([record(whole())]).when(record(whole())).then_refused("LAW-5");
        assert_eq!(names(&again.missing), ["once"]);
        let unrecorded = asked(|interview| interview.recorded = false);
        let refused = interviewing().when(record(unrecorded.clone())).then_refused("LAW-5");
        assert_eq!(names(&refused.missing), ["recording"]);
        // neither abuse nor violence: no recording, and more than once
        let school = || MinorInterviewed { about_abuse_or_violence: false, ..unrecorded.clone() };
        interviewing()
            .given([record(school()), record(school())])
            .when(record(school()))
            .then_types(&["MinorInterviewed"]);
    }
    for by in [Department::Village, Department::PublicSecurity] {
        let refused = case(&reference, TODAY).by(actor(by)).when(record(whole())).then_refused("LAW-5");
        assert_eq!(refused.reason, Reason::NotEntitled);
    }
}

#[test]
fn law_5_bey_4_a_guardian_whom_the_case_is_about_is_no_suitable_adult() {
    let reference = Reference::default();
    let with_father = asked(|interview| interview.adult_person_id = Some(FATHER.to_owned()));
    let civil = case(&reference, TODAY).by(actor(Department::CivilAffairs));
    let refused = civil.when(record(with_father)).then_refused("LAW-5");
    assert_eq!(refused.field.as_deref(), Some("interview.adult_person_id"));
}
