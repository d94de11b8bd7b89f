//! Dispatch: what police do when a child is reported in danger (policy 三（二）).
//!
//! ```text
//! report submitted ─► open ─► accepted ─► dispatched ─► on scene ─► concluded ─► notices, assessment
//!                              └── dispositions, contact attempts, placements, evidence ──┘
//! ```
//! An incident is opened by a process from a report and needs nothing but the log (BEY-5): an unknown child or
//! place never delays it. Which dispositions are mandatory is the union over its situations (`incident::checklist`);
//! it cannot be concluded while one is missing. Reports of one event are one case: incidents are linked, and unlinked
//! (`incident::linking`, RPT-4). A warning letter is an aggregate of its own (`warning`, LAW-2), and so is how the
//! district reads 上述情形 of DSP-3 (`evidence_scope`).

pub mod evidence_scope;
pub mod incident;
pub mod indexes;
pub mod processes;
pub mod rules;
pub mod warning;
