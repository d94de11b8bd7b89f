//! Who reports, and what it says of itself (RPT-1).

use super::*;
use crate::report::{is_mandated, mandates};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::reporting::v1::{Mandate, ReportEvent, report_event::Event};
use kinward_contracts::r#type::v1::{Department, Reason};
use kinward_statute::UnitFacts;

#[test]
fn rpt_1_seven_kinds_must_report_with_their_staff_and_the_others_may() {
    assert!(MANDATED.into_iter().all(is_mandated));
    assert!(BY_LAW.into_iter().all(is_mandated), "the law is wider than the policy");
    for class in MANDATED {
        assert!(mandates(class, &[]).contains(&Mandate::Policy), "{class:?}");
    }
    for class in BY_LAW {
        assert!(!mandates(class, &[]).contains(&Mandate::Policy), "{class:?}");
    }
    assert!(!VOLUNTARY.into_iter().any(is_mandated));
    assert!(!is_mandated(ReporterClass::Policy), "nobody's duty: Kinward's own");
}

/// A report as it is taken: with what made it a duty.
fn taken(told: &ReportSubmitted, mandated_by: &[Mandate]) -> ReportEvent {
    let mandated_by = mandated_by.iter().map(|mandate| i32::from(*mandate)).collect();
    let reporter = Reporter { mandated_by, ..told.reporter.clone().unwrap() };
    ReportSubmitted { reporter: Some(reporter), ..told.clone() }.into()
}

#[test]
fn rpt_1_everybody_s_report_is_taken_with_its_class_and_what_makes_it_a_duty() {
    let reference = Reference::default();
    let violence = |report: ReportSubmitted| ReportSubmitted {
        situations: vec![Situation::DomesticViolence.into()],
        ..report
    };
    let check = |told: ReportSubmitted, mandated_by: &[Mandate]| {
        let expected = taken(&told, mandated_by);
        report(&reference).when(submit(told)).then([expected]);
    };
    for class in MANDATED {
        check(full(named(class)), &[Mandate::Policy, Mandate::MinorsProtectionLaw]);
        check(
            violence(full(named(class))),
            &[Mandate::Policy, Mandate::MinorsProtectionLaw, Mandate::DomesticViolenceLaw],
        );
    }
    for class in BY_LAW {
        check(violence(full(named(class))), &[Mandate::MinorsProtectionLaw]);
    }
    for class in VOLUNTARY {
        check(violence(full(named(class))), &[]);
    }
}

#[test]
fn rpt_1_what_a_caller_says_of_its_duty_does_not_count() {
    let reference = Reference::default();
    let claims = Reporter { mandated_by: vec![Mandate::Policy.into()], ..named(ReporterClass::Citizen) };
    let outcome = report(&reference).when(submit(bare(claims)));
    let Some(Event::ReportSubmitted(made)) = &outcome.facts()[0].event.event else { panic!("no report") };
    assert!(made.reporter.as_ref().unwrap().mandated_by.is_empty());
}

#[test]
fn fam_2_only_a_report_by_policy_names_the_event_behind_it_and_it_always_does() {
    let reference = Reference::default();
    let from = |class, source: Option<&str>| ReportSubmitted {
        source_event_id: source.map(str::to_owned),
        ..bare(Reporter { reporter_class: i32::from(class), ..Reporter::default() })
    };
    let by_policy = from(ReporterClass::Policy, Some("event"));
    report(&reference).when(submit(by_policy)).then_types(&["ReportSubmitted"]);
    let without = from(ReporterClass::Policy, None);
    let disguised =
        ReportSubmitted { source_event_id: Some("event".to_owned()), ..bare(named(ReporterClass::School)) };
    for wrong in [without, disguised] {
        let refused = report(&reference).when(submit(wrong)).then_refused("RPT-1");
        assert_eq!(refused.field.as_deref(), Some("reporter.reporter_class"));
    }
}

#[test]
fn rpt_1_who_must_report_gives_unit_and_name() {
    let reference = Reference::default();
    for class in MANDATED.into_iter().chain(BY_LAW) {
        let nameless = (Reporter { name: None, ..named(class) }, "reporter.name");
        let unitless = (Reporter { unit_id: None, ..named(class) }, "reporter.unit_id");
        let hidden = (Reporter { anonymous: true, ..named(class) }, "reporter.anonymous");
        for (wrong, field) in [nameless, unitless, hidden, (anonymous(class), "reporter.anonymous")] {
            let refused = report(&reference).when(submit(bare(wrong))).then_refused("RPT-1");
            assert_eq!(refused.reason, Reason::InvalidArgument);
            assert_eq!(refused.field.as_deref(), Some(field));
        }
    }
}

