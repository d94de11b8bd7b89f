//! What a process cannot do yet: an event it cannot read, or an aggregate that does not fold. It waits, and behind it
//! what must keep its order; everything else goes on. It stands in the process's checkpoint and is tried again.

use kinward_eventsourcing::{Position, Recorded};
use serde::{Deserialize, Serialize};

/// Commits that may wait. A process that would have to leave more behind stays where it is: then it is no longer some
/// aggregate that is broken, and a checkpoint is one message.
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
    /// The aggregate that could not be commanded, by id: others must not overtake there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    /// Empty: it waits for its turn behind another.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    why: String,
}

/// What makes an event wait.
#[derive(Clone, Debug)]
pub(crate) enum Cause {
    /// It cannot be read.
    Unreadable(String),
    /// This aggregate cannot be commanded.
    Target(String, String),
    /// An earlier event of its aggregate waits.
    Behind,
    /// An earlier reaction on this aggregate waits.
    BehindOn(String),
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

    /// Why an event with reactions on these aggregates must wait for its turn, if it must.
    pub(crate) fn before(&self, subject: &str, targets: &[&str]) -> Option<Cause> {
        if self.0.iter().any(|waiting| waiting.subject == subject) {
            return Some(Cause::Behind);
        }
        let mut held = self.0.iter().filter_map(|waiting| waiting.target.as_deref());
        held.find(|target| targets.contains(target)).map(|target| Cause::BehindOn(target.to_owned()))
    }

    pub(crate) fn park(&mut self, event: &Recorded, cause: Cause) {
        self.park_at(event.position, event.index, event.subject.as_str(), cause);
    }

    /// From an event of a commit on: those behind it in the commit wait with it.
    pub(crate) fn park_at(&mut self, position: Position, index: usize, subject: &str, cause: Cause) {
        let at = self.0.partition_point(|waiting| waiting.position < position);
        if let Some(known) = self.0.get_mut(at).filter(|waiting| waiting.position == position) {
            known.index = known.index.min(index);
            return;
        }
        let (target, why) = match cause {
            Cause::Unreadable(why) => (None, why),
            Cause::Target(target, why) => (Some(target), why),
            Cause::Behind => (None, String::new()),
            Cause::BehindOn(target) => (Some(target), String::new()),
        };
        let (subject, why) = (subject.to_owned(), why.chars().take(WHY).collect());
        self.0.insert(at, Waiting { position, index, subject, target, why });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_holds_back_its_aggregate_and_the_one_it_could_not_command_and_nobody_else() {
        let mut parked = Parked::default();
        parked.park_at(Position(7), 1, "kw.a.b.1", Cause::Target("t".to_owned(), "broken".to_owned()));
        parked.park_at(Position(3), 0, "kw.a.b.2", Cause::Unreadable("x".repeat(500)));
        assert!(matches!(parked.before("kw.a.b.1", &[]), Some(Cause::Behind)));
        assert!(matches!(parked.before("kw.a.b.3", &["u", "t"]), Some(Cause::BehindOn(on)) if on == "t"));
        assert!(parked.before("kw.a.b.3", &["u"]).is_none());
        let order: Vec<u64> = parked.iter().map(|waiting| waiting.position.0).collect();
        assert_eq!(order, [3, 7]);
        assert_eq!(parked.0[0].why.len(), WHY);
    }

    #[test]
    fn a_commit_waits_once_from_its_first_event_that_is_not_done() {
        let mut parked = Parked::default();
        for index in [2, 1, 3] {
            parked.park_at(Position(7), index, "kw.a.b.1", Cause::Behind);
        }
        assert_eq!((parked.count(), parked.0[0].index), (1, 1));
    }
}
