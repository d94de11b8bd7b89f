//! What is reported (RPT-2), that whatever is unknown is taken (RPT-3), and the receipt.

use super::*;
use crate::report::receipt::LETTERS;
use crate::report::receipt_code;
use chrono::Duration;
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::Reason;
use kinward_eventsourcing::CommandId;

fn of(situations: &[Situation]) -> ReportSubmitted {
    let situations = situations.iter().map(|situation| i32::from(*situation)).collect();
    ReportSubmitted { situations, ..bare(anonymous(ReporterClass::Citizen)) }
}

#[test]
fn rpt_2_each_of_the_seven_situations_is_taken_alone_and_all_of_them_together() {
    let reference = Reference::default();
    let seven: Vec<Situation> = (1..=7).map(|number| Situation::try_from(number).unwrap()).collect();
    for situation in &seven {
        report(&reference).when(submit(of(&[*situation]))).then_types(&["ReportSubmitted"]);
    }
    let all = of(&seven);
    let expected = all.clone().into();
    report(&reference).when(submit(all)).then([expected]);
}

#[test]
fn rpt_2_what_the_seven_do_not_name_is_told_in_words() {
    let reference = Reference::default();
    let refused = report(&reference).when(submit(of(&[Situation::Other]))).then_refused("RPT-2");
    assert_eq!(refused.field.as_deref(), Some("narrative"));
    let told = ReportSubmitted { narrative: Some(sealed("多日未到校")), ..of(&[Situation::Other]) };
    report(&reference).when(submit(told)).then_types(&["ReportSubmitted"]);
    // beside one of the seven it needs none
    let beside = of(&[Situation::Missing, Situation::Other]);
    report(&reference).when(submit(beside)).then_types(&["ReportSubmitted"]);
}

#[test]
fn rpt_2_a_report_names_at_least_one_situation() {
    let reference = Reference::default();
    let refused = report(&reference).when(submit(of(&[]))).then_refused("RPT-2");
    assert_eq!((refused.reason, refused.field.as_deref()), (Reason::InvalidArgument, Some("situations")));
}

#[test]
fn rpt_2_a_situation_named_twice_counts_once() {
    let reference = Reference::default();
    let twice = of(&[Situation::Missing, Situation::LivingAlone, Situation::Missing]);
    let once = of(&[Situation::Missing, Situation::LivingAlone]);
    report(&reference).when(submit(twice)).then([once.into()]);
    // so that "other" twice is still told in words
    report(&reference).when(submit(of(&[Situation::Other, Situation::Other]))).then_refused("RPT-2");
}

#[test]
fn rpt_3_a_report_is_taken_though_child_name_and_place_are_unknown() {
    let reference = Reference::default();
    let unknown = bare(anonymous(ReporterClass::Citizen));
    assert!(unknown.child.is_none() && unknown.place.is_none() && unknown.village_code.is_none());
    report(&reference).when(submit(unknown)).then_types(&["ReportSubmitted"]);
}

#[test]
fn rpt_3_it_happened_when_it_was_discovered_which_may_be_long_ago_and_never_lies_ahead() {
    let reference = Reference::default();
    let discovered = |at| ReportSubmitted {
        discovered_at: Some(timestamp(at)),
        ..bare(anonymous(ReporterClass::Citizen))
    };
    for at in [noon(), noon() - Duration::seconds(1), noon() - Duration::days(400)] {
        let outcome = report(&reference).when(submit(discovered(at)));
        assert_eq!(outcome.facts()[0].occurred_at, Some(at));
    }
    let clocks_differ = report(&reference).when(submit(discovered(noon() + Duration::minutes(2))));
    assert_eq!(clocks_differ.facts()[0].occurred_at, Some(noon()));
    let ahead = discovered(noon() + Duration::minutes(3));
    let refused = report(&reference).when(submit(ahead)).then_refused("RPT-3");
    assert_eq!(refused.reason, Reason::TimeInvalid);
    let now = report(&reference).when(submit(bare(anonymous(ReporterClass::Citizen))));
    assert_eq!(now.facts()[0].occurred_at, Some(noon()));
}

#[test]
fn rpt_3_a_report_is_registered_once() {
    let reference = Reference::default();
    let first = report(&reference).given([submit(full(named(ReporterClass::School)))]);
    let refused = first.when(submit(bare(anonymous(ReporterClass::Citizen)))).then_refused("RPT-3");
    assert_eq!(refused.reason, Reason::AlreadyExists);
    assert_eq!(refused.existing_id.as_deref(), Some("report"));
}

/// Bytes as a keyed hash has them: well mixed.
fn derived_bytes(number: u64) -> Vec<u8> {
    CommandId::of_request("teacher", "SubmitReport", &number.to_string())
        .new_id("receipt")
        .replace('-', "")
        .into_bytes()
}

#[test]
fn rpt_3_the_receipt_is_ten_clear_letters_the_same_on_every_retry_and_another_for_every_report() {
    let of = |number: u64| receipt_code(&derived_bytes(number));
    assert_eq!(of(1), of(1));
    let codes: std::collections::BTreeSet<String> = (0..1_000).map(of).collect();
    assert_eq!(codes.len(), 1_000);
    for code in codes {
        let (first, second) = code.split_once('-').unwrap();
        assert_eq!((first.len(), second.len()), (5, 5), "{code}");
        assert!(first.bytes().chain(second.bytes()).all(|letter| LETTERS.contains(&letter)), "{code}");
        assert!(!code.contains(['0', 'O', '1', 'I']), "{code}: taken for another");
    }
}
