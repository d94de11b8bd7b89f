//! What holds for every history of a report.

use super::*;
use crate::report::{is_mandated, mandates};
use chrono::Duration;
use kinward_contracts::reporting::v1::{ReportEvent, report_event::Event};
use kinward_contracts::timestamp;
use proptest::prelude::*;

fn any_reporter() -> impl Strategy<Value = Reporter> {
    let field = |text: &'static str| prop::option::of(Just(text));
    (0..=16_i32, any::<bool>(), field("unit"), field("汤听雪"), field("13900000001")).prop_map(
        |(class, anonymous, unit, name, phone)| Reporter {
            reporter_class: class,
            anonymous,
            unit_id: unit.map(str::to_owned),
            person_id: None,
            name: name.map(sealed),
            phone: phone.map(sealed),
            mandated_by: Vec::new(),
        },
    )
}

fn any_report() -> impl Strategy<Value = ReportSubmitted> {
    let situations = prop::collection::vec(1..=8_i32, 0..4);
    let source = prop::option::of(Just("event".to_owned()));
    (any_reporter(), situations, any::<bool>(), prop::option::of(-400..2_i64), source).prop_map(
        |(reporter, situations, told, days, source_event_id)| ReportSubmitted {
            source_event_id,
            situations,
            narrative: told.then(|| sealed("情况")),
            discovered_at: days.map(|days| timestamp(noon() + Duration::days(days))),
            ..bare(reporter)
        },
    )
}

proptest! {
    #[test]
    fn rpt_1_rpt_2_rpt_3_whatever_is_asked_at_most_one_report_is_taken_and_it_is_sound(
        reports in prop::collection::vec(any_report(), 0..8)
    ) {
        let reference = Reference::default();
        let scenario = report(&reference).tried(reports.into_iter().map(submit));
        let recorded = scenario.recorded();
        prop_assert!(recorded.len() <= 1);
        prop_assert_eq!(scenario.state().exists(), recorded.len() == 1);
        for stored in &recorded {
            let event = stored.decode::<ReportEvent>().unwrap().unwrap().event;
            let Some(Event::ReportSubmitted(taken)) = event else { panic!("{event:?}") };
            let who = taken.reporter.clone().unwrap();
            prop_assert!(who.reporter_class() != ReporterClass::Unspecified);
            if is_mandated(who.reporter_class()) {
                prop_assert!(!who.anonymous && who.name.is_some() && who.unit_id.is_some());
            }
            if who.anonymous {
                prop_assert!(who.name.is_none() && who.phone.is_none());
            }
            prop_assert_eq!(taken.source_event_id.is_some(), who.reporter_class() == ReporterClass::Policy);
            let situations: Vec<Situation> = taken.situations().collect();
            let duties: Vec<i32> = mandates(who.reporter_class(), &situations).into_iter().map(i32::from).collect();
            prop_assert_eq!(&who.mandated_by, &duties);
            let once: std::collections::BTreeSet<i32> = taken.situations.iter().copied().collect();
            prop_assert_eq!(once.len(), taken.situations.len());
            prop_assert!(!taken.situations.is_empty());
            prop_assert!(taken.situations != [i32::from(Situation::Other)] || taken.narrative.is_some());
            prop_assert!(stored.occurred_at() <= noon());
        }
    }
}
