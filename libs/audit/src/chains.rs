//! The chain of each aggregate: every commit carries the hash of the one before it, and its events are numbered.

use kinward_contracts::log::v1::Commit;
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// Positions are not dense.
    #[error("位置 {found} 之前缺少提交  a commit is missing: position {found} follows {last}")]
    Gap {
        /// The last position that was there.
        last: u64,
        /// The one that followed.
        found: u64,
    },
    /// The bytes are no commit.
    #[error("位置 {position} 不是提交  position {position} holds no commit")]
    NotACommit {
        /// Where.
        position: u64,
    },
    /// The commit is of another log, or stands under another aggregate's subject.
    #[error(
        "位置 {position} 的提交来自别处：{is}，应为 {should_be}  the commit at {position} is foreign: of {is}, not {should_be}"
    )]
    Foreign {
        /// Where.
        position: u64,
        /// What it says that it is of.
        is: String,
        /// What it should be of.
        should_be: String,
    },
    /// The commit is not what the next one of its aggregate was written after.
    #[error(
        "位置 {position} 的提交被更改（由位置 {by} 的哈希发现）  the commit at {position} was changed: the hash in {by} is not its own"
    )]
    Changed {
        /// The commit that was changed.
        position: u64,
        /// The one whose hash tells.
        by: u64,
    },
    /// Commits of the aggregate before this one are not there.
    #[error(
        "位置 {position} 之前缺少同一对象的提交  commits of the same aggregate before {position} are missing"
    )]
    Missing {
        /// The commit that lacks what came before it.
        position: u64,
    },
    /// A commit that others of its aggregate followed already.
    #[error("位置 {position} 的提交次序颠倒或重复  the commit at {position} is out of order, or there twice")]
    Reordered {
        /// Where.
        position: u64,
    },
}

/// Where an aggregate's chain stands.
struct Link {
    hash: [u8; 32],
    position: u64,
    /// Revision of the next event.
    next: u64,
}

/// The chains of all aggregates, followed from the first position on.
#[derive(Default)]
pub struct Chains {
    log_id: String,
    last: u64,
    links: HashMap<String, Link>,
}

impl Chains {
    /// Of one log.
    pub fn of(log_id: &str) -> Self {
        Self { log_id: log_id.to_owned(), ..Self::default() }
    }

    /// Aggregates so far.
    pub fn aggregates(&self) -> usize {
        self.links.len()
    }

    /// Follows one commit, as it is stored under a subject. What is found is wrong for ever; the chain goes on from what is there.
    pub fn follow(&mut self, position: u64, subject: &str, bytes: &[u8]) -> Vec<Finding> {
        let mut findings = Vec::new();
        if position != self.last + 1 {
            findings.push(Finding::Gap { last: self.last, found: position });
        }
        self.last = position;
        let Ok(commit) = Commit::decode(bytes) else {
            findings.push(Finding::NotACommit { position });
            return findings;
        };
        if commit.log_id != self.log_id {
            let (is, should_be) = (commit.log_id.clone(), self.log_id.clone());
            findings.push(Finding::Foreign { position, is, should_be });
        }
        if commit.subject != subject {
            let (is, should_be) = (commit.subject.clone(), subject.to_owned());
            findings.push(Finding::Foreign { position, is, should_be });
        }
        findings.extend(self.link(position, &commit));
        let next = commit.first_revision + commit.events.len() as u64;
        self.links.insert(commit.subject, Link { hash: Sha256::digest(bytes).into(), position, next });
        findings
    }

