//! Civil affairs, which leads: custody cases, placements, notices and who acknowledged them.

mod api;
mod projection;
mod rows;

pub use api::Api;
pub use projection::Model;
pub use rows::{Case, Notice, Placement};
