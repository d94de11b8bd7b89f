//! What surrounds a command on its way to the log: who, which request, until when.

use crate::process::system_actor;
use async_nats::HeaderMap;
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
    /// Whether who asks stays unknown: the rules see the caller, the log does not.
    pub anonymous: bool,
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
    /// Who asks, as the commit names it.
    pub(crate) fn actor_on_record(&self) -> Actor {
        if self.anonymous { Actor::default() } else { self.actor.clone() }
    }

    /// Headers mirror what the commit says, for tools that only look at headers. Nothing personal.
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("ce-specversion", "1.0");
        headers.insert("ce-type", "kinward.log.v1.Commit");
        headers.insert("ce-id", self.command_id.as_str());
        if !self.traceparent.is_empty() {
            headers.insert("traceparent", self.traceparent.as_str());
        }
        headers
    }

    /// A command that Kinward gives of its own accord: `unit` says what in it does.
    pub fn of_kinward(command_id: CommandId, unit: &str, district: &str) -> Self {
        Self {
            command_id,
            request_hash: Vec::new(),
            expected_revision: None,
            actor: system_actor(unit, district),
            anonymous: false,
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
