//! What a deployment may set, and from when it holds.

use super::{at, calendar};
use crate::{Catalogue, Period, SettingError, Unit};
use chrono::{DateTime, Utc};
use kinward_contracts::registry::v1::clock_setting::Warning;
use kinward_contracts::registry::v1::{self as registry, ClockSetting, PeriodUnit};
use kinward_contracts::r#type::v1::Basis;

fn length(amount: u32, unit: PeriodUnit) -> registry::Period {
    registry::Period { amount, unit: unit.into() }
}

fn setting(clock: &str, basis: Basis, amount: u32, unit: PeriodUnit) -> ClockSetting {
    ClockSetting {
        clock: clock.to_owned(),
        due_after: Some(length(amount, unit)),
        basis: basis.into(),
        valid_from: "2026-03-01".to_owned(),
        ..ClockSetting::default()
    }
}

fn recorded() -> DateTime<Utc> {
    at("2026-02-27 10:00")
}

fn refused(setting: &ClockSetting) -> SettingError {
    let mut catalogue = Catalogue::default();
    let error = catalogue.apply(setting, recorded()).unwrap_err();
    assert_eq!(catalogue, Catalogue::default(), "what is refused changes nothing");
    assert!(!error.zh().is_empty());
    error
}

fn due(catalogue: &Catalogue, clock: &str, started_at: &str) -> Period {
    catalogue.in_force(clock, "", at(started_at)).unwrap().due
}

#[test]
fn bey_1_a_local_target_is_set_longer_or_shorter_from_its_first_day_on() {
    let mut catalogue = Catalogue::default();
    catalogue
        .apply(&setting("relief-decision", Basis::LocalTarget, 45, PeriodUnit::WorkingDays), recorded())
        .unwrap();
    let before = Period { amount: 30, unit: Unit::Days };
    let after = Period { amount: 45, unit: Unit::WorkingDays };
    assert_eq!(due(&catalogue, "relief-decision", "2026-02-28 23:59"), before);
    assert_eq!(due(&catalogue, "relief-decision", "2026-03-01 00:00"), after);
    assert_eq!(due(&catalogue, "difficulty", "2026-03-01 00:00"), before, "another clock stays");
    catalogue
        .apply(&setting("relief-decision", Basis::LocalTarget, 20, PeriodUnit::Days), recorded())
        .unwrap();
    let last = Period { amount: 20, unit: Unit::Days };
    assert_eq!(due(&catalogue, "relief-decision", "2026-03-01 00:00"), last, "the later of two counts");
}

#[test]
fn bey_1_a_setting_recorded_late_does_not_reach_into_the_past() {
    let mut catalogue = Catalogue::default();
    let late = setting("difficulty", Basis::LocalTarget, 10, PeriodUnit::Days);
    catalogue.apply(&late, at("2026-05-05 10:00")).unwrap();
    assert_eq!(due(&catalogue, "difficulty", "2026-05-05 09:59").amount, 30);
    assert_eq!(due(&catalogue, "difficulty", "2026-05-05 10:00").amount, 10);
}

#[test]
fn bey_1_what_law_or_policy_sets_is_never_made_longer() {
    for (clock, basis, amount, unit) in [
        ("protection-order", Basis::Statute, 73, PeriodUnit::Hours),
        ("protection-order", Basis::Statute, 72 * 60 + 1, PeriodUnit::Minutes),
        // three days end at midnight, later than 72 hours
        ("protection-order", Basis::Statute, 3, PeriodUnit::Days),
        ("parent-contact", Basis::Statute, 8, PeriodUnit::Days),
        ("parent-contact", Basis::Statute, 7, PeriodUnit::WorkingDays),
        ("township-notice", Basis::Policy, 25, PeriodUnit::Hours),
        ("left-behind-ends", Basis::Policy, 30, PeriodUnit::Days),
    ] {
        assert_eq!(refused(&setting(clock, basis, amount, unit)), SettingError::Longer(clock.to_owned()));
    }
    for (clock, basis, amount, unit) in [
        ("protection-order", Basis::Statute, 48, PeriodUnit::Hours),
        ("protection-order", Basis::Statute, 72 * 60, PeriodUnit::Minutes),
        ("parent-contact", Basis::Statute, 5, PeriodUnit::Days),
        ("parent-contact", Basis::Statute, 7 * 24, PeriodUnit::Hours),
        ("township-notice", Basis::Policy, 2, PeriodUnit::Hours),
        // guidance is configuration, as a local target is
        ("temporary-guardianship", Basis::JudicialGuidance, 400, PeriodUnit::Days),
    ] {
        let mut catalogue = Catalogue::default();
        assert_eq!(
            catalogue.apply(&setting(clock, basis, amount, unit), recorded()),
            Ok(()),
            "{clock} {amount}"
        );
    }
    // shortened once, it may be as long as the law allows again
    let mut catalogue = Catalogue::default();
    for amount in [24, 72] {
        let hours = setting("protection-order", Basis::Statute, amount, PeriodUnit::Hours);
        assert_eq!(catalogue.apply(&hours, recorded()), Ok(()));
    }
}

