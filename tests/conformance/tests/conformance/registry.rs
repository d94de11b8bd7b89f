//! The rules of registry.
