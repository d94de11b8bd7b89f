//! Assessment and assistance (policy 三（三）).
//!
//! ```text
//!  notice ─┐         ┌ participants invited, inputs signed, dimensions scored ┐
//! by hand ─┼─► assessing ──────────────────────────────────────────────────────► final ─► planned ─► closed
//!     due ─┘  (assessment runs)                     (assessment met, reassessment runs)     │
//!                                              each item: ordered ─► delivered ─► reviewed ─┴► outcome
//! ```
//! It opens on the notice, as the policy says (接到公安机关通报后), not on the conclusion of the incident: so an
//! assessment always has somebody who was told, and its clock starts when they were. Where the place is unclear
//! there is no township to tell; then the notice to civil affairs, which leads, opens it, and no child is left without.
//! Township or civil affairs may also open one by hand, with the reason.
//!
//! A conclusion starts the clock of the reassessment, by risk. When it is due the reassessment opens by itself; when a
//! later assessment of the same child was opened before, [`history`] knows, and the clock is superseded.
//!
//! Beside it stands the referral to social relief ([`relief`]), which an assessment, a village or a township makes.
//!
//! [`assessment::duties`], [`assessment::missing`], [`assessment::open_items`] and [`relief::duties`] answer what stands
//! in the way of the next step, from the rules that decide (BEY-2).

pub mod assessment;
pub mod history;
pub mod indexes;
pub mod processes;
pub mod relief;
pub mod rules;
