//! Townships: the ledger of children's files, and assessments.

mod api;
mod projection;
mod rows;

pub use api::Api;
pub use projection::Model;
pub use rows::{Assessment, Child, Guardian};
