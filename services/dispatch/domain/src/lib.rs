//! Dispatch: what police do when a child is reported in danger (policy 三（二）).
//!
//! ```text
//! report submitted ─► open ─► accepted ─► dispatched ─► on scene ─► concluded ─► notices, assessment
//!                              └── dispositions, contact attempts, placements, evidence ──┘
//! ```
//! An incident is opened by a process from a report and needs nothing but the log (BEY-5): an unknown child or
//! place never delays it. Which dispositions are mandatory is the union over its situations (`incident::checklist`);
//! it cannot be concluded while one is missing.

pub mod incident;
pub mod indexes;
pub mod processes;
pub mod rules;
