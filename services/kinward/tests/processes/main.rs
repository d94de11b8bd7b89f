//! The program as it runs: services as processes of their own, killed, traced, misconfigured.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod analysing;
mod crashes;
mod escrow;
mod importing;
mod projections;
mod refusals;
mod running;
mod traces;
