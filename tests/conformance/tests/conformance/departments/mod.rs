//! What departments are told of the rules.

mod explain;
mod reading;
