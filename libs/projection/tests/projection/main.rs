//! Read models on the real log and the real database.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that fails says where")]

mod fixture;
mod live;
mod rebuild;
