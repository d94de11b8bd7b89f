//! What people ask the log for by a short name: the one list of names, aggregates, and what folds to a state.

use anyhow::Context as _;
use futures::future::{BoxFuture, FutureExt as _};
use kinward_contracts::EventMessage;
use kinward_contracts::assessment::v1::AssessmentEvent;
use kinward_contracts::dispatch::v1::IncidentEvent;
use kinward_contracts::notification::v1::NoticeEvent;
use kinward_contracts::reporting::v1::ReportEvent;
use kinward_custody_domain::case::Case;
use kinward_eventlog::Log;
use kinward_eventsourcing::{Decider, Position};
use kinward_registry_domain::child::Child;
use serde_json::Value;

/// Folds the events of an id up to a position, for people to see.
pub(crate) type Fold = for<'a> fn(&'a Log, &'a str, Position) -> BoxFuture<'a, anyhow::Result<Value>>;

/// A kind of thing.
pub(crate) struct Kind {
    name: &'static str,
    aggregate: &'static str,
    state: Option<Fold>,
}

const KINDS: [Kind; 6] = [
    Kind::with_state::<Child>("child"),
    Kind::of::<ReportEvent>("report"),
    Kind::of::<IncidentEvent>("incident"),
    Kind::of::<AssessmentEvent>("assessment"),
    Kind::with_state::<Case>("case"),
    Kind::of::<NoticeEvent>("notice"),
];

impl Kind {
    const fn of<E: EventMessage>(name: &'static str) -> Self {
        Self { name, aggregate: E::AGGREGATE, state: None }
    }

    const fn with_state<D: Decider>(name: &'static str) -> Self {
        let fold: Fold = |log, id, until| crate::analysts::folded::<D>(log, id, until).boxed();
        Self { name, aggregate: <D::Event as EventMessage>::AGGREGATE, state: Some(fold) }
    }
}

/// Names of the kinds.
pub fn names() -> String {
    list(|_| true)
}

/// Names of the kinds that `kinward state` shows.
pub fn names_with_state() -> String {
    list(|kind| kind.state.is_some())
}

fn list(wanted: fn(&Kind) -> bool) -> String {
    KINDS.iter().filter(|kind| wanted(kind)).map(|kind| kind.name).collect::<Vec<_>>().join(", ")
}

/// The aggregate of a short name, or of a name as subjects have it: `custody.order`.
pub(crate) fn aggregate(name: &str) -> anyhow::Result<&str> {
    let known = KINDS.iter().find(|kind| kind.name == name).map(|kind| kind.aggregate);
    known.or_else(|| name.contains('.').then_some(name)).with_context(|| {
        let names = names();
        format!(
            "没有此类对象 {name:?}：可用 {names}，或 custody.order 等  there is no kind {name:?}: give {names}, or an aggregate such as custody.order"
        )
    })
}

/// What folds a kind to its state.
pub(crate) fn fold(name: &str) -> anyhow::Result<Fold> {
    let known = KINDS.iter().find(|kind| kind.name == name).and_then(|kind| kind.state);
    known.with_context(|| {
        let names = names_with_state();
        format!("没有 {name:?} 的状态：可用 {names}  no state is shown of {name:?}: give one of {names}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_and_an_aggregate_are_known_and_anything_else_is_told_what_is() {
        assert_eq!(aggregate("child").unwrap(), "registry.child");
        assert_eq!(aggregate("custody.order").unwrap(), "custody.order");
        let refused = aggregate("order").unwrap_err().to_string();
        assert!(refused.contains("child, report, incident, assessment, case, notice"), "{refused}");
        assert!(fold("case").is_ok());
        let refused = fold("notice").err().map(|error| error.to_string()).unwrap_or_default();
        assert!(refused.contains("give one of child, case"), "{refused}");
    }
}
