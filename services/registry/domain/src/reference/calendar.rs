//! A year's calendar: the State Council's holiday notice (BEY-1). Another notice for the same year takes its place.

use super::{InForce, day, keyed};
use crate::rules::BEY_1;
use chrono::Datelike as _;
use kinward_contracts::registry::v1::{CalendarEvent, HolidayNoticePublished, calendar_event::Event};
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Rejection};
use kinward_statute::Reference;
use std::collections::BTreeSet;

/// The decider; keyed by the year.
#[derive(Clone, Copy, Debug)]
pub struct CalendarYear;

impl Decider for CalendarYear {
    type Command = HolidayNoticePublished;
    type State = InForce;
    type Event = CalendarEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 2;

    fn decide(
        state: &InForce,
        notice: &HolidayNoticePublished,
        context: &Context<'_, Reference>,
    ) -> Result<Vec<Fact<CalendarEvent>>, Rejection> {
        keyed(&notice.year.to_string(), context.id, "year", BEY_1)?;
        let mut days = BTreeSet::new();
        for (index, given) in notice.days.iter().enumerate() {
            let field = format!("days[{index}].date");
            let date = day(&given.date, &field)?;
            let december_before = date.month() == 12 && date.year() + 1 == notice.year;
            if date.year() != notice.year && !december_before {
                return Err(Rejection::invalid(
                    &field,
                    BEY_1,
                    "不在该年度通知的范围内",
                    "lies neither in the year of the notice nor in the December before",
                ));
            }
            if !days.insert(date) {
                return Err(Rejection::invalid(&field, BEY_1, "日期重复", "the day is there twice"));
            }
        }
        Ok(state.unless_same(notice))
    }

    fn evolve(state: &mut InForce, event: &CalendarEvent, _: &Occurrence<'_>) {
        if let Some(Event::HolidayNoticePublished(notice)) = &event.event {
            state.take(notice);
        }
    }
}
