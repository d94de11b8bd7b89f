//! What surrounds a command on its way to the log: who, which request, until when.

use crate::process::system_actor;
use kinward_contracts::log::v1::Actor;
use kinward_eventsourcing::{CommandId, Position, Revision};
use std::sync::{Arc, OnceLock};
use tokio::time::Instant;

/// One command's circumstances.
#[derive(Clone, Debug)]
pub struct Call {
    /// Identity of the command: derived from caller and request id, or from process and event.
    pub command_id: CommandId,
    /// Keyed hash of the request's bytes.
    pub request_hash: Vec<u8>,
    /// Revision the caller insists on.
    pub expected_revision: Option<u64>,
    /// Who asks; `person` may be plain, the append seals it.
    pub actor: Actor,
    /// Joins everything one command set off.
    pub correlation_id: String,
    /// What caused it.
    pub causation_id: String,
    /// Declared purpose.
    pub purpose: String,
    /// Legal basis.
    pub legal_basis: String,
    /// W3C trace context.
    pub traceparent: String,
    /// Key that seals the actor in every commit of the command: a batch of hundreds takes one, not hundreds.
    pub actor_key: Arc<OnceLock<String>>,
    /// Until when an answer is of use.
    pub deadline: Instant,
}

impl Call {
    /// A command that Kinward gives of its own accord: `unit` says what in it does.
    pub fn of_kinward(command_id: CommandId, unit: &str, district: &str) -> Self {
        Self {
            command_id,
            request_hash: Vec::new(),
            expected_revision: None,
            actor: system_actor(unit, district),
            correlation_id: String::new(),
            causation_id: String::new(),
            purpose: String::new(),
            legal_basis: String::new(),
            traceparent: String::new(),
            actor_key: Arc::default(),
            deadline: Instant::now() + std::time::Duration::from_secs(30),
        }
    }
}

/// What a command did; the same for every retry of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Id of the aggregate.
    pub id: String,
    /// Its revision after the command.
    pub revision: Revision,
    /// Position of the commit, or of the last one if there was nothing to do.
    pub position: Position,
}
