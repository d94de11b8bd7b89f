//! The catalogue is the table of the rules, and every clock of it warns before it is due.

use super::{YEARS, at, calendar, midnight_after};
use crate::{Catalogue, Entry, Moments, Period, Unit, Warning};
use chrono::Duration;
use kinward_contracts::r#type::v1::Basis;
use std::collections::BTreeSet;

///: clock, variant, rule, how long, basis, warning, escalates to.
const TABLE: &str = "
police-accept                      | DSP-1  | 10 minutes    | local target | after 5 minutes     | duty-commander
police-on-scene                    | DSP-1  | 60 minutes    | local target | after 30 minutes    | duty-commander
police-on-scene immediate          | DSP-1  | 15 minutes    | local target | after 450 seconds   | duty-commander
missing-search-review              | DSP-2d | 24 hours      | local target | after 20 hours      | county-police
temporary-care-review              | DSP-2c | 10 days       | local target | after 7 days        | civil-affairs
township-notice                    | DSP-4  | 24 hours      | policy       | after 12 hours      | county-police
notice-acknowledge                 | DSP-4  | 24 hours      | local target | after 12 hours      | superior
reporter-feedback                  | LAW-1  | 3 workingdays | local target | after 2 workingdays | county-police
assessment                         | ASM-1  | 15 days       | local target | after 10 days       | district-civil-affairs
assessment immediate               | ASM-1  | 24 hours      | local target | after 16 hours      | district-civil-affairs
reassessment high                  | ASM-4  | 30 days       | local target | before 7 days       | township
reassessment medium                | ASM-4  | 90 days       | local target | before 7 days       | township
reassessment low                   | ASM-4  | 180 days      | local target | before 7 days       | township
relief-decision                    | ASM-3  | 30 days       | local target | after 20 days       | district-civil-affairs
parent-contact                     | FAM-3  | 7 days        | statute      | after 5 days        | village
delegation-review                  | FAM-1  | 180 days      | local target | after 150 days      | township
village-visit                      | TWN-2  | 30 days       | local target | before 5 days       | township
village-visit key-case             | TWN-2  | 7 days        | local target | before 5 days       | township
difficulty                         | TWN-6  | 30 days       | local target | after 20 days       | township
absence-follow-up                  | DEP-2  | 1 schooldays  | local target | after 0 seconds     | school-principal
absence-follow-up kindergarten     | DEP-2  | 1 schooldays  | local target | after 0 seconds     | school-principal
absence-follow-up primary          | DEP-2  | 1 schooldays  | local target | after 0 seconds     | school-principal
absence-follow-up junior-secondary | DEP-2  | 1 schooldays  | local target | after 0 seconds     | school-principal
absence-follow-up senior-secondary | DEP-2  | 1 schooldays  | local target | after 0 seconds     | school-principal
absence-follow-up vocational-secondary | DEP-2  | 1 schooldays | local target | after 0 seconds  | school-principal
dropout-written-report             | DEP-2  | 7 days        | local target | after 5 days        | education-department
dropout-acknowledge                | DEP-2  | 3 workingdays | local target | after 2 workingdays | district
failure-to-report                  | RPT-5  | 30 days       | local target | after 20 days       | superior-of-superior
petition-fallback                  | CUS-2  | 30 days       | local target | after 20 days       | district-civil-affairs
protection-order                   | LAW-4  | 72 hours      | statute      | after 48 hours      | court-liaison
protection-order urgent            | LAW-4  | 24 hours      | statute      | after 12 hours      | court-liaison
temporary-guardianship             | LAW-3  | 365 days      | guidance     | before 60 days      | district-civil-affairs
hotline-answer                     | INF-3  | 20 seconds    | local target | –                   | hotline-lead
hotline-follow-up                  | INF-3  | 3 workingdays | local target | after 2 workingdays | hotline-lead
left-behind-ends                   | DEF-2  | 16 birthdays  | policy       | before 30 days      | village
";

fn words(Period { amount, unit }: Period) -> String {
    format!("{amount} {unit:?}").to_lowercase()
}

