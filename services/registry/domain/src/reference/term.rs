//! A school term, set by the education bureau (BEY-1).

use super::{InForce, day};
use crate::rules::BEY_1;
use chrono::Datelike as _;
use kinward_contracts::registry::v1::{SchoolTermPublished, TermEvent, term_event::Event};
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Rejection};
use kinward_statute::Reference;

/// The decider; keyed by area, stage, school year and term.
#[derive(Clone, Copy, Debug)]
pub struct Term;

impl Decider for Term {
    type Command = SchoolTermPublished;
    type State = InForce;
    type Event = TermEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 2;

    fn decide(
        state: &InForce,
        term: &SchoolTermPublished,
        _: &Context<'_, Reference>,
    ) -> Result<Vec<Fact<TermEvent>>, Rejection> {
        let (first, last) = (day(&term.starts_on, "starts_on")?, day(&term.ends_on, "ends_on")?);
        if last < first {
            return Err(Rejection::invalid(
                "ends_on",
                BEY_1,
                "学期结束日不得早于开始日",
                "the last day comes before the first",
            ));
        }
        let of_school_year = |year: i32| year == term.school_year || year == term.school_year + 1;
        if !of_school_year(first.year()) || !of_school_year(last.year()) {
            return Err(Rejection::invalid(
                "school_year",
                BEY_1,
                "学期日期与学年不符",
                "the days lie outside of the school year",
            ));
        }
        Ok(state.unless_same(term))
    }

    fn evolve(state: &mut InForce, event: &TermEvent, _: &Occurrence<'_>) {
        if let Some(Event::SchoolTermPublished(term)) = &event.event {
            state.take(term);
        }
    }
}
