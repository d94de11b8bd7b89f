//! The log: one JetStream stream. Append, load, read by position, snapshots, alarms, process checkpoints.
//! The only crate that talks to NATS.
//!
//! | to | use |
//! | --- | --- |
//! | execute a command on one aggregate | [`Handler::execute`] |
//! | execute one over several, all or none | [`Log::transact`] |
//! | react to events with commands | [`run_process`] |
//! | act outside of the log, in one instance at a time | [`run_alone`] |
//! | look something up across aggregates | [`Live`] |
//! | be woken at a moment | [`Alarms`] |
//! | read every commit in order | [`Log::read_after`] |

mod alarms;
mod alone;
mod batch;
mod call;
mod checkpoints;
mod error;
mod handler;
mod indexes;
mod log;
mod moments;
mod parked;
mod process;
mod provision;
mod reach;
mod react;
mod reader;
mod settings;
mod snapshots;
mod tail;
pub mod trace;
mod verify;
mod wire;

pub use alarms::{Alarm, Alarms, ClockAlarms, Fired, LogAlarms, Observe, observe_by, run_alarms};
pub use alone::run_alone;
pub use batch::Part;
pub use call::{Call, Receipt};
pub use error::Error;
pub use handler::{Handler, Means, ReferenceNow};
pub use indexes::Live;
pub use log::Log;
pub use process::run_process;
pub use reader::{Reader, StoredCommit};
pub use settings::LogSettings;
