//! Why and why not (BEY-2): what is open for a child or a case, from the domains' own predicates on the aggregates as the
//! log has them. No read model: what decides is the state of the aggregates, and a copy of it in rows could differ.

mod api;
mod involvements;

pub use api::Api;
pub use involvements::Involvements;
