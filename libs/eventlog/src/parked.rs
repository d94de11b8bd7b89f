//! What a process cannot do yet: an event it cannot read, or an aggregate that does not fold. It waits, and behind it
//! what must keep its order; everything else goes on. It stands in the process's checkpoint and is tried again.

use kinward_eventsourcing::{Position, Recorded};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Commits that may wait, with all that waits behind them. A process that would have to leave more behind stays where it
/// is: a checkpoint is one message.
const MOST: usize = 1_000;
/// Letters of a reason that are kept.
const WHY: usize = 200;

/// The commits that wait, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Parked(Vec<Waiting>);

/// The rest of a commit, from one of its events on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) position: Position,
    /// The first of its events that is not done.
    pub(crate) index: usize,
    subject: String,
    /// The aggregates, by id, that are to be commanded still: others must not overtake there.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    targets: BTreeSet<String>,
    /// Those of the first event that were commanded, or refused by the rules: what was decided is not decided again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) done: BTreeSet<String>,
    /// Empty: it waits for its turn behind another.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    why: String,
}

/// What of an event waits, and why.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rest {
    /// The aggregates to be commanded still; none are known of what cannot be read.
    pub(crate) targets: BTreeSet<String>,
    /// Those that were.
    pub(crate) done: BTreeSet<String>,
    /// Empty: it waits for its turn behind another.
    pub(crate) why: String,
}

impl Rest {
    /// Nothing is known of it but that it cannot be read.
    pub(crate) fn unreadable(why: String) -> Self {
        Self { why, ..Self::default() }
    }
}

impl Parked {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether it is more than a process may leave behind.
    pub(crate) fn too_many(&self) -> bool {
        self.0.len() > MOST
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Waiting> {
        self.0.iter()
    }

    /// Whether an event with reactions on these aggregates must wait for its turn: an earlier one of its own aggregate
    /// waits, or one that commands any of these.
    pub(crate) fn is_before(&self, subject: &str, targets: &BTreeSet<String>) -> bool {
        self.0.iter().any(|waiting| waiting.subject == subject || !waiting.targets.is_disjoint(targets))
    }

    pub(crate) fn park(&mut self, event: &Recorded, rest: Rest) {
        self.park_at(event.position, event.index, event.subject.as_str(), rest);
    }

    /// From an event of a commit on: those behind it in the commit wait with it.
    pub(crate) fn park_at(&mut self, position: Position, index: usize, subject: &str, rest: Rest) {
        let at = self.0.partition_point(|waiting| waiting.position < position);
        let Rest { targets, done, why } = rest;
        if let Some(known) = self.0.get_mut(at).filter(|waiting| waiting.position == position) {
            known.targets.extend(targets);
            if index < known.index {
                (known.index, known.done) = (index, done);
            }
            return;
        }
        let (subject, why) = (subject.to_owned(), why.chars().take(WHY).collect());
        self.0.insert(at, Waiting { position, index, subject, targets, done, why });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(targets: &[&str], why: &str) -> Rest {
        Rest { targets: set(targets), why: why.to_owned(), ..Rest::default() }
    }

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_waits_holds_back_its_aggregate_and_those_it_is_to_command_and_nobody_else() {
        let mut parked = Parked::default();
        parked.park_at(Position(7), 1, "kw.a.b.1", rest(&["t", "v"], "broken"));
        parked.park_at(Position(3), 0, "kw.a.b.2", Rest::unreadable("x".repeat(500)));
        assert!(parked.is_before("kw.a.b.1", &set(&[])));
        assert!(
            parked.is_before("kw.a.b.3", &set(&["u", "t"])) && parked.is_before("kw.a.b.3", &set(&["v"]))
        );
        assert!(!parked.is_before("kw.a.b.3", &set(&["u"])));
        // what waits behind another holds back its own targets too
        parked.park_at(Position(8), 0, "kw.a.b.1", rest(&["w"], ""));
        assert!(parked.is_before("kw.a.b.3", &set(&["w"])));
        let order: Vec<u64> = parked.iter().map(|waiting| waiting.position.0).collect();
        assert_eq!(order, [3, 7, 8]);
        assert_eq!(parked.0[0].why.len(), WHY);
    }

    #[test]
    fn a_commit_waits_once_from_its_first_event_that_is_not_done_with_the_targets_of_all() {
        let mut parked = Parked::default();
        parked.park_at(Position(7), 2, "kw.a.b.1", Rest { done: set(&["c"]), ..rest(&["a"], "") });
        parked.park_at(Position(7), 1, "kw.a.b.1", Rest { done: set(&["d"]), ..rest(&["b"], "") });
        parked.park_at(Position(7), 3, "kw.a.b.1", rest(&["e"], ""));
        let [waiting] = parked.0.as_slice() else { panic!("{parked:?}") };
        assert_eq!((waiting.index, &waiting.done), (1, &set(&["d"])));
        assert_eq!(waiting.targets, set(&["a", "b", "e"]));
    }
}
