//! The log for those who study it and those who audit it: replay, one commit, figures, states, proofs.

mod audit;
mod export;
mod json;
mod replay;
mod state;
mod stats;

pub use audit::{notarise, prove, verify};
pub use export::{Export, Quasi};
pub use json::Reading;
pub use replay::{Place, Replay, speed};
pub(crate) use state::folded;
pub use state::state;
pub use stats::{get, stats};

use indicatif::{ProgressBar, ProgressStyle};
use kinward_eventsourcing::Position;

/// A bar over positions, on standard error, where nobody's pipe has it.
fn bar(what: &str, to: Position) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}  {per_sec}  {eta}")?;
    Ok(ProgressBar::new(to.0).with_style(style).with_message(what.to_owned()))
}
