//! A service's life: start, serve, drain, end.

use crate::Settings;
use crate::admin::{self, Followed};
use crate::calls::{Calls, Connections};
use crate::gate::Gate;
use crate::identity::{DevelopmentTokens, IdentityError};
use crate::metrics::Metrics;
use crate::runtime::{Runtime, Service};
use crate::status;
use kinward_eventlog::{Alarms, ClockAlarms, Live, Log, LogAlarms};
use kinward_eventsourcing::{Clock, Index as _, SetClock, SystemClock};
use kinward_privacy::{
    KeyPool, KeyProvider, Keyring, KeyringError, Opener, PoolSealer, Secrets, SecretsError,
};
use kinward_statute::ReferenceIndex;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::transport::Server;

/// Why a service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The log is away, or not as it must be.
    #[error(transparent)]
    Log(#[from] kinward_eventlog::Error),
    /// Secrets are missing or exposed.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The keyring's address is unusable.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The development identity is unusable.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A port or file cannot be had.
    #[error("{0} 不可用：请检查地址、路径与权限  {0} cannot be had, check address, path and permission: {1}")]
    Io(String, std::io::Error),
    /// Settings that do not go together.
    #[error("配置有误，请更正  the settings are refused, correct them: {0}")]
    Settings(String),
    /// Something of the service's own.
    #[error("{0}")]
    Other(String),
}

impl StartError {
    /// Exit code: 64 configuration, 69 something is away, as in sysexits.h.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Secrets(_)
            | Self::Identity(_)
            | Self::Settings(_)
            | Self::Log(kinward_eventlog::Error::Misconfigured(_)) => 64,
            _ => 69,
        }
    }
}

/// Where time comes from.
#[derive(Clone, Debug)]
pub enum TimeSource {
    /// The machine's clock, and alarms of the log.
    System,
    /// A clock that is set, and alarms that fire as it advances. For tests.
    Set(Arc<SetClock>, Arc<ClockAlarms>),
}

/// A service that runs.
pub struct Running {
    /// Where it serves gRPC.
    pub address: SocketAddr,
    /// Where it shows metrics and health.
    pub admin: SocketAddr,
    stop_serving: CancellationToken,
    stop: CancellationToken,
    tasks: TaskTracker,
    drain: Duration,
    server: tokio::task::JoinHandle<()>,
    health: tonic_health::server::HealthReporter,
    names: Vec<&'static str>,
}

impl Running {
    /// Not serving, drain, end of processes and projections.
    pub async fn stop(self) {
        // "" is the whole service, which probes ask for
        for name in self.names.iter().chain([&""]) {
            self.health.set_service_status(name, tonic_health::ServingStatus::NotServing).await;
        }
        self.stop_serving.cancel();
        let _ = tokio::time::timeout(self.drain, self.server).await;
        self.stop.cancel();
        self.tasks.close();
        let _ = tokio::time::timeout(self.drain, self.tasks.wait()).await;
    }
}

/// Listens from now on, and waits until the process is asked to end.
pub fn until_asked() -> impl Future<Output = ()> {
    let listen = |kind| tokio::signal::unix::signal(kind).ok();
    let (terminate, interrupt) = (listen(SignalKind::terminate()), listen(SignalKind::interrupt()));
    async {
        tokio::select! {
            () = heard(terminate) => {}
            () = heard(interrupt) => {}
        }
    }
}

