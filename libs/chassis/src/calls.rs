//! The layer around every call: trace, identity, deadline, load shedding, metrics.

use crate::gate::{Deadline, Expires};
use crate::identity::DevelopmentTokens;
use crate::metrics::{Answered, Metrics, Rpc};
use crate::status;
use http::{HeaderMap, Request, Response};
use kinward_eventlog::trace::span_context;
use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt as _;
use prometheus_client::metrics::gauge::Gauge;
use prost::Message as _;
use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tonic::body::Body;
use tonic::transport::server::TcpConnectInfo;
use tonic::{Code, Status};
use tower::{Layer, Service};
use tracing::{Instrument as _, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// What the layer needs.
#[derive(Clone)]
pub(crate) struct Calls {
    pub(crate) tokens: Arc<DevelopmentTokens>,
    pub(crate) metrics: Metrics,
    pub(crate) room: Arc<Semaphore>,
    pub(crate) connections: Connections,
    pub(crate) default_deadline: Duration,
    pub(crate) max_deadline: Duration,
}

impl<S> Layer<S> for Calls {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded { inner, calls: self.clone() }
    }
}

/// Calls in flight by connection, so that one caller cannot take all the room.
#[derive(Clone)]
pub(crate) struct Connections {
    most: usize,
    in_flight: Arc<Mutex<HashMap<SocketAddr, usize>>>,
}

/// One call's place on its connection.
struct Turn<'a>(&'a Connections, Option<SocketAddr>);

impl Connections {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, in_flight: Arc::default() }
    }

    /// A place; `None`: the connection has as many calls in flight as it may.
    fn enter(&self, connection: Option<SocketAddr>) -> Option<Turn<'_>> {
        if let Some(address) = connection {
            let mut all = self.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
            let count = all.entry(address).or_default();
            if *count >= self.most {
                return None;
            }
            *count += 1;
        }
        Some(Turn(self, connection))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let Some(address) = self.1 else { return };
        let mut all = self.0.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                all.remove(&address);
            }
        }
    }
}

/// A service behind the layer.
#[derive(Clone)]
pub(crate) struct Guarded<S> {
    inner: S,
    calls: Calls,
}

impl<S> Service<Request<Body>> for Guarded<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut std::task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let ready = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, ready);
        let calls = self.calls.clone();
        Box::pin(async move {
            if request.uri().path().starts_with("/grpc.") {
                return guarded(inner, request).await;
            }
            let path = rpc(request.uri().path());
            let began = Instant::now();
            let span = span(&path, request.headers());
            let answer = {
                let _in_flight = InFlight::of(&calls.metrics.in_flight);
                calls.serve(inner, request, began).instrument(span.clone()).await
            };
            let code = answer.as_ref().map_or(Code::Unknown, code_of);
            span.record("code", tracing::field::debug(code));
            calls
                .metrics
                .seconds
                .get_or_create(&Rpc { rpc: path.clone() })
                .observe(began.elapsed().as_secs_f64());
            calls.metrics.calls.get_or_create(&Answered { rpc: path, code: format!("{code:?}") }).inc();
            answer
        })
    }
}

/// The path of a call, if it names an rpc there is: whatever else a caller writes there is kept nowhere.
fn rpc(path: &str) -> String {
    static RPCS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let all = prost_types::FileDescriptorSet::decode(kinward_contracts_grpc::DESCRIPTORS);
        let files = all.unwrap_or_default().file.into_iter();
        let services = files.flat_map(|file| {
            let package = file.package().to_owned();
            file.service.into_iter().map(move |service| (package.clone(), service))
        });
        services
            .flat_map(|(package, service)| {
                let prefix = format!("/{package}.{}/", service.name());
                service.method.into_iter().map(move |method| format!("{prefix}{}", method.name()))
            })
            .collect()
    });
    if RPCS.contains(path) { path.to_owned() } else { "unknown".to_owned() }
}

/// Counts a call until it ends, also one that its caller gave up.
struct InFlight(Gauge);

