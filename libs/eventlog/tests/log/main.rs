//! The log, on the real server.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that fails says where")]

mod append;
mod checks;
mod cluster;
mod counter;
mod deadline;
mod follow;
mod parking;
mod reading;
mod recompute;
mod scale;
mod sealing;
