//! The clocks of the rules as data: `data/clocks.toml`, and what a deployment set instead.

use crate::setting::Setting;
use crate::{Calendar, Period, SettingError, Unit, day_of, end_of_day};
use chrono::{DateTime, Days, TimeDelta, Utc};
use kinward_contracts::registry::v1::{ClockSetting, SchoolStage};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{Basis, ClockStarted, Department};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::HashMap;
use std::sync::LazyLock;

/// When the bearer of a duty is warned. A warning is no legal period: in days, it does not wait for a working day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Warning {
    /// So long after the start.
    After(Period),
    /// So long before the end; in hours, minutes, seconds, or days of 24 hours.
    Before(Period),
}

/// One clock.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Entry {
    /// Name, such as `police-on-scene`.
    pub name: String,
    /// Variant, such as `immediate`; empty: the default one.
    #[serde(default)]
    pub variant: String,
    /// Chinese title, for people.
    pub title: String,
    /// Rule that asks for it.
    pub rule: String,
    /// Article behind it.
    pub article: String,
    /// Law, policy or local target.
    #[serde(deserialize_with = "basis")]
    pub basis: Basis,
    /// Schooling whose days count, for a clock in school days; `None`: of any stage.
    #[serde(default, deserialize_with = "stage")]
    pub stage: Option<SchoolStage>,
    /// How long it runs.
    pub due: Period,
    /// When it warns.
    #[serde(default)]
    pub warn: Option<Warning>,
    /// Role that is told when it is missed.
    pub escalates_to: String,
    /// Departments whose duty it is; none: the aggregate it runs in says whose.
    #[serde(deserialize_with = "departments")]
    pub bearers: Vec<Department>,
    /// Events of the same aggregate that make the duty up after it was missed, as `IncidentAccepted`.
    pub made_up_by: Vec<String>,
}

/// The moments of a clock under one calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moments {
    /// When its bearer is warned; before `due_at`.
    pub warn_at: Option<DateTime<Utc>>,
    /// When it runs out.
    pub due_at: DateTime<Utc>,
}

/// All clocks, under the settings of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    settings: Vec<Setting>,
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(read);

/// The clocks by the events that make them up: every event of the log is looked up in it.
static MADE_UP: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut by_event = HashMap::<&str, Vec<&str>>::new();
    for entry in ENTRIES.iter() {
        for event in &entry.made_up_by {
            by_event.entry(event).or_default().push(&entry.name);
        }
    }
    by_event
});

#[expect(clippy::expect_used, reason = "the file is part of the program, and a test reads it")]
fn read() -> Vec<Entry> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        clock: Vec<Entry>,
    }
    let file: File =
        toml::from_str(include_str!("../data/clocks.toml")).expect("data/clocks.toml is a catalogue");
    for entry in &file.clock {
        entry.check().expect("every clock of data/clocks.toml can run");
    }
    file.clock
}

