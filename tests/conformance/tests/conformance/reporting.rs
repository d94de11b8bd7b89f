//! The rules of reporting.
