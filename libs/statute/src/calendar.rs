//! The legal calendar, built from published notices and terms. What is not published yet counts by the week alone,
//! provisionally: clocks that rest on it are recomputed when the notice comes (BEY-1).

use crate::terms::{SchoolTerms, Term};
use crate::{Period, SchoolTerm, Unit, day_of, end_of_day, start_of_day, turns};
use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, Utc, Weekday};
use kinward_contracts::registry::v1::SchoolStage;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is known of days off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// By year of the notice: day, and whether it is off. A notice may reach into the December before.
    notices: BTreeMap<i32, BTreeMap<NaiveDate, bool>>,
    terms: SchoolTerms,
}

/// Whether a notice that is still to come can change an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// It rests on published days, or on none.
    Certain,
    /// A notice or a term on which it rests is not published yet.
    Provisional,
}

/// When a period ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The moment. A period in days ends at 24:00 of its last day.
    pub at: DateTime<Utc>,
    /// Whether that can still change.
    pub certainty: Certainty,
}

impl Calendar {
    /// Adds a notice: each day, and whether it is off. It takes the place of an earlier one of the same year.
    pub fn publish(&mut self, year: i32, days: impl IntoIterator<Item = (NaiveDate, bool)>) {
        self.notices.insert(year, days.into_iter().collect());
    }

    /// Adds a school term; it takes the place of the same term published earlier.
    pub fn publish_term(&mut self, term: SchoolTerm) {
        self.terms.publish(term);
    }

    /// Whether the day is worked.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        // the later notice knows better of a day that two of them name
        let noticed = self.notices.values().rev().find_map(|days| days.get(&day));
        noticed.map_or_else(|| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun), |off| !off)
    }

    /// Whether schools of a stage teach (`None`: of any stage): a working day in a term, or a working day of which
    /// no term is known.
    pub fn is_school_day(&self, day: NaiveDate, stage: Option<SchoolStage>) -> bool {
        self.is_working_day(day) && self.terms.of(day, stage) != Term::Between
    }

    /// Whether it is certain that the day is worked, or not: its notice is published, and for a day in December also
    /// that of the next year, which may reach back to it.
    pub fn working_certainty(&self, day: NaiveDate) -> Certainty {
        let known = |year| self.notices.contains_key(&year);
        if known(day.year()) && (day.month() < 12 || known(day.year() + 1)) {
            Certainty::Certain
        } else {
            Certainty::Provisional
        }
    }

    fn school_certainty(&self, day: NaiveDate, stage: Option<SchoolStage>) -> Certainty {
        match self.terms.of(day, stage) {
            Term::In => self.working_certainty(day),
            Term::Between if stage.is_some() => Certainty::Certain,
            // the terms of another stage may still be published
            Term::Between | Term::Unknown => Certainty::Provisional,
        }
    }

    /// When a period that starts at an instant ends. `stage` is whose school days count, if those are counted.
    ///
    /// Hours, minutes and seconds run at once, day and night. The first day does not count for days of any kind
    /// (Civil Code 201); a period in days whose last day is off ends on the next working day (203).
    pub fn end_of(&self, from: DateTime<Utc>, period: Period, stage: Option<SchoolStage>) -> Ending {
        let (first, amount) = (day_of(from), period.amount);
        let working = |day| (self.is_working_day(day), self.working_certainty(day));
        match period.unit {
            Unit::Seconds => Ending::certain(from + TimeDelta::seconds(amount.into())),
            Unit::Minutes => Ending::certain(from + TimeDelta::minutes(amount.into())),
            Unit::Hours => Ending::certain(from + TimeDelta::hours(amount.into())),
            Unit::Days => count(first + Days::new(amount.into()), 1, working),
            Unit::WorkingDays => count(first + Days::new(1), amount, working),
            Unit::SchoolDays => count(first + Days::new(1), amount, |day| {
                (self.is_school_day(day, stage), self.school_certainty(day, stage))
            }),
            Unit::Birthdays => Ending::certain(start_of_day(turns(first, amount))),
        }
    }
}

impl Ending {
    fn certain(at: DateTime<Utc>) -> Self {
        Self { at, certainty: Certainty::Certain }
    }
}

/// 24:00 of the `amount`-th day from `first` on that counts; provisional if one of the days passed is.
fn count(first: NaiveDate, amount: u32, counts: impl Fn(NaiveDate) -> (bool, Certainty)) -> Ending {
    let (mut last, mut left, mut certainty) = (first, amount, Certainty::Certain);
    for day in first.iter_days() {
        let (counted, known) = counts(day);
        last = day;
        certainty = certainty.max(known);
        left = left.saturating_sub(counted.into());
        if left == 0 {
            break;
        }
    }
    Ending { at: end_of_day(last), certainty }
}
