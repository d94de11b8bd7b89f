//! Adds to a change of facts what it amounts to, where that is another thing than before (DEF-1, DEF-2, FAM-2).

use super::ahead::Ahead;
use super::status::{gap, reason, status};
use super::{Age, birthday};
use chrono::NaiveDate;
use kinward_contracts::registry::v1::{
    ChildStatus, GuardianshipGapClosed, GuardianshipGapRaised, StatusChanged,
};
use kinward_eventsourcing::Fact;
use kinward_statute::day_of;

/// What follows from the facts for a child of this age; `since`: the day from which they hold.
pub(super) fn consequences(ahead: &mut Ahead<'_>, age: Age, since: NaiveDate) {
    let to = status(&ahead.state, age);
    let now = ahead.context.now;
    let (at, day) = if to == ChildStatus::TurnedSixteen {
        // the birthday is personal: where the log does not say it yet, the day on which it was noticed stands there
        let at = birthday::known(&ahead.state.clocks).filter(|at| *at <= now).unwrap_or(now);
        (at, day_of(at))
    } else {
        (ahead.facts.last().and_then(|fact| fact.occurred_at).unwrap_or(now), since)
    };
    let by_event_id = ahead.event_id(ahead.facts.len().saturating_sub(1));
    if ahead.state.status != i32::from(to) {
        let changed = StatusChanged {
            from_status: ahead.state.status,
            to_status: to.into(),
            reason: reason(ahead.before, &ahead.state, age).into(),
            on_date: day.to_string(),
            village_code: ahead.state.village_code.clone(),
        };
        ahead.push(Fact::at(at, changed));
    }
    let kind = gap(&ahead.state, age);
    if ahead.state.gap.as_ref().map(|gap| gap.kind) == kind.map(i32::from) {
        return;
    }
    if let Some(open) = ahead.state.gap.clone() {
        ahead.push(Fact::at(at, GuardianshipGapClosed { gap_id: open.gap_id, by_event_id }));
    }
    if let Some(kind) = kind {
        let raised = GuardianshipGapRaised {
            gap_id: format!("gap-{}", ahead.state.gaps + 1),
            kind: kind.into(),
            since_on: day.to_string(),
            village_code: ahead.state.village_code.clone(),
            under_eight: age == Age::UnderEight,
        };
        ahead.push(Fact::at(at, raised));
    }
}
