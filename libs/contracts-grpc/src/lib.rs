//! Clients and servers of Kinward's gRPC APIs, generated from `proto/` and checked in (`make proto`).

// included, not declared: rustfmt leaves included files as the generator wrote them
mod generated {
    include!("generated/mod.rs");
}

pub use generated::kinward::*;

/// Every descriptor, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!("generated/descriptors.bin");
