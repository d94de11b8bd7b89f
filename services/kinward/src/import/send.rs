//! Rows to the registry: many in a request, some requests at a time, each sent again until it is answered. A row's id
//! makes that safe.

use super::results::Outcome;
use super::row::{Problem, column_of};
use crate::clients::Authorised;
use futures::StreamExt as _;
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

/// Sends every row; tells how many are done. Answers what became of the rows, and why it ended early, if it did.
pub(crate) async fn send(
    children: &ChildServiceClient<Authorised>,
    rows: Vec<Sending>,
    dry_run: bool,
    done: &(impl Fn(usize) + Sync),
) -> (Vec<(u64, Outcome)>, anyhow::Result<()>) {
    let mut batches = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        batches.push(rows.by_ref().take(ROWS).collect::<Vec<_>>());
    }
    // where one batch got no answer, the others need not be as patient
    let gave_up = &AtomicBool::new(false);
    let sent = batches.into_iter().map(|batch| async move {
        let count = batch.len();
        let sent = send_batch(children.clone(), batch, dry_run, gave_up).await;
        done(count);
        sent
    });
    let (mut outcomes, mut ended) = (Vec::new(), Ok(()));
    let mut sent = futures::stream::iter(sent).buffer_unordered(IN_FLIGHT);
    while let Some((some, refused)) = sent.next().await {
        outcomes.extend(some);
        ended = ended.and(refused);
    }
    (outcomes, ended)
}

/// Sends a batch until each of its rows is answered, or for good reason no more.
async fn send_batch(
    mut children: ChildServiceClient<Authorised>,
    mut rows: Vec<Sending>,
    dry_run: bool,
    gave_up: &AtomicBool,
) -> (Vec<(u64, Outcome)>, anyhow::Result<()>) {
    let (mut outcomes, mut ended) = (Vec::with_capacity(rows.len()), Ok(()));
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
                let mut answers = answer.into_inner().rows.into_iter();
                for row in rows {
                    match answers.next().and_then(|answer| outcome(&row.request, answer, dry_run)) {
                        Some(outcome) => outcomes.push((row.number, outcome)),
                        None => again.push(row),
                    }
                }
                rows = again;
                if rows.is_empty() {
                    return (outcomes, ended);
                }
            }
            Err(status) if passes(&status) => {}
            Err(status) => {
                let says = status.message();
                ended = Err(anyhow::anyhow!("登记服务拒绝了请求  the registry refuses the request: {says}"));
                break;
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
    (outcomes, ended)
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
            let again =
                [Reason::LogUnavailable, Reason::KeysUnavailable, Reason::Conflict, Reason::DeadlineExceeded];
            (!again.contains(&refusal.reason())).then(|| refused(request, refusal))
        }
    }
}

fn refused(request: &RegisterChildRequest, refusal: Refusal) -> Outcome {
    let mut problems: Vec<Problem> = refusal
        .violations
        .iter()
        .map(|violation| match column_of(request, &violation.field) {
            Some(column) => Problem::because(column, &violation.message_zh, &violation.message_en),
            None => Problem {
                rule: String::new(),
                field: violation.field.clone(),
                zh: format!("{}：{}", violation.field, violation.message_zh),
                en: format!("{}: {}", violation.field, violation.message_en),
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
