//! The admin port: metrics, and whether the service lives and is ready.

use crate::metrics::Metrics;
use crate::runtime::Runtime;
use crate::serve::{StartError, bind};
use axum::extract::State;
use axum::http::StatusCode;
use kinward_eventlog::Log;
use kinward_eventsourcing::Position;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How long metrics and readiness wait for the log.
const PATIENCE: Duration = Duration::from_secs(1);

type Watched<T> = Arc<Mutex<Vec<(&'static str, watch::Receiver<T>)>>>;

/// What reads the log here, and how far it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Followed {
    positions: Watched<Position>,
    parked: Watched<usize>,
}

impl Followed {
    pub(crate) fn positions(&self) -> MutexGuard<'_, Vec<(&'static str, watch::Receiver<Position>)>> {
        self.positions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn parked(&self) -> MutexGuard<'_, Vec<(&'static str, watch::Receiver<usize>)>> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone)]
struct Shown {
    metrics: Metrics,
    log: Log,
    followed: Followed,
}

pub(crate) async fn serve(
    address: &str,
    metrics: Metrics,
    runtime: &Runtime,
) -> Result<SocketAddr, StartError> {
    let (listener, at) = bind(address).await?;
    let shown = Shown { metrics, log: runtime.log.clone(), followed: runtime.followed().clone() };
    let router = axum::Router::new()
        .route("/metrics", axum::routing::get(metrics_now))
        .route("/livez", axum::routing::get(|| async { "live" }))
        .route("/readyz", axum::routing::get(ready))
        .with_state(shown);
    let stopped = runtime.stop.clone();
    runtime.spawn(async move {
        let serving = axum::serve(listener, router).with_graceful_shutdown(stopped.cancelled_owned());
        if let Err(error) = serving.await {
            tracing::error!(%error, "the admin port ended");
        }
    });
    Ok(at)
}

async fn metrics_now(State(Shown { metrics, log, followed }): State<Shown>) -> String {
    metrics.unknown_outcomes.set(log.unknown_outcomes().cast_signed());
    metrics.left_out.set(log.left_out().cast_signed());
    // the last position known stays shown while the log is away
    if let Ok(Ok(last)) = tokio::time::timeout(PATIENCE, log.last_position()).await {
        metrics.log_position.set(last.0.cast_signed());
    }
    for (reader, reached) in followed.positions().iter() {
        metrics.position(reader).set(reached.borrow().0.cast_signed());
    }
    for (projection, parked) in followed.parked().iter() {
        metrics.parked(projection).set(i64::try_from(*parked.borrow()).unwrap_or(i64::MAX));
    }
    metrics.render()
}

async fn ready(State(shown): State<Shown>) -> (StatusCode, String) {
    match tokio::time::timeout(PATIENCE, shown.log.last_position()).await {
        Ok(Ok(position)) => (StatusCode::OK, format!("log: ok, position {position}\n")),
        Ok(Err(error)) => (StatusCode::SERVICE_UNAVAILABLE, format!("log: {error}\n")),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, format!("log: no answer in {PATIENCE:?}\n")),
    }
}