#[test]
fn bey_1_a_local_target_cannot_be_called_law() {
    let claimed = setting("police-accept", Basis::Statute, 5, PeriodUnit::Minutes);
    assert_eq!(refused(&claimed), SettingError::OtherBasis("police-accept".to_owned()));
    let disowned = setting("parent-contact", Basis::LocalTarget, 5, PeriodUnit::Days);
    assert_eq!(refused(&disowned), SettingError::OtherBasis("parent-contact".to_owned()));
}

#[test]
fn bey_1_a_setting_that_cannot_run_is_refused() {
    let target = |amount, unit| setting("difficulty", Basis::LocalTarget, amount, unit);
    assert_eq!(refused(&target(0, PeriodUnit::Days)), SettingError::Amount);
    assert_eq!(refused(&target(100_001, PeriodUnit::Days)), SettingError::Amount);
    assert_eq!(refused(&target(1, PeriodUnit::Months)), SettingError::Unit);
    assert_eq!(
        refused(&ClockSetting { due_after: None, ..target(1, PeriodUnit::Days) }),
        SettingError::Amount
    );
    let no_day = ClockSetting { valid_from: "2026-02-30".to_owned(), ..target(1, PeriodUnit::Days) };
    assert_eq!(refused(&no_day), SettingError::NoDay);
    let unknown = ClockSetting { variant: "urgent".to_owned(), ..target(1, PeriodUnit::Days) };
    assert_eq!(refused(&unknown), SettingError::Unknown("difficulty".to_owned(), "urgent".to_owned()));
}

#[test]
fn bey_1_a_warning_that_might_come_too_late_is_refused() {
    use PeriodUnit::{Days, Hours, Minutes, WorkingDays};
    let warned = |due: (u32, PeriodUnit), warning: Warning| ClockSetting {
        warning: Some(warning),
        ..setting("difficulty", Basis::LocalTarget, due.0, due.1)
    };
    let after = |amount, unit| Warning::WarnAfter(length(amount, unit));
    let before = |amount, unit| Warning::WarnBefore(length(amount, unit));
    for (due, warning) in [
        ((30, Days), after(30, Days)),
        ((30, Days), after(20, WorkingDays)),
        ((2, WorkingDays), after(2, Days)),
        ((60, Minutes), after(1, Hours)),
        ((24, Hours), before(1, Days)),
        ((24, Hours), before(25, Hours)),
    ] {
        assert_eq!(refused(&warned(due, warning)), SettingError::WarningTooLate, "{warning:?} of {due:?}");
    }
    assert_eq!(refused(&warned((30, Days), before(2, WorkingDays))), SettingError::Unit);
    for (due, warning) in [
        ((30, Days), after(29, Days)),
        ((2, WorkingDays), after(1, Days)),
        ((61, Minutes), after(1, Hours)),
        ((1, Days), after(24, Hours)),
        ((30, Days), before(29, Days)),
    ] {
        let mut catalogue = Catalogue::default();
        assert_eq!(catalogue.apply(&warned(due, warning), recorded()), Ok(()), "{warning:?} of {due:?}");
    }
}

#[test]
fn bey_1_a_set_clock_names_what_was_set() {
    let set = ClockSetting {
        variant: "immediate".to_owned(),
        escalates_to: "station-head".to_owned(),
        article: "赫山区规程 3".to_owned(),
        warning: Some(Warning::WarnBefore(length(2, PeriodUnit::Minutes))),
        ..setting("police-on-scene", Basis::LocalTarget, 10, PeriodUnit::Minutes)
    };
    let mut catalogue = Catalogue::default();
    catalogue.apply(&set, recorded()).unwrap();
    let started_at = at("2026-04-01 10:00");
    let started =
        catalogue.start("police-on-scene", "immediate", "scene", started_at, &calendar(&[])).unwrap();
    assert_eq!((started.escalates_to.as_str(), started.article.as_str()), ("station-head", "赫山区规程 3"));
    assert_eq!(started.rule, "DSP-1");
    assert_eq!(started.due_at.unwrap().seconds - started.warn_at.unwrap().seconds, 120);
    assert_eq!(started.due_at.unwrap().seconds, at("2026-04-01 10:10").timestamp());
}
