//! Whether the log's leader can be reached. A server that is cut off from the others keeps its clients, who would wait
//! for it for ever: the way out is another server.

use async_nats::Client;
use serde::Deserialize;
use std::time::Duration;

/// Between two questions, and until an answer is missed.
const EVERY: Duration = Duration::from_secs(2);
/// Answers missed in a row before another server is tried: an election takes less.
const MISSES: u32 = 3;

#[derive(Deserialize)]
struct Answer {
    error: Option<ApiError>,
}

#[derive(Deserialize)]
struct ApiError {
    code: u16,
}

/// Asks the stream's leader again and again; connects anew where nobody reaches it.
pub(crate) async fn stay_in_reach(client: Client, stream: &str) {
    let question = format!("$JS.API.STREAM.INFO.{stream}");
    let mut missed = 0;
    loop {
        tokio::time::sleep(EVERY).await;
        missed = if answers(&client, &question).await { 0 } else { missed + 1 };
        if missed == MISSES {
            tracing::warn!("the log's leader cannot be reached through this server: connecting anew");
            missed = 0;
            if client.force_reconnect().await.is_err() {
                return;
            }
        }
    }
}

/// Whether anybody with a say answers: a stream that is not there yet is an answer, a cluster without a leader none.
async fn answers(client: &Client, question: &str) -> bool {
    let asked = tokio::time::timeout(EVERY, client.request(question.to_owned(), bytes::Bytes::new())).await;
    let Ok(Ok(message)) = asked else { return false };
    let answer = serde_json::from_slice::<Answer>(&message.payload);
    answer.is_ok_and(|answer| answer.error.is_none_or(|error| error.code != 503))
}