    fn link(&self, position: u64, commit: &Commit) -> Option<Finding> {
        let Some(before) = self.links.get(&commit.subject) else {
            let is_first = commit.first_revision == 1 && commit.prev_hash.is_empty();
            return (!is_first).then_some(Finding::Missing { position });
        };
        if commit.first_revision < before.next {
            Some(Finding::Reordered { position })
        } else if commit.first_revision > before.next {
            Some(Finding::Missing { position })
        } else if commit.prev_hash != before.hash {
            Some(Finding::Changed { position: before.position, by: position })
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinward_contracts::log::v1::Event;
    use proptest::prelude::*;

    const LOG: &str = "430903";

    /// A log of `length` commits over a few aggregates, as stored.
    fn log(length: usize) -> Vec<Vec<u8>> {
        let mut last: HashMap<usize, (u64, Vec<u8>)> = HashMap::new();
        (0..length)
            .map(|index| {
                let aggregate = index * 7 % 3;
                let (revision, prev_hash) = last.get(&aggregate).cloned().unwrap_or((1, Vec::new()));
                let commit = Commit {
                    log_id: LOG.to_owned(),
                    subject: format!("kw.test.thing.{aggregate}"),
                    command_id: format!("command-{index}"),
                    first_revision: revision,
                    prev_hash,
                    events: vec![Event::default(); 1 + index % 2],
                    ..Commit::default()
                };
                let bytes = commit.encode_to_vec();
                let next = revision + commit.events.len() as u64;
                last.insert(aggregate, (next, Sha256::digest(&bytes).to_vec()));
                bytes
            })
            .collect()
    }

    fn findings<'a>(commits: impl IntoIterator<Item = (u64, &'a Vec<u8>)>) -> Vec<Finding> {
        let mut chains = Chains::of(LOG);
        let subject = |bytes: &[u8]| Commit::decode(bytes).map(|commit| commit.subject).unwrap_or_default();
        let all = commits.into_iter();
        all.flat_map(|(position, bytes)| chains.follow(position, &subject(bytes), bytes)).collect()
    }

    fn numbered(commits: &[Vec<u8>]) -> Vec<Finding> {
        findings((1..).zip(commits))
    }

    #[test]
    fn bey_8_a_log_as_it_was_written_has_nothing_wrong() {
        assert_eq!(numbered(&log(30)), []);
    }

    #[test]
    fn bey_8_a_missing_a_reordered_and_a_foreign_commit_are_named() {
        let commits = log(12);
        // cut out of the middle: by its position, and by the chain of its aggregate
        let without: Vec<_> = (1..).zip(&commits).filter(|(position, _)| *position != 5).collect();
        let found = findings(without);
        assert_eq!(found[0], Finding::Gap { last: 4, found: 6 });
        assert!(matches!(found[1], Finding::Missing { position: 8 }), "{found:?}");
        // closed up, as who hides it would: only the chain tells
        let mut closed = commits.clone();
        closed.remove(4);
        assert_eq!(numbered(&closed)[0], Finding::Missing { position: 7 });
        let mut swapped = commits.clone();
        swapped.swap(3, 6);
        let found = numbered(&swapped);
        assert!(found.contains(&Finding::Missing { position: 4 }), "{found:?}");
        assert!(found.contains(&Finding::Reordered { position: 7 }), "{found:?}");
        let mut foreign = commits.clone();
        let mut other = Commit::decode(foreign[11].as_slice()).unwrap();
        other.log_id = "430902".to_owned();
        foreign[11] = other.encode_to_vec();
        let is = Finding::Foreign { position: 12, is: "430902".to_owned(), should_be: LOG.to_owned() };
        assert_eq!(numbered(&foreign), [is]);
        // a commit that was put under another aggregate's subject, where it would be read
        let elsewhere = Chains::of(LOG).follow(1, "kw.test.thing.9", &commits[0]);
        assert!(matches!(&elsewhere[..], [Finding::Foreign { position: 1, .. }]), "{elsewhere:?}");
    }

    proptest! {
        #[test]
        fn bey_8_any_flipped_bit_that_a_later_commit_covers_is_found(at in 0..20_usize, bit in 0..4_000_usize) {
            let mut commits = log(30);
            let bits = commits[at].len() * 8;
            let bit = bit % bits;
            commits[at][bit / 8] ^= 1 << (bit % 8);
            let found = numbered(&commits);
            let position = at as u64 + 1;
            prop_assert!(!found.is_empty(), "bit {bit} of {position}");
        }
    }
}