impl InFlight {
    fn of(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// The span of a call; it goes on with the caller's trace. No header and no message is in it.
fn span(path: &str, headers: &HeaderMap) -> Span {
    let span =
        tracing::info_span!("call", otel.name = path, otel.kind = "server", code = tracing::field::Empty);
    let theirs = headers.get("traceparent").and_then(|value| value.to_str().ok()).and_then(span_context);
    if let Some(theirs) = theirs {
        // without an exporter nobody keeps the parent, and nobody misses it
        let _ = span.set_parent(Context::new().with_remote_span_context(theirs));
    }
    span
}

async fn guarded<S: Service<Request<Body>, Response = Response<Body>>>(
    mut inner: S,
    request: Request<Body>,
) -> Result<Response<Body>, S::Error> {
    inner.call(request).await
}

impl Calls {
    async fn serve<S>(
        &self,
        inner: S,
        mut request: Request<Body>,
        began: Instant,
    ) -> Result<Response<Body>, S::Error>
    where
        S: Service<Request<Body>, Response = Response<Body>>,
    {
        let authorization = request.headers().get("authorization").and_then(|value| value.to_str().ok());
        let (principal, expires) = match self.tokens.verify(authorization) {
            Ok(known) => known,
            Err(error) => return Ok(answer(&status::unauthenticated(&error))),
        };
        let connection = request.extensions().get::<TcpConnectInfo>().and_then(TcpConnectInfo::remote_addr);
        let (Some(_turn), Ok(_permit)) = (self.connections.enter(connection), self.room.try_acquire()) else {
            return Ok(answer(&status::overloaded()));
        };
        let asked =
            request.headers().get("grpc-timeout").and_then(|value| value.to_str().ok()).and_then(timeout);
        let deadline = began + asked.unwrap_or(self.default_deadline).min(self.max_deadline);
        request.extensions_mut().insert(principal);
        request.extensions_mut().insert(Expires(expires));
        request.extensions_mut().insert(Deadline(deadline));
        match tokio::time::timeout_at(deadline, guarded(inner, request)).await {
            Ok(answered) => answered.map(explained),
            Err(_) => Ok(answer(&status::deadline_exceeded())),
        }
    }
}

fn answer(status: &Status) -> Response<Body> {
    status.clone().into_http()
}

/// An answer that refuses without saying why is tonic's own: to what is no message of the rpc, or to what is not served
/// here. It is given a reason as every refusal has one.
fn explained(response: Response<Body>) -> Response<Body> {
    match Status::from_header_map(response.headers()) {
        Some(status) if status.code() != Code::Ok && status.details().is_empty() => {
            answer(&status::of_transport(&status))
        }
        _ => response,
    }
}

/// Code of an answer whose status is known with its headers; a stream's comes with its trailers.
fn code_of(response: &Response<Body>) -> Code {
    Status::from_header_map(response.headers()).map_or(Code::Ok, |status| status.code())
}

/// A `grpc-timeout`: up to eight digits and a unit.
fn timeout(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let amount: u64 = digits.parse().ok().filter(|_| digits.len() <= 8)?;
    Some(match unit {
        "H" => Duration::from_secs(amount * 3600),
        "M" => Duration::from_secs(amount * 60),
        "S" => Duration::from_secs(amount),
        "m" => Duration::from_millis(amount),
        "u" => Duration::from_micros(amount),
        "n" => Duration::from_nanos(amount),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_that_is_not_answered_by_its_deadline_is_answered_as_that() {
        let folder = std::env::temp_dir().join(format!("kinward-calls-{}", rand::random::<u64>()));
        std::fs::create_dir_all(&folder).unwrap();
        let issuer = crate::DevelopmentIssuer::create(&folder).unwrap();
        let caller = crate::Principal {
            person: "p".to_owned(),
            department: "VILLAGE".to_owned(),
            role: "director".to_owned(),
            unit: "v".to_owned(),
            area: "430903".to_owned(),
            on_behalf_of: String::new(),
        };
        let token = issuer.issue(&caller, i64::MAX).unwrap();
        let clock = Arc::new(kinward_eventsourcing::SystemClock);
        let tokens = DevelopmentTokens::open(&folder.join("development-public.pem"), false, clock).unwrap();
        let calls = Calls {
            tokens: Arc::new(tokens),
            metrics: Metrics::new("test"),
            room: Arc::new(Semaphore::new(1)),
            connections: Connections::new(1),
            default_deadline: Duration::from_millis(20),
            max_deadline: Duration::from_secs(1),
        };
        let never = tower::service_fn(|_: Request<Body>| {
            std::future::pending::<Result<Response<Body>, std::convert::Infallible>>()
        });
        let request = Request::builder().header("authorization", format!("Bearer {token}"));
        let answered =
            calls.serve(never, request.body(Body::empty()).unwrap(), Instant::now()).await.unwrap();
        assert_eq!(code_of(&answered), Code::DeadlineExceeded);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn only_an_rpc_there_is_names_a_call() {
        let known = "/kinward.reporting.v1.CallService/RecordRing";
        assert_eq!(rpc(known), known);
        assert_eq!(rpc("/kinward.reporting.v1.CallService/Zhang"), "unknown");
    }

    #[test]
    fn a_grpc_timeout_reads_in_every_unit_and_nothing_else() {
        assert_eq!(timeout("20m"), Some(Duration::from_millis(20)));
        assert_eq!(timeout("3S"), Some(Duration::from_secs(3)));
        assert_eq!(timeout("1H"), Some(Duration::from_secs(3600)));
        for bad in ["", "S", "5", "123456789S", "-1S", "1x", "１S"] {
            assert_eq!(timeout(bad), None, "{bad:?}");
        }
    }
}
