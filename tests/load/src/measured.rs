//! What a generator measured: it prints it as one line of JSON, `table` reads it.

use hdrhistogram::Histogram;
use kinward::log_commands::line;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A rate, and how long one took.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Rate {
    pub(crate) per_second: f64,
    pub(crate) done: u64,
    /// Refused, failed, or in conflict and done again.
    pub(crate) failed: u64,
    #[serde(default)]
    pub(crate) took: Took,
}

/// How long something took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Took {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) most: f64,
}

/// Durations with three digits, up to a minute.
pub(crate) struct Durations(Histogram<u64>);

impl Durations {
    pub(crate) fn new() -> anyhow::Result<Self> {
        Ok(Self(Histogram::new_with_bounds(1, 60_000_000, 3)?))
    }

    pub(crate) fn add(&mut self, duration: Duration) {
        self.0.saturating_record(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX));
    }

    pub(crate) fn merge(&mut self, other: &Self) -> anyhow::Result<()> {
        Ok(self.0.add(&other.0)?)
    }

    #[expect(clippy::cast_precision_loss, reason = "at most 60,000,000")]
    pub(crate) fn took(&self) -> Took {
        let at = |quantile: f64| self.0.value_at_quantile(quantile) as f64 / 1000.0;
        Took { p50: at(0.5), p99: at(0.99), most: self.0.max() as f64 / 1000.0 }
    }
}

/// `done` in `elapsed`, as a rate.
#[expect(clippy::cast_precision_loss, reason = "counts of a bench")]
pub(crate) fn per_second(done: u64, elapsed: Duration) -> f64 {
    done as f64 / elapsed.as_secs_f64()
}

pub(crate) fn print(measured: &impl Serialize) -> anyhow::Result<()> {
    line(&serde_json::to_string(measured)?);
    Ok(())
}

/// The middle one.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