/// The schools' and hospitals' units, one below the other.
fn units() -> Reference {
    let unit = |department: Department, superior: Option<&str>| UnitFacts {
        name: "单位".to_owned(),
        department: department.into(),
        area: "430903".to_owned(),
        superior: superior.map(str::to_owned),
    };
    let units = [
        ("education-430903", unit(Department::Education, None)),
        ("school-430903111-01", unit(Department::Education, Some("education-430903"))),
        ("hospital-430903", unit(Department::Health, None)),
    ];
    Reference {
        units: units.into_iter().map(|(id, unit)| (id.to_owned(), unit)).collect(),
        ..Reference::default()
    }
}

fn through(department: Department, unit: &str) -> Actor {
    Actor { department: department.into(), unit_id: unit.to_owned(), ..Actor::default() }
}

#[test]
fn rpt_1_through_the_system_of_a_unit_that_must_report_nobody_reports_as_something_else() {
    let reference = units();
    let hospital = || report(&reference).by(through(Department::Health, "hospital-430903"));
    let of_hospital = |class| Reporter { unit_id: Some("hospital-430903".to_owned()), ..named(class) };
    hospital()
        .when(submit(bare(of_hospital(ReporterClass::MedicalInstitution))))
        .then_types(&["ReportSubmitted"]);
    for class in [ReporterClass::School, ReporterClass::VillageCommittee, ReporterClass::Citizen] {
        let refused = hospital().when(submit(bare(of_hospital(class)))).then_refused("RPT-1");
        assert_eq!(refused.field.as_deref(), Some("reporter.reporter_class"), "{class:?}");
    }
    // police take down what anybody tells
    let police = report(&reference).by(through(Department::PublicSecurity, "police-430903"));
    police.when(submit(bare(named(ReporterClass::School)))).then_types(&["ReportSubmitted"]);
}

#[test]
fn rpt_1_a_unit_reports_for_itself_or_for_one_below_it() {
    let reference = units();
    let told = || submit(bare(named(ReporterClass::School)));
    for own in ["school-430903111-01", "education-430903"] {
        report(&reference)
            .by(through(Department::Education, own))
            .when(told())
            .then_types(&["ReportSubmitted"]);
    }
    let other = report(&reference).by(through(Department::Education, "school-430903111-02"));
    let refused = other.when(told()).then_refused("RPT-1");
    assert_eq!(refused.field.as_deref(), Some("reporter.unit_id"));
    let sent = Actor {
        on_behalf_of_unit_id: "school-430903111-01".to_owned(),
        ..through(Department::Education, "platform")
    };
    report(&reference).by(sent).when(told()).then_types(&["ReportSubmitted"]);
}

#[test]
fn rpt_1_who_need_not_report_may_stay_anonymous_and_then_says_nothing_of_itself() {
    let reference = Reference::default();
    for class in VOLUNTARY {
        report(&reference).when(submit(bare(anonymous(class)))).then_types(&["ReportSubmitted"]);
        let half_hidden = [
            Reporter { name: Some(sealed("汤听雪")), ..anonymous(class) },
            Reporter { phone: Some(sealed("13900000001")), ..anonymous(class) },
        ];
        for wrong in half_hidden {
            let refused = report(&reference).when(submit(bare(wrong))).then_refused("RPT-1");
            assert_eq!(refused.field.as_deref(), Some("reporter.anonymous"));
        }
    }
}

#[test]
fn rpt_1_who_is_not_anonymous_gives_a_name_but_needs_no_unit_and_no_phone() {
    let reference = Reference::default();
    for class in VOLUNTARY {
        let nameless = Reporter { name: None, ..named(class) };
        let refused = report(&reference).when(submit(bare(nameless))).then_refused("RPT-1");
        assert_eq!(refused.field.as_deref(), Some("reporter.name"));
        let terse = Reporter { unit_id: None, phone: None, ..named(class) };
        report(&reference).when(submit(bare(terse))).then_types(&["ReportSubmitted"]);
    }
}

#[test]
fn rpt_1_a_report_says_who_reports() {
    let reference = Reference::default();
    let nobody = ReportSubmitted { reporter: None, ..bare(Reporter::default()) };
    for wrong in [nobody, bare(named(ReporterClass::Unspecified))] {
        let refused = report(&reference).when(submit(wrong)).then_refused("RPT-1");
        assert_eq!(refused.field.as_deref(), Some("reporter.reporter_class"));
    }
}
