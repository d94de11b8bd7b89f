//! Days in requests.

use super::ahead::Now;
use crate::rules::BEY_1;
use chrono::NaiveDate;
use kinward_eventsourcing::Rejection;
use kinward_statute::day_of;

/// A day that exists.
pub(super) fn day(field: &str, text: &str) -> Result<NaiveDate, Rejection> {
    text.parse().map_err(|_| Rejection::invalid(field, BEY_1, "没有这一天", "there is no such day"))
}

/// A day that has come.
pub(super) fn past_day(field: &str, text: &str, context: &Now<'_>) -> Result<NaiveDate, Rejection> {
    let day = day(field, text)?;
    if day > day_of(context.now) {
        return Err(Rejection::time(field, BEY_1, "日期不能晚于今天", "the day lies in the future"));
    }
    Ok(day)
}
