//! The rules of dispatch.
