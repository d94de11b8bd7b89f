//! Reactions of custody to other contexts.

mod open_case;
#[cfg(test)]
mod tests;

pub use open_case::OpenCase;
