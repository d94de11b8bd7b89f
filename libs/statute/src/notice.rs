//! The State Council's holiday notices, in the form in which they are published as data.

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A holiday notice (节假日安排).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolidayNotice {
    /// Its year. Days of the December before may belong to it.
    pub year: i32,
    /// Addresses of the papers.
    pub papers: Vec<String>,
    /// Every day it makes different from the week, and every holiday that falls on a weekend.
    pub days: Vec<NoticeDay>,
}

/// One day of a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NoticeDay {
    /// Holiday it belongs to.
    pub name: String,
    /// The day.
    pub date: NaiveDate,
    /// 放假 Off; otherwise 调休上班, a weekend day that is worked.
    pub is_off_day: bool,
}

/// A text that is no notice.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// Not of this form.
    #[error("not a holiday notice: {0}")]
    Form(#[from] serde_json::Error),
    /// A day lies neither in the notice's year nor in the December before.
    #[error("{0} is no day of the notice for {1}")]
    OtherYear(NaiveDate, i32),
    /// A day is there twice.
    #[error("{0} is there twice")]
    Twice(NaiveDate),
}

impl HolidayNotice {
    /// Reads the published JSON.
    pub fn parse_json(text: &str) -> Result<Self, NoticeError> {
        let notice: Self = serde_json::from_str(text)?;
        let mut seen = BTreeSet::new();
        for NoticeDay { date, .. } in &notice.days {
            let december_before = date.month() == 12 && date.year() + 1 == notice.year;
            if date.year() != notice.year && !december_before {
                return Err(NoticeError::OtherYear(*date, notice.year));
            }
            if !seen.insert(*date) {
                return Err(NoticeError::Twice(*date));
            }
        }
        Ok(notice)
    }
}