impl Catalogue {
    /// Departments whose duty a clock of this name is; none: the aggregate it runs in says whose.
    pub fn bearers(name: &str) -> &'static [Department] {
        ENTRIES.iter().find(|entry| entry.name == name).map_or(&[], |entry| &entry.bearers)
    }

    /// Names of the clocks whose duty an event makes up after it was missed; the event by its short name.
    pub fn made_up_by(event: &str) -> &'static [&'static str] {
        MADE_UP.get(event).map_or(&[], Vec::as_slice)
    }

    /// Whether a duty can still be made up after its clock ran out.
    pub fn can_be_made_up(name: &str) -> bool {
        ENTRIES.iter().any(|entry| entry.name == name && !entry.made_up_by.is_empty())
    }

    /// Every clock and variant, as the program knows them.
    pub fn default_entries() -> &'static [Entry] {
        &ENTRIES
    }

    /// The clock of this name and variant as it runs when started at an instant.
    pub fn in_force(&self, name: &str, variant: &str, started_at: DateTime<Utc>) -> Option<Entry> {
        let entry = default_entry(name, variant)?;
        let set = self.settings.iter().filter(|setting| setting.is_of(entry) && setting.from <= started_at);
        // the last of equals, so that of two settings from the same moment the later one counts
        Some(
            set.max_by_key(|setting| setting.from)
                .map_or_else(|| entry.clone(), |setting| setting.over(entry)),
        )
    }

    /// Takes a setting over, for clocks that start from its first day, and from `recorded_at`, on.
    /// Only a local target, or what is guidance, can be made longer; a setting does not turn one basis into another.
    pub fn apply(&mut self, setting: &ClockSetting, recorded_at: DateTime<Utc>) -> Result<(), SettingError> {
        let unknown = || SettingError::Unknown(setting.clock.clone(), setting.variant.clone());
        let entry = default_entry(&setting.clock, &setting.variant).ok_or_else(unknown)?;
        self.settings.push(Setting::checked(setting, entry, recorded_at)?);
        Ok(())
    }

    /// Starts a clock; `None` if there is none of this name and variant. `clock_id` is unique among the clocks of
    /// the aggregate that run. An aggregate that knows its place sets `area`, so that a township's or a village's
    /// own is told when the clock is missed.
    pub fn start(
        &self,
        name: &str,
        variant: &str,
        clock_id: &str,
        started_at: DateTime<Utc>,
        calendar: &Calendar,
    ) -> Option<ClockStarted> {
        let entry = self.in_force(name, variant, started_at)?;
        let Moments { warn_at, due_at } = entry.moments(started_at, calendar);
        Some(ClockStarted {
            clock_id: clock_id.to_owned(),
            clock: entry.name,
            rule: entry.rule,
            article: entry.article,
            basis: entry.basis.into(),
            started_at: Some(timestamp(started_at)),
            warn_at: warn_at.map(timestamp),
            due_at: Some(timestamp(due_at)),
            escalates_to: entry.escalates_to,
            variant: entry.variant,
            area: String::new(),
        })
    }
}

pub(crate) fn default_entry(name: &str, variant: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.name == name && entry.variant == variant)
}

impl Entry {
    /// Warning and end of a clock that starts at an instant, under a calendar.
    pub fn moments(&self, started_at: DateTime<Utc>, calendar: &Calendar) -> Moments {
        let due_at = calendar.end_of(started_at, self.due, self.stage).at;
        let warn_at = self.warn.map(|warning| match warning {
            Warning::After(Period { amount, unit: Unit::Days }) => {
                end_of_day(day_of(started_at) + Days::new(amount.into()))
            }
            Warning::After(period) => calendar.end_of(started_at, period, self.stage).at,
            Warning::Before(period) => {
                due_at - period.elapsed().unwrap_or_else(|| TimeDelta::days(period.amount.into()))
            }
        });
        Moments { warn_at, due_at }
    }

    /// Whether it can run: a length that can be counted, and a warning that always comes before the end.
    pub(crate) fn check(&self) -> Result<(), SettingError> {
        const LONGEST: u32 = 100_000;
        if self.due.amount == 0 || self.due.amount > LONGEST {
            return Err(SettingError::Amount);
        }
        let Some(warning) = self.warn else { return Ok(()) };
        let (period, countable) = match warning {
            // an elapsed time of 0 warns at once
            Warning::After(period) => {
                (period, period.elapsed().is_some() || (period.amount > 0 && period.unit != Unit::Birthdays))
            }
            Warning::Before(period) => (period, period.elapsed().is_some() || period.unit == Unit::Days),
        };
        if !countable {
            return Err(SettingError::Unit);
        }
        if !period.always_before(self.due) {
            return Err(SettingError::WarningTooLate);
        }
        Ok(())
    }
}

fn basis<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Basis, D::Error> {
    word(deserializer, "BASIS_", Basis::from_str_name)
}

fn stage<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SchoolStage>, D::Error> {
    word(deserializer, "SCHOOL_STAGE_", SchoolStage::from_str_name).map(Some)
}

fn departments<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Department>, D::Error> {
    let words = Vec::<String>::deserialize(deserializer)?;
    words.iter().map(|text| of_word(text, "DEPARTMENT_", Department::from_str_name)).collect()
}

/// A value of a contract's enum, written as in `local-target` for `BASIS_LOCAL_TARGET`.
fn word<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    prefix: &str,
    parse: fn(&str) -> Option<T>,
) -> Result<T, D::Error> {
    of_word(&String::deserialize(deserializer)?, prefix, parse)
}

fn of_word<T, E: serde::de::Error>(text: &str, prefix: &str, parse: fn(&str) -> Option<T>) -> Result<T, E> {
    let name = format!("{prefix}{}", text.to_uppercase().replace('-', "_"));
    parse(&name).ok_or_else(|| E::custom(format!("{text:?} is none of {prefix}…")))
}
