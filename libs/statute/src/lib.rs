//! Statutory time, pure: the legal calendar, the clocks of the rules as data, and what an aggregate keeps of them.
//!
//! How periods count (BEY-1; Civil Code 200 to 204): the first day does not count; periods in hours start at once;
//! a period in days whose last day is a day off ends on the next working day, at 24:00; 以上 includes the number.
//! All days are days of Asia/Shanghai.
//!
//! Beside it, what a law asks of several services alike: [`conducted_well`].
//!
//! [`Calendar`] counts, [`Catalogue`] knows how long each clock runs, [`Clocks`] is what an aggregate remembers of
//! its own, and [`Reference`] holds all that decisions look up, folded from the log.

mod calendar;
mod catalogue;
mod clocks;
mod days;
mod division;
mod duty;
mod interview;
mod notice;
mod period;
mod reference;
mod setting;
mod terms;

#[cfg(test)]
mod tests;

pub use calendar::{Calendar, Certainty, Ending};
pub use catalogue::{Catalogue, Entry, Moments, Warning};
pub use clocks::{Clock, Clocks, Outcome};
pub use days::{
    add_months, age_on, at_least, day_of, end_of_day, in_shanghai, more_than, start_of_day, turns, under,
};
pub use division::{DISTRICT, lies_in};
pub use duty::{Duty, missing_facts};
pub use interview::conducted_well;
pub use notice::{HolidayNotice, NoticeDay, NoticeError};
pub use period::{Period, Unit};
pub use reference::{DivisionFacts, Reference, ReferenceIndex, UnitFacts};
pub use setting::SettingError;
pub use terms::SchoolTerm;
