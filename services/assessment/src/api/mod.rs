//! From requests to commands and back. No rules, no storage.

mod lists;
mod relief;
mod steps;
mod view;

pub(crate) use relief::Referrals;
pub(crate) use steps::Assessments;

use kinward_chassis::status_of_log;
use kinward_eventlog::Log;
use kinward_eventsourcing::{Decider, Folded, Recorded};
use tonic::Status;

/// Every event of an aggregate, as the log has it now.
async fn history<D: Decider>(log: &Log, id: &str) -> Result<Vec<Recorded>, Status> {
    let read = async { log.history(&Folded::<D>::subject(id)?).await };
    read.await.map_err(status_of_log)
}
