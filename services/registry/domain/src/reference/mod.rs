//! Reference data as aggregates: what is published, adopted or registered becomes a fact with a position.
//! Each is keyed by its own code; the same facts again are no event.

mod calendar;
mod clock_setting;
mod division;
mod in_force;
mod term;
#[cfg(test)]
mod tests;
mod unit;

pub use calendar::CalendarYear;
pub use clock_setting::ClockSettingOf;
pub use division::{Command as DivisionCommand, Division};
pub use term::Term;
pub use unit::Unit;

use crate::rules::BEY_1;
use chrono::NaiveDate;
use in_force::InForce;
use kinward_eventsourcing::{Rejection, Rule};

/// A day of a request, YYYY-MM-DD.
fn day(text: &str, field: &str) -> Result<NaiveDate, Rejection> {
    text.parse().map_err(|_| Rejection::invalid(field, BEY_1, "没有这一天", "there is no such day"))
}

/// What is written to an aggregate is about what it is named after.
fn keyed(key: &str, id: &str, field: &str, rule: Rule) -> Result<(), Rejection> {
    if key == id {
        return Ok(());
    }
    Err(Rejection::invalid(field, rule, "与编号不符", "is not the one that this is kept under"))
}
