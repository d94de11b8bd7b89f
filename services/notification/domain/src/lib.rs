//! Notification: telling departments, and knowing that they know (policy 三（二）, 二（三）).
//!
//! ```text
//! event of any context ─► sent ─────────────► acknowledged
//!                          │ notice-acknowledge runs out  ▲
//!                          └─► escalated to the superior ─┤ level by level, each with a new clock
//!                                   └─► … ─► district leadership: nobody is above, it stays open and visible
//! ```
//! Nothing is dropped: where the place is unclear, the district's civil affairs and police are told.
//!
//! A recipient is a department in an area, never a person in a file: an alleged infringer or guardian is never told
//! (BEY-4), and a notice carries nothing personal.

pub mod indexes;
pub mod notice;
pub mod processes;
pub mod rules;
