//! The rules of custody.
