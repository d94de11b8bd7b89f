//! The log, on the real server.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that fails says where")]

mod append;
mod cluster;
mod counter;
mod deadline;
mod follow;
mod recompute;
mod scale;
mod sealing;
