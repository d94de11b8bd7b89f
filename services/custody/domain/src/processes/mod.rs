//! Reactions of custody to other contexts.

mod count_words;
mod hear_words;
mod open_case;
#[cfg(test)]
mod tests;

pub use count_words::CountWords;
pub use hear_words::HearWords;
pub use open_case::OpenCase;
