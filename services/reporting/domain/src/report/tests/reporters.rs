//! Who reports, and what it says of itself (RPT-1).

use super::*;
use crate::report::is_mandated;
use kinward_contracts::r#type::v1::Reason;

#[test]
fn rpt_1_seven_kinds_must_report_with_their_staff_and_the_others_may() {
    assert!(MANDATED.into_iter().all(is_mandated));
    assert!(!VOLUNTARY.into_iter().any(is_mandated));
    assert!(!is_mandated(ReporterClass::Policy), "nobody's duty: Kinward's own");
}

#[test]
fn rpt_1_everybody_s_report_is_taken_and_its_class_recorded() {
    let reference = Reference::default();
    for class in MANDATED.into_iter().chain(VOLUNTARY) {
        let told = full(named(class));
        let expected = told.clone().into();
        report(&reference).when(submit(told)).then([expected]);
    }
}

#[test]
fn rpt_1_who_must_report_gives_unit_and_name() {
    let reference = Reference::default();
    for class in MANDATED {
        let nameless = Reporter { name: None, ..named(class) };
        let unitless = Reporter { unit_id: None, ..named(class) };
        let hidden = Reporter { anonymous: true, ..named(class) };
        for wrong in [nameless, unitless, hidden, anonymous(class)] {
            let refused = report(&reference).when(submit(bare(wrong))).then_refused("RPT-1");
            assert_eq!(refused.reason, Reason::InvalidArgument);
            assert_eq!(refused.field.as_deref(), Some("reporter"));
        }
    }
}

#[test]
fn rpt_1_who_need_not_report_may_stay_anonymous_and_then_says_nothing_of_itself() {
    let reference = Reference::default();
    for class in VOLUNTARY {
        report(&reference).when(submit(bare(anonymous(class)))).then_types(&["ReportSubmitted"]);
        let half_hidden = [
            Reporter { name: sealed("汤听雪"), ..anonymous(class) },
            Reporter { phone: sealed("13900000001"), ..anonymous(class) },
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
        assert_eq!(refused.field.as_deref(), Some("reporter.class"));
    }
}
