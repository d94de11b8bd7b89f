//! Aggregates of which callers record facts.

use crate::{Decider, Rejection};
use chrono::{DateTime, Utc};
use kinward_contracts::r#type::v1::Department;

/// An aggregate of which callers record facts, one a command: what a shell must know of it to bring a fact there.
pub trait Recording: Decider {
    /// The variants of its event wrapper.
    type Body: Send;

    /// The command that asks to record a fact, and when it happened; `None`: now.
    fn record(fact: Self::Body, occurred_at: Option<DateTime<Utc>>) -> Self::Command;

    /// Division code that must lie in the area of a caller of this department; empty: the district's. `None`: it has no
    /// place, or the rules alone say who may.
    fn place(state: &Self::State, department: Department) -> Option<&str>;

    /// The person whose key seals what is told of the child; `id` is the aggregate's.
    fn child<'a>(id: &'a str, state: &'a Self::State) -> &'a str;

    /// There is none with this id.
    fn unknown() -> Rejection;
}
