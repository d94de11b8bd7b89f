//! Adds to a change of facts what it amounts to, where that is another thing than before (DEF-1, DEF-2, FAM-2).

use super::status::{gap, reason, status};
use super::{Age, Child, State};
use chrono::NaiveDate;
use kinward_contracts::registry::v1::{
    ChildEvent, ChildStatus, GapKind, GuardianshipGapClosed, GuardianshipGapRaised, StatusChanged,
};
use kinward_eventsourcing::{Context, Fact, Folded, Occurrence};
use kinward_statute::{Reference, day_of};

type Facts = Vec<Fact<ChildEvent>>;
type Now<'a> = Context<'a, Reference>;

/// The facts, and what follows from them for a child of this age; `since`: the day from which they hold.
pub(super) fn with_consequences(
    before: &State,
    mut facts: Facts,
    age: Age,
    since: NaiveDate,
    context: &Now<'_>,
) -> Facts {
    let after = ahead(before, &facts, context);
    let to = status(&after, age);
    let (at, day) = if to == ChildStatus::TurnedSixteen {
        // the birthday itself is personal: the day on which it was noticed stands in the log
        (context.now, day_of(context.now))
    } else {
        (facts.last().and_then(|fact| fact.occurred_at).unwrap_or(context.now), since)
    };
    let by_event_id = event_id(context, facts.len().saturating_sub(1));
    let village_code = || after.village_code.clone();
    if after.status != i32::from(to) {
        let changed = StatusChanged {
            from: after.status,
            to: to.into(),
            reason: reason(before, &after, age).into(),
            on_date: day.to_string(),
            village_code: village_code(),
        };
        facts.push(Fact::at(at, changed));
    }
    let kind = gap(&after, age);
    if after.gap.as_ref().map(|gap| gap.kind) == kind.map(i32::from) {
        return facts;
    }
    if let Some(open) = &after.gap {
        facts.push(Fact::at(at, GuardianshipGapClosed { gap_id: open.gap_id.clone(), by_event_id }));
    }
    facts.extend(kind.map(|kind: GapKind| {
        let raised = GuardianshipGapRaised {
            gap_id: format!("gap-{}", after.gaps + 1),
            kind: kind.into(),
            since_on: day.to_string(),
            village_code: village_code(),
            under_eight: age == Age::UnderEight,
        };
        Fact::at(at, raised)
    }));
    facts
}

/// The file as it will be: folded by the same code that folds the log.
fn ahead(before: &State, facts: &[Fact<ChildEvent>], context: &Now<'_>) -> State {
    let mut after = before.clone();
    for (index, fact) in facts.iter().enumerate() {
        let occurrence = Occurrence {
            event_id: &event_id(context, index),
            occurred_at: fact.occurred_at.unwrap_or(context.now),
            recorded_at: context.now,
            actor: context.actor,
        };
        after.fold(&fact.event, &occurrence);
    }
    after
}

/// Id that the `index`-th event of this command will have.
fn event_id(context: &Now<'_>, index: usize) -> String {
    Folded::<Child>::subject(context.id)
        .map(|subject| context.command_id.event_id(&subject, index))
        .unwrap_or_default()
}
