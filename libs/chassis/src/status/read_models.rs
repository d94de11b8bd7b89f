//! What is said where a read model cannot answer, or not yet.

use super::Answer;
use kinward_contracts::r#type::v1::Reason;
use kinward_eventsourcing::Position;
use std::time::Duration;
use tonic::Status;

/// A read model is away, or not fresh in time.
pub fn unavailable_read_model(error: impl std::fmt::Display) -> Status {
    tracing::warn!(%error, "a read model cannot answer");
    let answer = Answer::new(
        Reason::ReadModelUnavailable,
        "视图暂不可用或尚未更新到所要求的位置，请重试",
        "the read model is out of reach, or not yet as fresh as asked: send again",
    );
    answer.retry(Duration::from_secs(1)).status()
}

/// A past read model is being rebuilt.
pub fn being_rebuilt(folded: u64, of: u64) -> Status {
    let percent = (folded * 100).checked_div(of).unwrap_or_default();
    let mut answer = Answer::new(
        Reason::ReadModelUnavailable,
        format!("正在重建往期视图，已完成 {percent}%，请稍后重试"),
        format!("the read model of that position is being rebuilt, {percent} % done: send again"),
    );
    answer.metadata.insert("progress_percent".to_owned(), percent.to_string());
    answer.retry(Duration::from_secs(1)).status()
}

/// The caller has had as many past read models built as it may for now.
pub fn too_many_past(after: Duration) -> Status {
    let answer = Answer::new(
        Reason::Overloaded,
        "您近期查询的往期时点过多，请稍后再试，或改查已建好的时点",
        "you asked for too many past positions lately: ask for one that was built, or send again later",
    );
    answer.retry(after).status()
}

/// What is asked for is not as fresh as the caller asks, and will not be before its deadline.
pub fn not_fresh(at: Position, wanted: Position) -> Status {
    let mut answer = Answer::new(
        Reason::ReadModelUnavailable,
        format!("视图到达位置 {at}，未到所要求的 {wanted}，请稍后重试，并核对该位置是否出自本日志"),
        format!(
            "at_least_as_fresh: {wanted} is not reached, the answer would be of {at}: send again, and check that the \
             position is one of this log"
        ),
    );
    answer.metadata.insert("position".to_owned(), at.0.to_string());
    answer.metadata.insert("at_least_as_fresh".to_owned(), wanted.0.to_string());
    answer.retry(Duration::from_secs(1)).status()
}
