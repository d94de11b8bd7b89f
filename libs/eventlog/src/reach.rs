//! Whether the log's leader can be reached. A server that is cut off from the others keeps its clients, who would wait
//! for it for ever: the way out is another server.

use async_nats::{Client, ReconnectToServer, Server, ServerInfo};
use serde::Deserialize;
use std::future::{Ready, ready};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Between two questions, and until an answer is missed.
const EVERY: Duration = Duration::from_secs(2);
/// Answers missed in a row before another server is tried: an election takes less.
const MISSES: u32 = 3;

#[derive(Deserialize)]
struct Answer {
    error: Option<ApiError>,
    /// Only there where there are several servers.
    cluster: Option<Cluster>,
}

#[derive(Deserialize)]
struct Cluster {
    /// Absent on a server that knows of none: cut off, it still answers for the stream from its own copy.
    leader: Option<String>,
}

impl Answer {
    /// Whether a leader is known: a stream that is not there yet needs none.
    fn leads_somewhere(&self) -> bool {
        let refused = self.error.as_ref().is_some_and(|error| error.code == 503);
        !refused && self.cluster.as_ref().is_none_or(|cluster| cluster.leader.is_some())
    }
}

#[derive(Deserialize)]
struct ApiError {
    code: u16,
}

/// Which server to connect to: each time the next one. Left to itself the client takes the one that failed least, which
/// is just the one that is cut off from servers that were down before.
pub(crate) fn next_server() -> impl Fn(Vec<Server>, ServerInfo) -> Ready<Option<ReconnectToServer>> {
    // services begin at different servers
    let turn = AtomicUsize::new(usize::from(rand::random::<u8>()));
    move |servers, _| {
        let turn = turn.fetch_add(1, Ordering::Relaxed);
        let next = turn.checked_rem(servers.len()).and_then(|index| servers.get(index));
        ready(next.map(|server| ReconnectToServer { addr: server.addr.clone(), delay: None }))
    }
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

async fn answers(client: &Client, question: &str) -> bool {
    let asked = tokio::time::timeout(EVERY, client.request(question.to_owned(), bytes::Bytes::new())).await;
    let Ok(Ok(message)) = asked else { return false };
    serde_json::from_slice::<Answer>(&message.payload).is_ok_and(|answer| answer.leads_somewhere())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_of_a_server_that_knows_a_leader_counts() {
        let counts = |answer: &str| serde_json::from_str::<Answer>(answer).unwrap().leads_somewhere();
        assert!(counts(r#"{"config": {}, "cluster": {"name": "kinward", "leader": "n2"}}"#));
        assert!(counts(r#"{"config": {}}"#), "one server alone");
        assert!(counts(r#"{"error": {"code": 404, "err_code": 10059}}"#), "not there yet");
        assert!(!counts(r#"{"config": {}, "cluster": {"name": "kinward"}}"#), "cut off");
        assert!(!counts(r#"{"error": {"code": 503, "err_code": 10008}}"#));
    }
}
