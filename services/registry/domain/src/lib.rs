//! Registry: one file for each child, and the reference data that every service reads (policy 二（二）, 三（六）).
//!
//! ```text
//!                    ┌ claim on the identity number ┐ together, or not at all: the second file of a person
//! RegisterChild ─────┤                              ├ is refused with a pointer to the first (TWN-1)
//!                    └ file ────────────────────────┘
//!
//! facts (where each parent is, who has capacity, who lives with the child, who is entrusted), and the age
//!    ├─► status, derived (DEF-1, DEF-2):   left behind ◄──► not left behind
//!    │                                          └──────┬──────────┘  sixteenth birthday, by a durable timer
//!    │                                                 ▼
//!    │                                          turned sixteen, for good
//!    ├─► guardianship gap (FAM-2):         raised ──► closed ──► raised …, by a change of facts only
//!    └─► clocks of whoever is on the roll: contact (FAM-3), visits (TWN-2), a key case's more often (TWN-5)
//!
//! household ── one village after another, both agree (INF-4)      delegation ── one after another (FAM-1)
//! schooling ── enrolled, absent, dropped out, reported (DEP-2)    difficulties, words to guardians, caring adults
//!
//! court ruling ─► guardian revoked, guardian designated; status and gap follow (CUS-4)
//! two files of one child ─► linked, the one goes on; unlinked, both are as they were (BEY-7)
//! ```
//! Nobody types a status. The birth date is personal: the log and the state hold it sealed, and commands that need an
//! age carry it in memory.
//!
//! Reference data: divisions, holiday notices, school terms, units and clock settings are aggregates of their own.
//! `kinward_statute::ReferenceIndex` folds them for every service, so a past decision is read under the data of its day.

pub mod child;
pub mod identity;
pub mod indexes;
pub mod processes;
pub mod reference;
pub mod rules;
pub mod village;
