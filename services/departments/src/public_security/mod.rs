//! Public security: incidents, by severity and earliest clock.

mod api;
mod projection;
mod rows;

pub use api::Api;
pub use projection::Model;
pub use rows::Incident;
