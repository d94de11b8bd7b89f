//! One event as the log holds it, with the commit around it.

use crate::{Position, Subject, derived_uuid};
use chrono::{DateTime, Utc};
use kinward_contracts::EventMessage;
use kinward_contracts::log::v1::{Commit, Event};
use std::sync::Arc;

/// Name of a type of event without the package, as `ChildRegistered`.
pub fn event_name(event_type: &str) -> &str {
    event_type.rsplit_once('.').map_or(event_type, |(_, name)| name)
}

/// An event read from the log.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Position of its commit.
    pub position: Position,
    /// Its commit.
    pub commit: Arc<Commit>,
    /// Its place in the commit.
    pub index: usize,
    /// Subject of its aggregate.
    pub subject: Subject,
}

/// Stored bytes that do not read as the event they claim to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event {event_id} of type {event_type} cannot be decoded: {cause}")]
pub struct DecodeError {
    /// The event.
    pub event_id: String,
    /// Its type.
    pub event_type: String,
    /// What is wrong.
    pub cause: String,
}

impl Recorded {
    /// The events of a commit, in order; `Err` if its subject is none.
    pub fn of_commit(position: Position, commit: Commit) -> Result<Vec<Self>, crate::SubjectError> {
        let subject = Subject::parse(&commit.subject)?;
        let commit = Arc::new(commit);
        Ok((0..commit.events.len())
            .map(|index| Self { position, commit: Arc::clone(&commit), index, subject: subject.clone() })
            .collect())
    }

    /// The stored event.
    pub fn event(&self) -> &Event {
        &self.commit.events[self.index]
    }

    /// Full name of its type.
    pub fn event_type(&self) -> &str {
        &self.event().r#type
    }

    /// Name of its type without the package, as `ChildRegistered`.
    pub fn name(&self) -> &str {
        event_name(self.event_type())
    }

    /// Revision of the aggregate after it.
    pub fn revision(&self) -> u64 {
        self.commit.first_revision + self.index as u64
    }

    /// The event, if it is one of the aggregate with wrapper `E`.
    pub fn decode<E: EventMessage>(&self) -> Result<Option<E>, DecodeError> {
        if self.subject.aggregate() != E::AGGREGATE {
            return Ok(None);
        }
        let unreadable = |cause: String| DecodeError {
            event_id: self.event().event_id.clone(),
            event_type: self.event_type().to_owned(),
            cause,
        };
        let event = E::decode(self.event().data.as_slice()).map_err(|error| unreadable(error.to_string()))?;
        if event.event_type() != self.event_type() {
            // a type that this program does not have decodes to nothing: nobody may go on as if it had not happened
            return Err(unreadable("the log is newer than this program: start the newer one".to_owned()));
        }
        Ok(Some(event))
    }

    /// When it happened in the world.
    pub fn occurred_at(&self) -> DateTime<Utc> {
        moment(self.event().occurred_at.as_ref())
    }

    /// When it was written.
    pub fn recorded_at(&self) -> DateTime<Utc> {
        moment(self.commit.recorded_at.as_ref())
    }

    /// Id of something new that comes of this event: the same every time.
    pub fn new_id(&self, noun: &str) -> String {
        derived_uuid(&[&self.event().event_id, noun])
    }
}

/// A stored timestamp; the epoch if it is missing, which the encoder never lets happen.
pub(crate) fn moment(at: Option<&prost_types::Timestamp>) -> DateTime<Utc> {
    at.and_then(kinward_contracts::instant).unwrap_or(DateTime::UNIX_EPOCH)
}
