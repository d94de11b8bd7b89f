//! An HTTP endpoint that keeps what was posted, and fails when told to.

use crate::Answer;
use crate::answer::Book;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A post as it came.
#[derive(Clone, Debug)]
pub struct Post {
    /// Path and query.
    pub path: String,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: String,
}

impl Post {
    /// A header's value.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// An endpoint on a free loopback port. Dropping it ends it.
#[derive(Debug)]
pub struct PostBox {
    address: SocketAddr,
    book: Arc<Book<Post>>,
    stop: CancellationToken,
}

impl PostBox {
    /// An endpoint that takes everything.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (book, stop) = (Arc::new(Book::new(Answer::Status(200))), CancellationToken::new());
        let router = Router::new().fallback(take).with_state(Arc::clone(&book));
        let stopped = stop.clone();
        TaskTracker::new().spawn(async move {
            tokio::select! {
                served = async { axum::serve(listener, router).await } => served,
                () = stopped.cancelled() => Ok(()),
            }
        });
        Self { address, book, stop }
    }

    /// Where it listens, with this path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How it answers from now on.
    pub fn answer(&self, answer: Answer) {
        self.book.answer(answer);
    }

    /// Everything that came, whatever was answered.
    pub fn came(&self) -> Vec<Post> {
        self.book.came()
    }

    /// Waits until so many came.
    pub async fn wait_for(&self, count: usize) -> Vec<Post> {
        self.book.wait_for(count).await
    }
}

impl Drop for PostBox {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn take(
    State(book): State<Arc<Book<Post>>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, StatusCode> {
    let path = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let post = Post { path, headers, body: String::from_utf8_lossy(&body).into_owned() };
    match book.take(post).await {
        Some(status) => Ok(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)),
        // an HTTP server cannot cut in the middle of a handler: it never answers
        None => std::future::pending().await,
    }
}
