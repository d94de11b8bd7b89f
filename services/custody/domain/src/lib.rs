//! Custody: bringing a guardian who endangers a child before the court (policy 三（四）).
//!
//! ```text
//! assessment finds grounds ─┐                                             ┌ revoked: another guardian is designated,
//! a department opens it ────┴► open ─ facts, some backdated ─► ground met │ the registry follows, support is still owed
//!                               │                                 │       │
//!            duty-refusal runs while the duty is refused;         ▼       │ refused: back to assistance
//!            after six months it asks again (CUS-3c)         petition ────┤
//!                                                                 ▲       │ withdrawn: petition-fallback runs again
//!                  petition-fallback runs while nobody petitions; │       │
//!                  when it is missed, civil affairs must ─────────┘       └ petition: filed ─► accepted ─► heard ─► ruled
//!
//! revoked ─ 3 months to a year, never after an intentional crime against the child ─► restoration asked ─► restored | refused
//! ```
//! [`case::grounds`] answers for each of the six grounds *met, by which events, missing*, from the predicates that
//! decide (CUS-3, BEY-2). Facts count by when they happened, not by when they were recorded, and in whatever order
//! they were recorded.
//!
//! What the registry records of admonished, stopped and urged guardians counts like a criticism in every case of the child
//! ([`words`], FAM-4).
//!
//! Beside them stand two aggregates of their own: [`temporary`] guardianship by civil affairs, one for each child
//! (LAW-3), and the protection [`order`] (LAW-4). Each of these and the case has a pure function that lists its open duties
//! (BEY-2).

pub mod case;
pub mod guidance;
pub mod order;
pub mod processes;
pub mod rules;
pub mod temporary;
pub mod words;
