//! The assessments of one child, in the order in which they were opened (ASM-4). Only an aggregate of its own knows,
//! durably and without asking an index, that a later one was opened: it lets the earlier one's reassessment rest.

use chrono::{DateTime, Utc};
use kinward_contracts::assessment::v1::{AssessmentListed, HistoryEvent, history_event::Event};
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Rejection};
use kinward_statute::Reference;
use serde::{Deserialize, Serialize};

/// The decider.
#[derive(Clone, Copy, Debug)]
pub struct History;

/// An assessment was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// The assessment.
    pub assessment_id: String,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
}

/// The assessments, the earliest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State(pub Vec<(DateTime<Utc>, String)>);

impl State {
    /// Where one opened at a moment belongs: after those of the same moment.
    fn place(&self, opened_at: DateTime<Utc>) -> usize {
        self.0.partition_point(|(at, _)| *at <= opened_at)
    }
}

impl Decider for History {
    type Command = List;
    type State = State;
    type Event = HistoryEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 1;

    fn decide(
        state: &State,
        List { assessment_id, opened_at }: &List,
        _: &Context<'_, Reference>,
    ) -> Result<Vec<Fact<HistoryEvent>>, Rejection> {
        if state.0.iter().any(|(_, listed)| listed == assessment_id) {
            return Ok(Vec::new());
        }
        let place = state.place(*opened_at);
        let at = |index: Option<usize>| index.and_then(|index| state.0.get(index)).map(|(_, id)| id.clone());
        let listed = AssessmentListed {
            assessment_id: assessment_id.clone(),
            earlier_assessment_id: at(place.checked_sub(1)),
            later_assessment_id: at(Some(place)),
        };
        Ok(vec![Fact::at(*opened_at, listed)])
    }

    fn evolve(state: &mut State, event: &HistoryEvent, at: &Occurrence<'_>) {
        if let Some(Event::AssessmentListed(listed)) = &event.event {
            let place = state.place(at.occurred_at);
            state.0.insert(place, (at.occurred_at, listed.assessment_id.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;
    use kinward_eventsourcing::kit::Scenario;

    fn at(hours: i64) -> DateTime<Utc> {
        "2026-03-10T04:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::hours(hours)
    }

    fn list(id: &str, hours: i64) -> List {
        List { assessment_id: id.to_owned(), opened_at: at(hours) }
    }

    fn listed(id: &str, earlier: Option<&str>, later: Option<&str>) -> HistoryEvent {
        HistoryEvent::from(AssessmentListed {
            assessment_id: id.to_owned(),
            earlier_assessment_id: earlier.map(str::to_owned),
            later_assessment_id: later.map(str::to_owned),
        })
    }

    #[test]
    fn asm_4_assessments_of_a_child_are_listed_once_in_the_order_of_their_opening() {
        let reference = Reference::default();
        Scenario::<History>::new("child", at(100), &reference)
            .when(list("one", 1))
            .then([listed("one", None, None)])
            .when(list("three", 3))
            .then([listed("three", Some("one"), None)])
            .when(list("two", 2))
            .then([listed("two", Some("one"), Some("three"))])
            .when(list("four", 3))
            .then([listed("four", Some("three"), None)])
            .when(list("one", 1))
            .then([]);
    }
}
