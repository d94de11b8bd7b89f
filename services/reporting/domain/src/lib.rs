//! Reporting: taking reports of children in danger or need, at any time, from any place (policy 三（一）).
//!
//! ```text
//! SubmitReport ─► submitted ─► (dispatch opens an incident) ; the reporter keeps a receipt
//! ```
//! A report is accepted with a child not on file, an unknown name or an unclear place (RPT-3).

pub mod indexes;
pub mod report;
pub mod rules;
