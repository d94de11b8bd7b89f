//! Periods: how long something runs, and in what it is counted.

use crate::SettingError;
use chrono::Duration;
use kinward_contracts::registry::v1::{self as registry, PeriodUnit};
use serde::{Deserialize, Serialize};

/// What a period is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// 秒
    Seconds,
    /// 分钟
    Minutes,
    /// 小时
    Hours,
    /// 日
    Days,
    /// 工作日
    WorkingDays,
    /// 上学日
    SchoolDays,
    /// 周岁生日 Birthdays of the person on whose birth the clock started.
    Birthdays,
}

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// How many.
    pub amount: u32,
    /// Of what.
    pub unit: Unit,
}

impl Period {
    /// Its length, where that is the same on every calendar: seconds, minutes, hours.
    pub fn elapsed(self) -> Option<Duration> {
        let amount = i64::from(self.amount);
        match self.unit {
            Unit::Seconds => Some(Duration::seconds(amount)),
            Unit::Minutes => Some(Duration::minutes(amount)),
            Unit::Hours => Some(Duration::hours(amount)),
            Unit::Days | Unit::WorkingDays | Unit::SchoolDays | Unit::Birthdays => None,
        }
    }

    /// Whether it ends no later than `other`, from whatever moment and under whatever calendar both are counted.
    /// A birthday compares with birthdays only.
    pub fn always_within(self, other: Self) -> bool {
        match (self.unit, other.unit) {
            (own, limit) if own == limit => self.amount <= other.amount,
            (Unit::Birthdays, _) | (_, Unit::Birthdays) => false,
            // n days end with or before n working days, and those with or before n school days
            (Unit::Days, Unit::WorkingDays | Unit::SchoolDays) => self.amount <= other.amount,
            (Unit::WorkingDays, Unit::SchoolDays) => self.amount <= other.amount,
            _ => match (self.elapsed(), other.elapsed()) {
                (Some(own), Some(limit)) => own <= limit,
                (Some(own), None) => own <= Duration::days(other.amount.into()),
                (None, _) => false,
            },
        }
    }

    /// Whether it always ends before `other` does, as a warning must.
    pub fn always_before(self, other: Self) -> bool {
        match (self.elapsed(), other.elapsed()) {
            (Some(own), Some(limit)) => own < limit,
            // days end at 24:00, so n of them last longer than n times 24 hours
            (Some(own), None) => own <= Duration::days(other.amount.into()),
            (None, _) if (self.unit, other.unit) == (Unit::Days, Unit::Birthdays) => {
                self.amount < other.amount.saturating_mul(365)
            }
            (None, _) => Self { amount: self.amount.saturating_add(1), ..self }.always_within(other),
        }
    }
}

impl TryFrom<&registry::Period> for Period {
    type Error = SettingError;

    fn try_from(setting: &registry::Period) -> Result<Self, SettingError> {
        let unit = match setting.unit() {
            PeriodUnit::Seconds => Unit::Seconds,
            PeriodUnit::Minutes => Unit::Minutes,
            PeriodUnit::Hours => Unit::Hours,
            PeriodUnit::Days => Unit::Days,
            PeriodUnit::WorkingDays => Unit::WorkingDays,
            PeriodUnit::SchoolDays => Unit::SchoolDays,
            PeriodUnit::Unspecified | PeriodUnit::Months | PeriodUnit::Years => {
                return Err(SettingError::Unit);
            }
        };
        Ok(Self { amount: setting.amount, unit })
    }
}
