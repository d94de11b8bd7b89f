//! Reactions across contexts.

use crate::{Decider, DecodeError, Recorded};

/// Reacts to events of any context with commands to aggregates of its own. It has no state of its own:
/// what it must remember is an aggregate. Reacting twice is the same as once, because the command id
/// is derived from process and event.
pub trait Process: Send + Sync + 'static {
    /// The aggregates it commands.
    type Target: Decider;

    /// Name, unique in the deployment; part of command ids, so it never changes.
    const NAME: &'static str;

    /// What the event calls for.
    fn react(event: &Recorded) -> Result<Vec<Reaction<<Self::Target as Decider>::Command>>, DecodeError>;
}

/// A command that a process gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Reaction<C> {
    /// Id of the aggregate that gets it. For a new one: `Recorded::new_id`.
    pub id: String,
    /// The command.
    pub command: C,
}