async fn heard(signal: Option<Signal>) {
    match signal {
        Some(mut signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Starts a service.
#[expect(clippy::disallowed_methods, reason = "the server's own task; `stop` waits for it")]
pub async fn start<S: Service>(settings: Settings, time: TimeSource) -> Result<Running, StartError> {
    let (clock, set_alarms): (Arc<dyn Clock>, Option<Arc<ClockAlarms>>) = match time {
        TimeSource::System => (Arc::new(SystemClock), None),
        TimeSource::Set(clock, alarms) => (clock, Some(alarms)),
    };
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let metrics = Metrics::new(S::NAME);
    let log = Log::connect(settings.log_for(&format!("{}-{}", S::NAME, settings.instance))).await?;
    let alarms: Arc<dyn Alarms> = match set_alarms {
        Some(alarms) => alarms,
        None => Arc::new(LogAlarms::new(log.clone(), Arc::clone(&clock))),
    };

    let secrets = Secrets::open(&settings.secrets);
    let provider: Arc<dyn KeyProvider> = Arc::new(secrets.provider()?);
    let keyring = Keyring::connect(&settings.keyring.0, Arc::clone(&provider))?;
    let folder = settings.state.join(S::NAME).join(&settings.instance);
    let pool = KeyPool::open(&folder, settings.pool_capacity, provider)
        .await
        .map_err(|error| StartError::Io(folder.display().to_string(), error))?;
    let pool = Arc::new(pool);
    if let Err(error) = pool.refill(&keyring, S::NAME).await {
        tracing::warn!(%error, level = pool.status().level, "the keyring is away; the pool must do");
    }
    let escrow = if S::EMERGENCIES { Some(secrets.escrow()?) } else { None };
    let sealer = Arc::new(PoolSealer::new(Arc::clone(&pool), escrow));
    let refilling = refill(pool, keyring.clone(), Arc::clone(&sealer), metrics.clone(), S::NAME);
    let stopping = stop.clone();
    tasks.spawn(async move {
        tokio::select! {
            () = refilling => {}
            () = stopping.cancelled() => {}
        }
    });

    let (reference, keep) = Live::<ReferenceIndex>::start(log.clone(), stop.clone()).await;
    tasks.spawn(keep);
    let at = log.last_position().await?;
    reference.wait_for(at).await;
    let tokens =
        DevelopmentTokens::open(&settings.development_public_key, settings.production, Arc::clone(&clock))?;
    let runtime = Runtime {
        gate: Gate::new(secrets.hashing()?, Arc::clone(&clock), settings.max_streams),
        opener: Opener::new(keyring),
        log,
        clock,
        reference,
        stop: stop.clone(),
        stop_serving: CancellationToken::new(),
        service: S::NAME,
        sealer,
        alarms,
        tasks: tasks.clone(),
        followed: Followed::default(),
        settings: settings.clone(),
    };
    runtime.follow(ReferenceIndex::NAME, runtime.reference.reached());
    let wiring = S::build(&runtime).await?;

    let (listener, address) = bind(&settings.listen).await?;
    let admin = admin::serve(&settings.admin, metrics.clone(), &runtime).await?;
    let calls = Calls {
        tokens: Arc::new(tokens),
        metrics,
        room: Arc::new(Semaphore::new(settings.max_in_flight)),
        connections: Connections::new(settings.max_in_flight_per_connection),
        default_deadline: Duration::from_millis(settings.default_deadline_ms),
        max_deadline: Duration::from_millis(settings.max_deadline_ms),
    };
    let (health, health_service) = tonic_health::server::health_reporter();
    for name in &wiring.names {
        health.set_service_status(name, tonic_health::ServingStatus::Serving).await;
    }
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(kinward_contracts_grpc::DESCRIPTORS)
    };
    let unusable = |error: tonic_reflection::server::Error| StartError::Other(error.to_string());
    let (reflection, older) =
        (reflection().build_v1().map_err(unusable)?, reflection().build_v1alpha().map_err(unusable)?);
    let stop_serving = runtime.stop_serving.clone();
    let stopped = stop_serving.clone();
    let routes = wiring.routes.add_service(health_service).add_service(reflection).add_service(older);
    let elsewhere = status::not_here(&wiring.names);
    let routes = routes.into_axum_router().fallback(async move || elsewhere.into_http::<axum::body::Body>());
    let server = tokio::spawn(async move {
        let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
        let served = Server::builder()
            .tcp_nodelay(true)
            .layer(calls)
            .add_routes(routes.into())
            .serve_with_incoming_shutdown(incoming, stopped.cancelled_owned())
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "the server ended");
        }
    });
    tracing::info!(service = S::NAME, %address, %admin, "serving");
    Ok(Running {
        address,
        admin,
        stop_serving,
        stop,
        tasks,
        drain: Duration::from_millis(settings.drain_ms),
        server,
        health,
        names: wiring.names,
    })
}

/// Listens; tells where.
pub(crate) async fn bind(address: &str) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |error| StartError::Io(address.to_owned(), error);
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let at = listener.local_addr().map_err(failed)?;
    Ok((listener, at))
}

/// Keeps the pool full, and shows how full it is.
async fn refill(
    pool: Arc<KeyPool>,
    keyring: Keyring,
    sealer: Arc<PoolSealer>,
    metrics: Metrics,
    service: &'static str,
) {
    loop {
        let wait = match pool.refill(&keyring, service).await {
            Ok(0) => Duration::from_millis(250),
            // a busy service may have used up as many meanwhile
            Ok(_) => Duration::ZERO,
            Err(error) => {
                tracing::warn!(%error, level = pool.status().level, "the key pool cannot be refilled");
                Duration::from_secs(2)
            }
        };
        tokio::time::sleep(wait).await;
        metrics.keys.set(i64::try_from(pool.status().level).unwrap_or(i64::MAX));
        metrics.escrowed.set(sealer.escrowed().cast_signed());
    }
}
