//! From requests to commands and back. No rules, no storage.

mod lists;
mod relief;
mod steps;
mod view;

pub(crate) use relief::Referrals;
pub(crate) use steps::Assessments;

use kinward_assessment_domain::Duty;
use kinward_chassis::status_of_log;
use kinward_contracts::assessment::v1 as messages;
use kinward_contracts::timestamp;
use kinward_eventlog::Log;
use kinward_eventsourcing::{Recorded, Subject};
use tonic::Status;

/// Every event of an aggregate, as the log has it now.
async fn history(log: &Log, aggregate: &str, id: &str) -> Result<Vec<Recorded>, Status> {
    let read = async { log.history(&Subject::new(aggregate, id)?).await };
    read.await.map_err(|error| status_of_log(&error))
}

/// A duty as callers read it.
fn duty(duty: Duty) -> messages::Duty {
    messages::Duty {
        what: duty.what.to_owned(),
        zh: duty.zh,
        en: duty.en,
        department: duty.department.into(),
        unit_id: duty.unit_id,
        about_id: duty.about_id,
        since: Some(timestamp(duty.since)),
        due_at: duty.due_at.map(timestamp),
        rule: duty.rule.id.to_owned(),
        article: duty.rule.article.to_owned(),
        missing: duty.missing.into_iter().map(|missing| missing.what).collect(),
    }
}