fn row(entry: &Entry) -> Vec<String> {
    let basis = match entry.basis {
        Basis::Statute => "statute",
        Basis::Policy => "policy",
        Basis::LocalTarget => "local target",
        Basis::JudicialGuidance => "guidance",
        Basis::Unspecified => "?",
    };
    let warning = match entry.warn {
        Some(Warning::After(period)) => format!("after {}", words(period)),
        Some(Warning::Before(period)) => format!("before {}", words(period)),
        None => "–".to_owned(),
    };
    let name = format!("{} {}", entry.name, entry.variant).trim().to_owned();
    vec![name, entry.rule.clone(), words(entry.due), basis.to_owned(), warning, entry.escalates_to.clone()]
}

#[test]
fn bey_1_the_catalogue_is_the_table_of_the_rules() {
    let table = TABLE.trim().lines().map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect());
    let expected: Vec<Vec<String>> = table.collect();
    let entries: Vec<Vec<String>> = Catalogue::default_entries().iter().map(row).collect();
    assert_eq!(entries, expected);
}

#[test]
fn bey_1_every_clock_has_its_own_name_a_title_an_article_and_says_whose_school_days() {
    let mut seen = BTreeSet::new();
    for entry in Catalogue::default_entries() {
        assert!(seen.insert((&entry.name, &entry.variant)), "{} is there twice", entry.name);
        assert!(!entry.title.is_empty() && !entry.article.is_empty(), "{}", entry.name);
        let of_stage = entry.due.unit == Unit::SchoolDays && !entry.variant.is_empty();
        assert_eq!(entry.stage.is_some(), of_stage, "{} {}", entry.name, entry.variant);
    }
}

#[test]
fn bey_1_every_warning_comes_before_the_end_on_every_day_of_three_years() {
    let calendar = calendar(&YEARS);
    for hours in (0..3 * 365 * 24).step_by(19) {
        let started_at = at("2024-01-01 00:00") + Duration::hours(hours);
        for entry in Catalogue::default_entries() {
            let Moments { warn_at, due_at } = entry.moments(started_at, &calendar);
            assert!(due_at > started_at, "{} from {started_at}", entry.name);
            let in_time = warn_at.is_none_or(|warn_at| started_at <= warn_at && warn_at < due_at);
            assert!(in_time, "{} {} from {started_at}", entry.name, entry.variant);
        }
    }
}

#[test]
fn fam_3_a_warning_in_days_does_not_wait_for_monday() {
    // from Monday: five days are full on Saturday, seven on Monday
    let started_at = at("2026-03-09 10:00");
    let entry = Catalogue::default().in_force("parent-contact", "", started_at).unwrap();
    let moments = entry.moments(started_at, &calendar(&YEARS));
    assert_eq!(moments.warn_at, Some(midnight_after("2026-03-14")));
    assert_eq!(moments.due_at, midnight_after("2026-03-16"));
}

#[test]
fn dsp_1_an_immediate_incident_runs_on_its_own_variant() {
    let (catalogue, calendar) = (Catalogue::default(), calendar(&YEARS));
    let started_at = at("2026-10-01 02:00");
    let started = |variant: &str| catalogue.start("police-on-scene", variant, "scene", started_at, &calendar);
    let immediate = started("immediate").unwrap();
    assert_eq!(immediate.due_at.unwrap().seconds, (started_at + Duration::minutes(15)).timestamp());
    assert_eq!(immediate.warn_at.unwrap().seconds, (started_at + Duration::seconds(450)).timestamp());
    assert_eq!(immediate.variant, "immediate");
    assert_eq!(
        started("").unwrap().due_at.unwrap().seconds,
        (started_at + Duration::minutes(60)).timestamp()
    );
    assert_eq!(started("never heard of"), None);
}

#[test]
fn def_2_left_behind_ends_at_the_start_of_the_sixteenth_birthday() {
    let started_at = at("2010-11-24 00:00");
    let entry = Catalogue::default().in_force("left-behind-ends", "", started_at).unwrap();
    let moments = entry.moments(started_at, &calendar(&YEARS));
    assert_eq!(moments.due_at, at("2026-11-24 00:00"));
    assert_eq!(moments.warn_at, Some(at("2026-10-25 00:00")));
}
