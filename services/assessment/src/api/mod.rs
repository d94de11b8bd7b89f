//! From requests to commands and back. No rules, no storage.

mod lists;
mod relief;
mod steps;
mod view;

pub(crate) use relief::Referrals;
pub(crate) use steps::Assessments;

use kinward_assessment_domain::Duty;
use kinward_chassis::{Caller, status_of_log, unavailable_read_model};
use kinward_contracts::assessment::v1 as messages;
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::Freshness;
use kinward_eventlog::{Live, Log};
use kinward_eventsourcing::{Index, Position, Recorded, Subject};
use tonic::Status;

/// Entries in one answer when the caller does not say.
const PAGE: usize = 50;

/// The page that a list is asked for.
struct Page {
    size: usize,
    from: usize,
}

impl Page {
    fn new(size: i32, token: &str) -> Self {
        let size = usize::try_from(size).ok().filter(|size| *size > 0).unwrap_or(PAGE);
        Self { size, from: token.parse().unwrap_or(0) }
    }

    /// The entries of the page, and the token of the next.
    fn cut<T>(&self, all: impl Iterator<Item = T>) -> (Vec<T>, String) {
        let mut some: Vec<T> = all.skip(self.from).take(self.size + 1).collect();
        let more = some.len() > self.size;
        some.truncate(self.size);
        (some, if more { (self.from + self.size).to_string() } else { String::new() })
    }
}

/// Waits, as long as the caller does, until an index is as fresh as asked.
async fn fresh<I: Index>(index: &Live<I>, wanted: Option<Freshness>, caller: &Caller) -> Result<(), Status> {
    let wanted = Position(wanted.map(|freshness| freshness.at_least_as_fresh).unwrap_or_default());
    let reached = tokio::time::timeout_at(caller.deadline, index.wait_for(wanted)).await;
    reached.map_err(|_| unavailable_read_model(&"the list is not as fresh as asked"))
}

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
