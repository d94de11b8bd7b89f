//! What is in force of a piece of reference data: its last event, so that the same again is no event.

use kinward_eventsourcing::Fact;
use prost::Message;
use serde::{Deserialize, Serialize};

/// The last event, as its bytes; empty: none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InForce(Vec<u8>);

impl InForce {
    /// The event as a fact, unless it is in force already.
    pub(super) fn unless_same<E, W>(&self, event: &E) -> Vec<Fact<W>>
    where
        E: Message + Clone + Into<W>,
    {
        if self.0 == event.encode_to_vec() { Vec::new() } else { vec![Fact::now(event.clone())] }
    }

    /// The event takes the place of the one before.
    pub(super) fn take(&mut self, event: &impl Message) {
        self.0 = event.encode_to_vec();
    }
}
