//! Rows to the registry: many in a request, some requests at a time, each sent again until it is answered. A row's id
//! makes that safe.

use super::results::Outcome;
use super::row::{Problem, column_of};
use crate::clients::Authorised;
use futures::{StreamExt as _, TryStreamExt as _};
use kinward_contracts::registry::v1::{RegisterChildRequest, RegisterChildrenRequest};
use kinward_contracts::r#type::v1::row_outcome::Outcome as Answer;
use kinward_contracts::r#type::v1::{Reason, Refusal, RowOutcome};
use kinward_contracts_grpc::registry::v1::child_service_client::ChildServiceClient;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tonic::{Code, Status};

/// Rows in one request.
const ROWS: usize = 250;
/// Requests at a time: the registry decides on one while the log stores another.
const IN_FLIGHT: usize = 4;
/// How often a request is sent before its rows are given up for this run.
const ATTEMPTS: u32 = 8;
/// How long a request may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A row on its way.
pub(crate) struct Sending {
    pub(crate) number: u64,
    pub(crate) request: RegisterChildRequest,
}

/// Sends every row; tells how many are done. Fails only where no row could ever be answered.
pub(crate) async fn send(
    children: &ChildServiceClient<Authorised>,
    rows: Vec<Sending>,
    dry_run: bool,
    done: &(impl Fn(usize) + Sync),
) -> anyhow::Result<Vec<(u64, Outcome)>> {
    let mut batches = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        batches.push(rows.by_ref().take(ROWS).collect::<Vec<_>>());
    }
    // where one batch got no answer, the others need not be as patient
    let gave_up = &AtomicBool::new(false);
    let sent = batches.into_iter().map(|batch| async move {
        let count = batch.len();
        let outcomes = send_batch(children.clone(), batch, dry_run, gave_up).await;
        done(count);
        outcomes
    });
    let outcomes: Vec<_> = futures::stream::iter(sent).buffer_unordered(IN_FLIGHT).try_collect().await?;
    Ok(outcomes.into_iter().flatten().collect())
}

/// Sends a batch until each of its rows is answered, or for good reason no more.
async fn send_batch(
    mut children: ChildServiceClient<Authorised>,
    mut rows: Vec<Sending>,
    dry_run: bool,
    gave_up: &AtomicBool,
) -> anyhow::Result<Vec<(u64, Outcome)>> {
    let mut outcomes = Vec::with_capacity(rows.len());
    for attempt in 0..ATTEMPTS {
        let mut request = tonic::Request::new(RegisterChildrenRequest {
            request_id: rows.first().map(|row| row.request.request_id.clone()).unwrap_or_default(),
            rows: rows.iter().map(|row| row.request.clone()).collect(),
            validate_only: dry_run,
        });
        request.set_timeout(PATIENCE);
        match children.register_children(request).await {
            Ok(answer) => {
                let mut again = Vec::new();
                for (row, answer) in rows.into_iter().zip(answer.into_inner().rows) {
                    match outcome(&row.request, answer, dry_run) {
                        Some(outcome) => outcomes.push((row.number, outcome)),
                        None => again.push(row),
                    }
                }
                rows = again;
                if rows.is_empty() {
                    return Ok(outcomes);
                }
            }
            Err(status) if passes(&status) => {}
            Err(status) => {
                anyhow::bail!("登记服务拒绝了请求  the registry refuses the request: {}", status.message());
            }
        }
        if gave_up.load(Ordering::Relaxed) {
            break;
        }
        if attempt + 1 < ATTEMPTS {
            tokio::time::sleep(Duration::from_millis(250) * 2_u32.pow(attempt.min(5))).await;
        }
    }
    gave_up.store(true, Ordering::Relaxed);
    outcomes.extend(rows.into_iter().map(|row| (row.number, Outcome::Unknown)));
    Ok(outcomes)
}

/// Whether the same request may be answered later.
fn passes(status: &Status) -> bool {
    let codes = [
        Code::Unavailable,
        Code::Aborted,
        Code::DeadlineExceeded,
        Code::Cancelled,
        Code::ResourceExhausted,
        Code::Unknown,
    ];
    codes.contains(&status.code())
}

/// What the registry says of a row; `None`: the row is to be sent again.
fn outcome(request: &RegisterChildRequest, answer: RowOutcome, dry_run: bool) -> Option<Outcome> {
    match answer.outcome? {
        Answer::Receipt(receipt) if dry_run && receipt.position == 0 => Some(Outcome::Sound),
        Answer::Receipt(receipt) => Some(Outcome::OnFile { child_id: receipt.id }),
        Answer::Refusal(refusal) => {
            let again = [Reason::LogUnavailable, Reason::KeysUnavailable, Reason::Conflict];
            (!again.contains(&refusal.reason())).then(|| refused(request, refusal))
        }
    }
}

fn refused(request: &RegisterChildRequest, refusal: Refusal) -> Outcome {
    let mut problems: Vec<Problem> = refusal
        .violations
        .iter()
        .map(|violation| match column_of(request, &violation.field) {
            Some(column) => Problem::at(column, &violation.description),
            None => Problem {
                rule: String::new(),
                field: violation.field.clone(),
                zh: "请更正字段".to_owned(),
                en: format!("{}: {}", violation.field, violation.description),
            },
        })
        .collect();
    if problems.is_empty() {
        problems.push(Problem {
            field: String::new(),
            rule: format!("{} {}", refusal.rule, refusal.article).trim().to_owned(),
            zh: refusal.message_zh,
            en: refusal.message_en,
        });
    }
    Outcome::Refused { problems, existing_id: refusal.existing_id }
}
