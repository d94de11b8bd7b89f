//! Event sourcing, pure: what an aggregate, a process and an index are, and what the log stores of them.
//!
//! ```text
//! Command ──decide(state)──► Facts ──seal, commit──► log ──► Recorded events
//!    ▲                                                          │
//!    └──────────── Reaction ◄──react── Process ◄────────────────┤
//!                                      Index   ◄──fold──────────┤
//!                                      State   ◄──evolve────────┘
//! ```
//! Nothing here does I/O; time, ids and keys are arguments.

mod clock;
mod commit;
mod decider;
mod folded;
mod id;
mod index;
pub mod kit;
mod process;
mod recorded;
mod recording;
mod rejection;

pub use clock::{Clock, SetClock, SystemClock};
pub use commit::{CommitError, Envelope, Made, NoSealing, SealError, Sealer, commit};
pub use decider::{Context, Decider, Fact, Occurrence, clock_facts};
pub use folded::{Done, FoldError, Folded};
pub use id::{CommandId, Position, Revision, Subject, SubjectError, derived_uuid};
pub use index::Index;
pub use process::{Process, Reaction};
pub use recorded::{DecodeError, Recorded, event_name};
pub use recording::Recording;
pub use rejection::{Missing, Rejection, Rule};
