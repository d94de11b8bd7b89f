//! Whom a case is opened against, by whom, and to whom it goes (RPT-5).

use super::*;
use crate::omission::superior_of;
use kinward_contracts::reporting::v1::{Mandate, Superior, omission_event::Event};
use kinward_contracts::r#type::v1::Reason;
use kinward_statute::{day_of, end_of_day};

#[test]
fn rpt_5_police_township_and_civil_affairs_open_a_case_and_nobody_else() {
    let reference = reference();
    for number in 0..=17 {
        let department = Department::try_from(number).unwrap();
        let outcome = asked(&reference).by(actor(department, "unit")).when(open(known()));
        if [Department::PublicSecurity, Department::Township, Department::CivilAffairs].contains(&department)
        {
            outcome.then_types(&["OmissionCaseOpened", "ClockStarted"]);
        } else {
            assert_eq!(outcome.then_refused("RPT-5").reason, Reason::NotEntitled, "{department:?}");
        }
    }
}

#[test]
fn rpt_5_the_case_goes_to_the_superior_with_a_clock_of_thirty_days() {
    let reference = reference();
    let outcome = asked(&reference).when(open(known()));
    let Some(Event::OmissionCaseOpened(made)) = outcome.facts()[0].event.event.clone() else { panic!() };
    let township = Superior {
        unit_id: TOWNSHIP.to_owned(),
        department: Department::Township.into(),
        area: "430903111".to_owned(),
    };
    assert_eq!(made.superior, Some(township));
    assert_eq!(made.mandated_by().collect::<Vec<_>>(), [Mandate::Policy, Mandate::MinorsProtectionLaw]);
    let scenario = outcome.then_types(&["OmissionCaseOpened", "ClockStarted"]);
    let clock = scenario.state().clocks.get("failure-to-report-0").unwrap();
    assert_eq!(clock.due_at, end_of_day(day_of(noon() + Duration::days(30))));
    assert_eq!((clock.escalates_to.as_str(), clock.area.as_str()), ("superior-of-superior", "430903111201"));
}

#[test]
fn rpt_5_who_need_not_report_is_not_held_to_account() {
    let reference = reference();
    for class in [
        ReporterClass::Citizen,
        ReporterClass::SocialOrganisation,
        ReporterClass::Policy,
        ReporterClass::Unspecified,
    ] {
        let voluntary = OmissionCaseOpened { reporter_class: class.into(), ..known() };
        let refused = asked(&reference).when(open(voluntary)).then_refused("RPT-5");
        assert_eq!(
            (refused.reason, refused.field.as_deref()),
            (Reason::InvalidArgument, Some("reporter_class"))
        );
    }
    // the law holds more than the policy does
    let by_law = OmissionCaseOpened { reporter_class: ReporterClass::DayCareInstitution.into(), ..known() };
    asked(&reference).when(open(by_law)).then_types(&["OmissionCaseOpened", "ClockStarted"]);
}

#[test]
fn rpt_5_a_case_names_where_it_was_found_and_when_the_unit_knew() {
    let reference = reference();
    let nowhere = OmissionCaseOpened { incident_id: None, ..known() };
    let refused = asked(&reference).when(open(nowhere.clone())).then_refused("RPT-5");
    assert_eq!(refused.field.as_deref(), Some("incident_id"));
    let in_assessment = OmissionCaseOpened { assessment_id: Some("assessment".to_owned()), ..nowhere };
    asked(&reference).when(open(in_assessment)).then_types(&["OmissionCaseOpened", "ClockStarted"]);
    let never = OmissionCaseOpened { knew_at: None, ..known() };
    asked(&reference).when(open(never)).then_refused("RPT-5");
    let at = |at| OmissionCaseOpened { knew_at: Some(timestamp(at)), ..known() };
    asked(&reference).when(open(at(noon()))).then_types(&["OmissionCaseOpened", "ClockStarted"]);
    let ahead = asked(&reference).when(open(at(noon() + Duration::minutes(3)))).then_refused("RPT-5");
    assert_eq!(ahead.reason, Reason::TimeInvalid);
}

#[test]
fn rpt_5_the_unit_and_one_above_it_are_registered() {
    let reference = reference();
    let of = |unit: &str| OmissionCaseOpened { unit_id: unit.to_owned(), ..known() };
    let refused = asked(&reference).when(open(of("nobody"))).then_refused("RPT-5");
    assert_eq!(refused.reason, Reason::UnknownReference);
    let refused = asked(&reference).when(open(of("hospital-430903"))).then_refused("RPT-5");
    assert_eq!(refused.missing[0].what, "superior-unit");
    let bureau = superior_of("school-430903111-01", &reference).unwrap();
    assert_eq!(bureau.unit_id, "education-430903", "the district's unit of the same department");
    assert_eq!(superior_of(CIVIL_AFFAIRS, &reference), None);
}

#[test]
fn rpt_5_a_case_is_opened_once() {
    let reference = reference();
    let refused = asked(&reference).given([open(known())]).when(open(known())).then_refused("RPT-5");
    assert_eq!(refused.reason, Reason::AlreadyExists);
}
