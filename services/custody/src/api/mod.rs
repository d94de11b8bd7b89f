//! From requests to commands and back. No rules, no storage. A step that only records a fact is one line of a table: the
//! request becomes the fact it asks to record.

mod cases;
mod orders;
mod temporary;

pub(crate) use cases::Cases;
pub(crate) use orders::Orders;
pub(crate) use temporary::Temporaries;
