//! An aggregate folded from its commits, with what the log must remember of it beside its state.

use crate::recorded::moment;
use crate::{CommandId, Decider, DecodeError, Made, Occurrence, Position, Recorded, Revision, Subject};
use kinward_contracts::log::v1::{Actor, Commit};
use kinward_contracts::{EventMessage as _, SealedFields as _};
use prost::Message as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A folded aggregate.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Folded<D: Decider> {
    /// Its state.
    pub state: D::State,
    /// Number of events folded.
    pub revision: Revision,
    /// Position of the last commit: the guard of the next append.
    pub position: Position,
    /// SHA-256 of the last commit's stored bytes; empty before the first.
    pub hash: Vec<u8>,
    /// Every command that wrote here, for ever: a retry gets its first answer.
    pub commands: BTreeMap<CommandId, Done>,
    /// Key last used for each person whose data this aggregate holds.
    pub keys: BTreeMap<String, String>,
}

/// What a command did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Keyed hash of its request.
    pub request_hash: Vec<u8>,
    /// Revision after it.
    pub revision: Revision,
    /// Position of its commit.
    pub position: Position,
}

/// A commit that does not follow the ones folded before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// A revision is missing or repeated.
    #[error("{subject} at position {position}: revision {found} follows {expected}")]
    Gap {
        /// The aggregate.
        subject: String,
        /// Position of the commit.
        position: Position,
        /// Revision that should come.
        expected: u64,
        /// Revision that came.
        found: u64,
    },
    /// The hash chain is broken (BEY-8).
    #[error("{subject} at position {position}: the hash of the previous commit does not match")]
    Chain {
        /// The aggregate.
        subject: String,
        /// Position of the commit.
        position: Position,
    },
    /// The bytes are no commit.
    #[error("position {position}: not a commit")]
    NotACommit {
        /// Position of the message.
        position: Position,
    },
    /// An event does not decode.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

impl<D: Decider> Default for Folded<D> {
    fn default() -> Self {
        Self {
            state: D::State::default(),
            revision: Revision::default(),
            position: Position::default(),
            hash: Vec::new(),
            commands: BTreeMap::new(),
            keys: BTreeMap::new(),
        }
    }
}

impl<D: Decider> Clone for Folded<D> {
    fn clone(&self) -> Self {
        Self {
            state: self.state.clone(),
            revision: self.revision,
            position: self.position,
            hash: self.hash.clone(),
            commands: self.commands.clone(),
            keys: self.keys.clone(),
        }
    }
}

impl<D: Decider> Folded<D> {
    /// Subject of the aggregate with this id.
    pub fn subject(id: &str) -> Result<Subject, crate::SubjectError> {
        Subject::new(<D::Event as kinward_contracts::EventMessage>::AGGREGATE, id)
    }

    /// Whether the aggregate exists.
    pub fn exists(&self) -> bool {
        self.revision.0 > 0
    }

    /// Folds the stored bytes of the next commit.
    pub fn fold(&mut self, position: Position, bytes: &[u8]) -> Result<(), FoldError> {
        let commit = Commit::decode(bytes).map_err(|_| FoldError::NotACommit { position })?;
        self.must_follow(position, &commit)?;
        let recorded =
            Recorded::of_commit(position, commit).map_err(|_| FoldError::NotACommit { position })?;
        let mut events = Vec::with_capacity(recorded.len());
        for event in &recorded {
            // a commit whose subject is another aggregate's is no commit of this one
            events.push(event.decode::<D::Event>()?.ok_or(FoldError::NotACommit { position })?);
        }
        if let Some(first) = recorded.first() {
            self.take(position, bytes, &first.commit, events);
        }
        Ok(())
    }

    /// Folds a commit that this process made and has just stored: the same as folding its bytes, without reading them.
    pub fn fold_made(&mut self, position: Position, made: Made<D>) -> Result<(), FoldError> {
        self.must_follow(position, &made.commit)?;
        self.take(position, &made.bytes, &made.commit, made.events);
        Ok(())
    }

    fn must_follow(&self, position: Position, commit: &Commit) -> Result<(), FoldError> {
        let (subject, expected) = (commit.subject.clone(), self.revision.0 + 1);
        if commit.first_revision != expected {
            return Err(FoldError::Gap { subject, position, expected, found: commit.first_revision });
        }
        if commit.prev_hash != self.hash {
            return Err(FoldError::Chain { subject, position });
        }
        Ok(())
    }

    fn take(&mut self, position: Position, bytes: &[u8], commit: &Commit, events: Vec<D::Event>) {
        let nobody = Actor::default();
        let actor = commit.actor.as_ref().unwrap_or(&nobody);
        let recorded_at = moment(commit.recorded_at.as_ref());
        self.revision = Revision(self.revision.0 + events.len() as u64);
        for (mut event, stored) in events.into_iter().zip(&commit.events) {
            event.visit_sealed("", &mut |_, _, sealed| {
                self.keys.insert(sealed.person_id.clone(), sealed.key_id.clone());
            });
            let occurred_at = moment(stored.occurred_at.as_ref());
            let occurrence = Occurrence { event_id: &stored.event_id, occurred_at, recorded_at, actor };
            D::evolve(&mut self.state, &event, &occurrence);
            debug_assert_eq!(event.event_type(), stored.r#type);
        }
        if let Some(person) = &actor.person {
            self.keys.insert(person.person_id.clone(), person.key_id.clone());
        }
        self.position = position;
        self.hash = Sha256::digest(bytes).to_vec();
        let done = Done { request_hash: commit.request_hash.clone(), revision: self.revision, position };
        self.commands.insert(CommandId::from_log(&commit.command_id), done);
    }
}
