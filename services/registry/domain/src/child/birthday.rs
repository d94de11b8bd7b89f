//! The sixteenth birthday by a durable timer, without the birth date in the log (DEF-2).
//!
//! A clock event with the birthday as its due moment would write the birth date down in clear for up to sixteen years,
//! where erasure cannot reach it. An alarm set in TIMERS alone would need keys for every file whenever TIMERS is lost.
//! So the clock `left-behind-ends` comes nearer step by step, and every step is an event from which the alarms can be
//! rebuilt without a key:
//!
//! ```text
//! registered ─► variant "year": due on 1 January   ─► variant "month": due on the 1st   ─► variant "day": due on the
//!               of the year in which the village      of the month in which it is told     birthday, warns 30 days
//!               is told                                                                    before; then status ends
//! ```
//! When a coarse step is due, the shell opens the birth date in memory and the next step starts. The log says the
//! birth year for long, the month for a year, and the day for at most two months before the end of the status says it
//! anyway. A birth date that is erased opens no more: the clock is void, and the status stays what it was.
//! Its variants are not those of the catalogue, so no holiday and no setting moves a birthday.

use super::ahead::Ahead;
use crate::rules::DEF_2;
use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use kinward_contracts::r#type::v1::{Basis, ClockStarted};
use kinward_contracts::{ClockEvent, timestamp};
use kinward_statute::{Clock, Clocks, day_of, start_of_day, turns};

/// Id and name of the clock.
const CLOCK: &str = "left-behind-ends";
const DAY: &str = "day";
/// The village is told so long before.
const WARNED: Days = Days::new(30);
/// Age at which the status ends.
const AGE: u32 = 16;

/// The clock's next step for somebody born on that day; `None`: sixteen already.
fn step(birth_date: NaiveDate, today: NaiveDate) -> Option<(&'static str, NaiveDate)> {
    let birthday = turns(birth_date, AGE);
    if birthday <= today {
        return None;
    }
    let told = birthday - WARNED;
    let month = told.with_day(1).unwrap_or(told);
    let year = month.with_month(1).unwrap_or(month);
    Some(match today {
        today if year > today => ("year", year),
        today if month > today => ("month", month),
        _ => (DAY, birthday),
    })
}

/// Starts the step that is due next.
pub(super) fn start(ahead: &mut Ahead<'_>, birth_date: NaiveDate) {
    let now = ahead.context.now;
    let Some((variant, due)) = step(birth_date, day_of(now)) else { return };
    let warned = (variant == DAY).then(|| start_of_day(due - WARNED));
    let started = ClockStarted {
        clock_id: CLOCK.to_owned(),
        clock: CLOCK.to_owned(),
        rule: DEF_2.id.to_owned(),
        article: DEF_2.article.to_owned(),
        basis: Basis::Policy.into(),
        started_at: Some(timestamp(now)),
        warn_at: warned.map(timestamp),
        due_at: Some(timestamp(start_of_day(due))),
        escalates_to: "village".to_owned(),
        variant: variant.to_owned(),
        area: ahead.state.village_code.clone(),
    };
    ahead.clocks([ClockEvent::Started(started)]);
}

fn running(clocks: &Clocks) -> Option<&Clock> {
    clocks.get(CLOCK).filter(|clock| clock.outcome.is_none())
}

/// When the birthday begins, if the log says it.
pub(super) fn known(clocks: &Clocks) -> Option<DateTime<Utc>> {
    running(clocks).filter(|clock| clock.variant == DAY).map(|clock| clock.due_at)
}

/// Whether a coarse step is due, which needs the birth date.
pub(super) fn step_is_due(clocks: &Clocks, now: DateTime<Utc>) -> bool {
    running(clocks).is_some_and(|clock| clock.variant != DAY && clock.due_at <= now)
}

/// Whether the birthday has come by the clock.
pub(super) fn has_come(clocks: &Clocks, now: DateTime<Utc>) -> bool {
    known(clocks).is_some_and(|at| at <= now)
}

/// The next step in place of one that is due; without a birth date there is none.
pub(super) fn go_on(ahead: &mut Ahead<'_>, birth_date: Option<NaiveDate>) {
    match birth_date {
        Some(birth_date) => {
            ahead.supersede(CLOCK, CLOCK);
            start(ahead, birth_date);
        }
        None => ahead.void(CLOCK, "birth-date-erased"),
    }
}

/// The birthday has come, by the clock or noticed earlier: the clock has done what it was for.
pub(super) fn end(ahead: &mut Ahead<'_>) {
    if let Some(due) = running(&ahead.state.clocks).map(|clock| clock.due_at) {
        ahead.done(CLOCK, due);
    }
}
