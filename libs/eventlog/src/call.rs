//! What surrounds a command on its way to the log: who, which request, until when.

use kinward_contracts::log::v1::Actor;
use kinward_eventsourcing::{CommandId, Position, Revision};
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
    /// Until when an answer is of use.
    pub deadline: Instant,
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
