//! Assessment and assistance (policy 三（三）).
//!
//! ```text
//!                   ┌ participants invited, inputs signed, dimensions scored ┐
//! notice ─► assessing ──────────────────────────────────────────────────────► final ─► planned ─► closed
//!  (assessment runs)                              (assessment met, reassessment runs)     │
//!                                            each item: ordered ─► delivered ─► reviewed ─┴► outcome
//! ```
//! It opens on the notice, as the policy says (接到公安机关通报后), not on the conclusion of the incident: so an
//! assessment always has somebody who was told, and its clock starts when they were. Where the place is unclear
//! there is no township to tell; then the notice to civil affairs, which leads, opens it, and no child is left without.
//!
//! [`assessment::missing`] and [`assessment::open_items`] answer what stands in the way of the next step, from the
//! rules that decide (BEY-2).

pub mod assessment;
pub mod processes;
pub mod rules;
