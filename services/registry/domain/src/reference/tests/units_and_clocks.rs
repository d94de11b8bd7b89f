//! Units, and how long clocks run (INF-4, BEY-1).

use super::*;
use crate::reference::{ClockSettingOf, Unit};
use kinward_contracts::registry::v1::{
    ClockSetting, ClockSettingSet, Period, PeriodUnit, Unit as Office, UnitRegistered,
};
use kinward_contracts::r#type::v1::{Basis, Department};
use kinward_statute::UnitFacts;

fn unit(unit_id: &str, superior: Option<&str>) -> UnitRegistered {
    UnitRegistered {
        unit: Some(Office {
            unit_id: unit_id.to_owned(),
            name: "某单位".to_owned(),
            department: Department::Township.into(),
            area: "430903111".to_owned(),
            superior_unit_id: superior.map(str::to_owned),
        }),
    }
}

/// Units registered before: each with its superior.
fn with_units(units: &[(&str, Option<&str>)]) -> Reference {
    let facts = |superior: Option<&str>| UnitFacts {
        name: "某单位".to_owned(),
        department: Department::Township.into(),
        area: "430903111".to_owned(),
        superior: superior.map(str::to_owned),
    };
    let units = units.iter().map(|(unit_id, superior)| ((*unit_id).to_owned(), facts(*superior)));
    Reference { units: units.collect(), ..Reference::default() }
}

fn setting(clock: &str, variant: &str, hours: u32, basis: Basis) -> ClockSettingSet {
    ClockSettingSet {
        setting: Some(ClockSetting {
            clock: clock.to_owned(),
            variant: variant.to_owned(),
            due_after: Some(Period { amount: hours, unit: PeriodUnit::Hours.into() }),
            basis: basis.into(),
            valid_from: "2026-01-01".to_owned(),
            ..ClockSetting::default()
        }),
    }
}

#[test]
fn inf_4_a_unit_is_registered_and_again_with_other_facts() {
    let reference = Reference::default();
    let scenario = made(new::<Unit>("village", &reference).when(unit("village", None)), "UnitRegistered");
    let scenario = scenario.when(unit("village", None)).then([]);
    made(scenario.when(unit("village", Some("township"))), "UnitRegistered");
    new::<Unit>("village", &reference).when(unit("other", None)).then_refused("INF-4");
}

#[test]
fn inf_4_a_unit_is_not_its_own_superior_however_far_up() {
    let reference =
        with_units(&[("township", Some("village")), ("village", None), ("district", Some("township"))]);
    for superior in ["village", "township", "district"] {
        let refused = new::<Unit>("village", &reference).when(unit("village", Some(superior)));
        assert_eq!(refused.then_refused("INF-4").field.as_deref(), Some("superior_unit_id"), "{superior}");
    }
    made(new::<Unit>("village", &reference).when(unit("village", Some("unknown"))), "UnitRegistered");
}

#[test]
fn inf_4_two_units_above_each_other_do_not_hold_up_a_third() {
    let reference = with_units(&[("one", Some("two")), ("two", Some("one"))]);
    made(new::<Unit>("village", &reference).when(unit("village", Some("one"))), "UnitRegistered");
}

#[test]
fn bey_1_a_clock_is_set_per_variant_and_the_same_again_is_no_event() {
    let reference = Reference::default();
    let short = |variant| setting("assessment", variant, 12, Basis::LocalTarget);
    let scenario = made(new::<ClockSettingOf>("assessment", &reference).when(short("")), "ClockSettingSet");
    let scenario = made(scenario.when(short("immediate")), "ClockSettingSet");
    let scenario = scenario.when(short("")).then([]).when(short("immediate")).then([]);
    made(scenario.when(setting("assessment", "", 13, Basis::LocalTarget)), "ClockSettingSet");
}

#[test]
fn bey_1_what_the_law_sets_is_not_made_longer_nor_called_a_target() {
    let reference = Reference::default();
    let change = |hours, basis| {
        new::<ClockSettingOf>("protection-order", &reference).when(setting(
            "protection-order",
            "",
            hours,
            basis,
        ))
    };
    made(change(72, Basis::Statute), "ClockSettingSet");
    made(change(48, Basis::Statute), "ClockSettingSet");
    let longer = change(73, Basis::Statute).then_refused("BEY-1");
    assert_eq!(longer.field.as_deref(), Some("setting"));
    assert!(longer.zh.contains("不得延长"));
    change(48, Basis::LocalTarget).then_refused("BEY-1");
}

#[test]
fn bey_1_a_setting_is_of_a_clock_that_there_is() {
    let reference = Reference::default();
    let unknown = setting("no-such-clock", "", 1, Basis::LocalTarget);
    new::<ClockSettingOf>("no-such-clock", &reference).when(unknown).then_refused("BEY-1");
    let of_another = setting("assessment", "", 1, Basis::LocalTarget);
    new::<ClockSettingOf>("difficulty", &reference).when(of_another).then_refused("BEY-1");
    new::<ClockSettingOf>("difficulty", &reference).when(ClockSettingSet::default()).then_refused("BEY-1");
}
