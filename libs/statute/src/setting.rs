//! What a deployment sets instead of a clock's default, from a moment on.

use crate::{Entry, Period, Warning, start_of_day};
use chrono::{DateTime, NaiveDate, Utc};
use kinward_contracts::registry::v1::{ClockSetting, clock_setting};
use kinward_contracts::r#type::v1::Basis;
use serde::{Deserialize, Serialize};

/// A setting in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Setting {
    clock: String,
    variant: String,
    due: Period,
    warn: Option<Warning>,
    article: String,
    escalates_to: String,
    /// Clocks that start from this moment on run under it.
    pub(crate) from: DateTime<Utc>,
}

/// A setting that is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// No clock of this name and variant.
    #[error("there is no clock {0:?} with variant {1:?}")]
    Unknown(String, String),
    /// No length, or one beyond all reason.
    #[error("a clock runs for 1 to 100000 units")]
    Amount,
    /// Not a unit in which this can be counted.
    #[error(
        "a clock is not counted in this unit; a warning before the end is counted in days or shorter units"
    )]
    Unit,
    /// The warning would not always come before the end.
    #[error("the warning must come before the clock runs out, under every calendar")]
    WarningTooLate,
    /// Law or policy sets the duration.
    #[error("{0} is set by law or policy and can only be made shorter, in a unit that compares")]
    Longer(String),
    /// It claims another basis than the clock has.
    #[error("the basis of {0} cannot be changed by a setting")]
    OtherBasis(String),
    /// Its first day is none.
    #[error("valid_from is no day")]
    NoDay,
}

impl SettingError {
    /// What is wrong, Chinese.
    pub fn zh(&self) -> &'static str {
        match self {
            Self::Unknown(..) => "没有此时限",
            Self::Amount => "时限长度须为1至100000",
            Self::Unit => "时限不能按此单位计算",
            Self::WarningTooLate => "预警须早于到期",
            Self::Longer(_) => "法律或政策规定的时限只能缩短，不得延长",
            Self::OtherBasis(_) => "不得改变时限的依据性质",
            Self::NoDay => "没有这一天",
        }
    }
}

impl Setting {
    /// A setting of `entry`, if the rules allow it. The past is not set anew: it holds from `recorded_at` at the earliest.
    pub(crate) fn checked(
        setting: &ClockSetting,
        entry: &Entry,
        recorded_at: DateTime<Utc>,
    ) -> Result<Self, SettingError> {
        let due = Period::try_from(setting.due_after.as_ref().ok_or(SettingError::Amount)?)?;
        let warn = match &setting.warning {
            Some(clock_setting::Warning::WarnAfter(period)) => Some(Warning::After(period.try_into()?)),
            Some(clock_setting::Warning::WarnBefore(period)) => Some(Warning::Before(period.try_into()?)),
            None => None,
        };
        let first: NaiveDate = setting.valid_from.parse().map_err(|_| SettingError::NoDay)?;
        if setting.basis() != entry.basis {
            return Err(SettingError::OtherBasis(entry.name.clone()));
        }
        let configuration = [Basis::LocalTarget, Basis::JudicialGuidance].contains(&entry.basis);
        if !configuration && !due.always_within(entry.due) {
            return Err(SettingError::Longer(entry.name.clone()));
        }
        let checked = Self {
            clock: entry.name.clone(),
            variant: entry.variant.clone(),
            due,
            warn,
            article: setting.article.clone(),
            escalates_to: setting.escalates_to.clone(),
            from: start_of_day(first).max(recorded_at),
        };
        checked.over(entry).check()?;
        Ok(checked)
    }

    pub(crate) fn is_of(&self, entry: &Entry) -> bool {
        self.clock == entry.name && self.variant == entry.variant
    }

    /// The clock as set.
    pub(crate) fn over(&self, entry: &Entry) -> Entry {
        let or = |set: &String, default: &String| if set.is_empty() { default.clone() } else { set.clone() };
        Entry {
            due: self.due,
            warn: self.warn,
            article: or(&self.article, &entry.article),
            escalates_to: or(&self.escalates_to, &entry.escalates_to),
            ..entry.clone()
        }
    }
}
