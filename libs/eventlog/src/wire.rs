//! The few requests that async-nats has no call for: guarded publish with a parsed answer, atomic batch,
//! batch direct get, leader reads. Tested against the real server.

use crate::Error;
use async_nats::header::{
    HeaderMap, NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL, NATS_BATCH_ID, NATS_BATCH_SEQUENCE,
    NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_EXPECTED_STREAM,
};
use async_nats::{Client, Request, RequestErrorKind, StatusCode};
use bytes::Bytes;
use futures::StreamExt as _;
use kinward_eventsourcing::{Position, Subject};
use serde::Deserialize;
use std::time::Duration;

/// One message to publish, guarded by the position of the last one on its subject.
#[derive(Clone, Debug)]
pub(crate) struct Guarded {
    pub(crate) subject: Subject,
    pub(crate) expected: Position,
    pub(crate) bytes: Bytes,
    pub(crate) headers: HeaderMap,
}

/// What became of a publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Published {
    /// Stored; of a batch, the position of its last message.
    At(Position),
    /// The guard did not hold; nothing was stored.
    Conflict,
    /// Not stored: something before it on the subject is not decided yet.
    InFlight,
    /// Certainly not stored; worth trying again.
    NotStored(String),
    /// Certainly not stored, and trying again soon will not help.
    Refused(String),
    /// No answer: it may or may not be stored.
    Unknown,
}

#[derive(Deserialize)]
struct Answer {
    error: Option<ApiError>,
    seq: Option<u64>,
}

#[derive(Deserialize)]
struct ApiError {
    err_code: u64,
    description: String,
}

/// JSWrongLastSequence.
const CONFLICT: u64 = 10071;
/// JSStreamExpectedLastSeqPerSubjectInProcess, on three replicas: another message of the subject is not decided yet, and
/// may be an earlier publish of this very one.
const IN_FLIGHT: u64 = 10164;
/// Leader elections, restarts and full queues: it passes.
const PASSING: [u64; 10] = [10008, 10009, 10039, 10059, 10076, 10118, 10167, 10170, 10176, 10210];

/// Publishes one message.
pub(crate) async fn publish(client: &Client, stream: &str, message: &Guarded, wait: Duration) -> Published {
    let mut headers = message.headers.clone();
    guard(&mut headers, stream, message.expected);
    request(client, message.subject.as_str(), headers, message.bytes.clone(), wait).await
}

/// Publishes one message to a subject outside of the log, guarded in the same way.
pub(crate) async fn publish_to(
    client: &Client,
    stream: &str,
    subject: &str,
    expected: Position,
    bytes: Vec<u8>,
) -> Published {
    let mut headers = HeaderMap::new();
    guard(&mut headers, stream, expected);
    request(client, subject, headers, bytes.into(), Duration::from_secs(2)).await
}

/// Publishes all or none. One round trip: only the last message is answered.
pub(crate) async fn publish_batch(
    client: &Client,
    stream: &str,
    batch_id: &str,
    messages: &[Guarded],
    wait: Duration,
) -> Published {
    let last = messages.len();
    for (index, message) in messages.iter().enumerate() {
        let mut headers = message.headers.clone();
        guard(&mut headers, stream, message.expected);
        headers.insert(NATS_BATCH_ID, batch_id);
        headers.insert(NATS_BATCH_SEQUENCE, (index + 1).to_string().as_str());
        let subject = message.subject.as_str().to_owned();
        if index + 1 == last {
            headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
            return request(client, &subject, headers, message.bytes.clone(), wait).await;
        }
        if let Err(error) = client.publish_with_headers(subject, headers, message.bytes.clone()).await {
            return Published::NotStored(error.to_string());
        }
    }
    Published::NotStored("an empty batch".to_owned())
}

fn guard(headers: &mut HeaderMap, stream: &str, expected: Position) {
    headers.insert(NATS_EXPECTED_STREAM, stream);
    headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expected.0.to_string().as_str());
}

async fn request(
    client: &Client,
    subject: &str,
    headers: HeaderMap,
    payload: Bytes,
    wait: Duration,
) -> Published {
    let request = Request::new().payload(payload).headers(headers).timeout(Some(wait));
    match client.send_request(subject.to_owned(), request).await {
        Ok(message) if message.status == Some(StatusCode::NO_RESPONDERS) => {
            Published::NotStored("no stream listens".to_owned())
        }
        Ok(message) => match serde_json::from_slice::<Answer>(&message.payload) {
            Ok(Answer { error: Some(error), .. }) if error.err_code == CONFLICT => Published::Conflict,
            Ok(Answer { error: Some(error), .. }) if error.err_code == IN_FLIGHT => Published::InFlight,
            Ok(Answer { error: Some(error), .. }) if PASSING.contains(&error.err_code) => {
                Published::NotStored(error.description)
            }
            Ok(Answer { error: Some(error), .. }) => Published::Refused(error.description),
            Ok(Answer { seq: Some(sequence), .. }) => Published::At(Position(sequence)),
            _ => Published::Unknown,
        },
        Err(error) => match error.kind() {
            RequestErrorKind::NoResponders => Published::NotStored(error.to_string()),
            RequestErrorKind::InvalidSubject | RequestErrorKind::MaxPayloadExceeded => {
                Published::Refused(error.to_string())
            }
            RequestErrorKind::TimedOut | RequestErrorKind::Other => Published::Unknown,
        },
    }
}

/// A message read from a stream.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) position: Position,
    pub(crate) bytes: Bytes,
}

/// Up to `most` messages of one subject after a position, oldest first, from whichever replica answers.
pub(crate) async fn direct_get(
    client: &Client,
    stream: &str,
    subject: &str,
    after: Position,
    most: usize,
    wait: Duration,
) -> Result<Vec<Stored>, Error> {
    let inbox = client.new_inbox();
    let mut answers = client.subscribe(inbox.clone()).await.map_err(Error::unavailable)?;
    let query = serde_json::json!({ "seq": after.0 + 1, "next_by_subj": subject, "batch": most });
    client
        .publish_with_reply(format!("$JS.API.DIRECT.GET.{stream}"), inbox, query.to_string().into())
        .await
        .map_err(Error::unavailable)?;
    let mut found = Vec::new();
    loop {
        let answer = tokio::time::timeout(wait, answers.next())
            .await
            .map_err(|_| Error::Unavailable("no answer to a read".to_owned()))?
            .ok_or_else(|| Error::Unavailable("the connection was closed".to_owned()))?;
        match answer.status {
            // end of batch, or nothing found
            Some(status) if status.as_u16() == 204 || status.as_u16() == 404 => return Ok(found),
            Some(status) if status.as_u16() >= 400 => {
                return Err(Error::Unavailable(format!("reading the log: status {status}")));
            }
            _ => {
                let position = answer
                    .headers
                    .as_ref()
                    .and_then(|headers| headers.get("Nats-Sequence"))
                    .and_then(|value| value.as_str().parse().ok())
                    .ok_or_else(|| Error::Unavailable("an answer without a sequence".to_owned()))?;
                found.push(Stored { position: Position(position), bytes: answer.payload });
            }
        }
    }
}
