//! Reporting: taking reports of children in danger or need, at any time, from any place (policy 三（一）), and the
//! hotline (三（六）).
//!
//! ```text
//! SubmitReport ───────────────┐
//! guardianship gap (FAM-2) ───┼► report ─► (dispatch opens an incident); the reporter keeps a receipt
//! hotline call is a report ───┘     │
//!                                   └ voluntary and substantiated: commendation proposed ─► granted or refused (RPT-6)
//!                                       anonymous: it waits until the reporter comes with its receipt code
//!
//! call: rings ─► answered ─► registered ─► classified, reported, helped, transferred ─► followed up ─► closed (INF-3)
//!         └ abandoned   └ cut off: visible until somebody rings back
//!
//! omission: a mandated reporter knew and did not report ─► its superior decides, or the superior's superior (RPT-5)
//! ```
//! A report is accepted with a child not on file, an unknown name or an unclear place (RPT-3). Who reported is sealed
//! from everybody; what everybody may know of it is its class.

pub mod call;
pub mod indexes;
pub mod omission;
pub mod processes;
pub mod report;
pub mod rules;
