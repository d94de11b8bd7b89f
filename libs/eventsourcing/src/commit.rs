//! From facts to the stored commit: ids, sealing, chain.

use crate::{CommandId, Decider, Fact, Folded, Subject, derived_uuid};
use chrono::{DateTime, Utc};
use kinward_contracts::log::v1::{Actor, Commit, Event};
use kinward_contracts::{EventMessage as _, SealedFields, timestamp};
use prost::Message as _;
use prost::bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Everything of a commit that the rules do not decide.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The log.
    pub log_id: String,
    /// The command.
    pub command_id: CommandId,
    /// Keyed hash of the request.
    pub request_hash: Vec<u8>,
    /// Who asks.
    pub actor: Actor,
    /// When it is written.
    pub recorded_at: DateTime<Utc>,
    /// Joins everything one command set off.
    pub correlation_id: String,
    /// What caused it.
    pub causation_id: String,
    /// Declared purpose.
    pub purpose: String,
    /// Legal basis.
    pub legal_basis: String,
    /// Position of calendar and settings.
    pub reference_position: u64,
    /// W3C trace context.
    pub traceparent: String,
    /// Key that seals the actor in every commit of this command; set by the first.
    pub actor_key: Arc<OnceLock<String>>,
}

/// Seals the plain fields of an event.
pub trait Sealer: Send + Sync {
    /// Seals every field that is still plain, with the key of `keys` for its person where that is at hand.
    fn seal(
        &self,
        fields: &mut dyn SealedFields,
        subject: &str,
        event_id: &str,
        keys: &BTreeMap<String, String>,
    ) -> Result<(), SealError>;
}

/// No key could be had to seal with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("personal data cannot be sealed: {0}")]
pub struct SealError(pub String);

/// Seals nothing: for aggregates without personal data. A plain field is refused by the encoder.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSealing;

impl Sealer for NoSealing {
    fn seal(
        &self,
        _: &mut dyn SealedFields,
        _: &str,
        _: &str,
        _: &BTreeMap<String, String>,
    ) -> Result<(), SealError> {
        Ok(())
    }
}

/// A commit that cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Sealing failed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A field would be stored in clear.
    #[error("field {0} of {1} is not sealed")]
    Unsealed(String, String),
}

/// The actor's opaque id within one aggregate: one key seals all of one person's acts there. The id never tells that the same
/// person has acted elsewhere; the key does for aggregates that one command wrote to together.
fn of_aggregate(caller: &str, subject: &Subject) -> String {
    format!("actor:{}", derived_uuid(&["actor", caller, subject.as_str()]))
}

/// A commit that is made but not stored yet.
pub struct Made<D: Decider> {
    /// What is stored.
    pub bytes: Bytes,
    pub(crate) commit: Commit,
    pub(crate) events: Vec<D::Event>,
}

/// Makes the commit that adds `facts` to the aggregate.
pub fn commit<D: Decider>(
    subject: &Subject,
    folded: &Folded<D>,
    facts: Vec<Fact<D::Event>>,
    envelope: Envelope,
    sealer: &dyn Sealer,
) -> Result<Made<D>, CommitError> {
    let (mut events, mut stored) = (Vec::with_capacity(facts.len()), Vec::with_capacity(facts.len()));
    for (index, Fact { mut event, occurred_at }) in facts.into_iter().enumerate() {
        let event_id = envelope.command_id.event_id(subject, index);
        sealer.seal(&mut event, subject.as_str(), &event_id, &folded.keys)?;
        let mut unsealed = None;
        event.visit_sealed("", &mut |path, _, sealed| {
            if sealed.is_plain() {
                unsealed = Some(path.to_owned());
            }
        });
        if let Some(field) = unsealed {
            return Err(CommitError::Unsealed(field, event.event_type().to_owned()));
        }
        stored.push(Event {
            event_id,
            r#type: event.event_type().to_owned(),
            schema_version: 1,
            occurred_at: Some(timestamp(occurred_at.unwrap_or(envelope.recorded_at))),
            data: event.encode_to_vec(),
        });
        events.push(event);
    }
    let mut actor = envelope.actor;
    if let Some(person) = &mut actor.person {
        let id = of_aggregate(&person.person_id, subject);
        let remembered = folded.keys.get(&id).cloned();
        let is_new = remembered.is_none();
        let key = remembered.or_else(|| envelope.actor_key.get().cloned());
        let keys: BTreeMap<_, _> = key.map(|key| (id.clone(), key)).into_iter().collect();
        person.person_id = id;
        sealer.seal(&mut actor, subject.as_str(), envelope.command_id.as_str(), &keys)?;
        if let Some(person) = actor.person.as_ref().filter(|_| is_new) {
            // another part of this command may have been first
            let _ = envelope.actor_key.set(person.key_id.clone());
        }
    }
    if actor.person.as_ref().is_some_and(kinward_contracts::r#type::v1::Sealed::is_plain) {
        return Err(CommitError::Unsealed("person".to_owned(), "kinward.log.v1.Actor".to_owned()));
    }
    let commit = Commit {
        log_id: envelope.log_id,
        command_id: envelope.command_id.as_str().to_owned(),
        request_hash: envelope.request_hash,
        subject: subject.as_str().to_owned(),
        first_revision: folded.revision.0 + 1,
        events: stored,
        actor: Some(actor),
        recorded_at: Some(timestamp(envelope.recorded_at)),
        correlation_id: envelope.correlation_id,
        causation_id: envelope.causation_id,
        purpose: envelope.purpose,
        legal_basis: envelope.legal_basis,
        reference_position: envelope.reference_position,
        prev_hash: folded.hash.clone(),
        traceparent: envelope.traceparent,
    };
    Ok(Made { bytes: commit.encode_to_vec().into(), commit, events })
}
