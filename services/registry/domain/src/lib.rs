//! Registry: one file for each child, and the reference data that every service reads (policy 二（二）, 三（六）).
//!
//! ```text
//!                    ┌ claim on the identity number ┐ together, or not at all: the second file of a person
//! RegisterChild ─────┤                              ├ is refused with a pointer to the first (TWN-1)
//!                    └ file ────────────────────────┘
//!
//! facts (where each parent is, who has capacity, who lives with the child), and the age
//!    ├─► status, derived (DEF-1, DEF-2):   left behind ◄──► not left behind
//!    │                                          └──────┬──────────┘
//!    │                                                 ▼
//!    │                                          turned sixteen, for good
//!    └─► guardianship gap (FAM-2):         raised ──► closed ──► raised …, by a change of facts only
//!
//! court ruling ─► guardian revoked, guardian designated; status and gap follow (CUS-4)
//! ```
//! Nobody types a status. The birth date is personal: the log and the state hold it sealed, and commands that need an
//! age carry it in memory.
//!
//! Reference data: divisions, holiday notices, school terms, units and clock settings are aggregates of their own.
//! `kinward_statute::ReferenceIndex` folds them for every service, so a past decision is read under the data of its day.

pub mod child;
pub mod identity;
pub mod processes;
pub mod reference;
pub mod rules;
