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
//! A recipient is a department in an area, never a person in a file, and a notice carries nothing personal. Where the
//! person who reads is known and is an alleged infringer in that file, nothing is sent, shown or acknowledged (BEY-4).
//!
//! The worklist shows every notice. Beside it a notice goes to every endpoint of whoever is told: mail, webhook, short
//! message. Each attempt is recorded before it is made:
//! ```text
//! due ─► attempted ─► succeeded
//!  ▲         ├─► failed, or outcome unknown ─► an alarm ─► due … ─► dead letter ─► requested ─► due
//!  └─────────┴─► stopped in between: unknown, sent again under the same message id
//! ```

pub mod endpoint;
pub mod indexes;
pub mod notice;
pub mod processes;
mod quiet;
pub mod rules;
mod text;

pub use text::{Text, text};
