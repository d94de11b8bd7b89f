//! What must hold of every log, whatever happened to who wrote it.

use kinward_contracts::log::v1::Commit;
use kinward_eventlog::StoredCommit;
use kinward_eventsourcing::Position;
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Follows a log commit by commit: each aggregate's revisions are dense, each commit names the one before by its hash, and
/// no command wrote twice to an aggregate.
#[derive(Default)]
pub struct Chains {
    heads: BTreeMap<String, (u64, Vec<u8>)>,
    commands: BTreeMap<(String, String), Position>,
}

impl Chains {
    /// The next commit; fails the test if it does not follow.
    pub fn follow(&mut self, stored: &StoredCommit) -> Commit {
        let at = stored.position;
        let commit = Commit::decode(stored.bytes.clone()).expect("what is stored is a commit");
        let subject = commit.subject.clone();
        let (revision, hash) = self.heads.remove(&subject).unwrap_or((1, Vec::new()));
        assert_eq!(commit.first_revision, revision, "revision of {subject} at {at}");
        assert_eq!(commit.prev_hash, hash, "hash that {subject} names at {at}");
        let head = (revision + commit.events.len() as u64, Sha256::digest(&stored.bytes).to_vec());
        self.heads.insert(subject.clone(), head);
        let before = self.commands.insert((subject, commit.command_id.clone()), at);
        assert_eq!(before, None, "the command at {at} was stored before");
        commit
    }
}
