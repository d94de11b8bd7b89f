//! In-memory folds of the whole log.

use crate::{DecodeError, Recorded};
use serde::{Serialize, de::DeserializeOwned};

/// A look-up across aggregates: a pure fold of the log, restored from a snapshot and caught up. It advises;
/// uniqueness is always a claim subject.
pub trait Index: Default + Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Name, unique in the deployment.
    const NAME: &'static str;
    /// Version of its shape and fold: snapshots of another are ignored.
    const SCHEMA: u32;

    /// Folds one event.
    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError>;
}
