//! What a service is, and what it is put together with.

use crate::admin::Followed;
use crate::{Gate, Settings, StartError};
use kinward_eventlog::{
    Alarms, Handler, Live, Log, Means, Observe, observe_by, run_alarms, run_alone, run_process,
};
use kinward_eventsourcing::{Clock, Decider, Index, Position, Process};
use kinward_privacy::{Opener, PoolSealer};
use kinward_statute::{Reference, ReferenceIndex};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::service::Routes;

/// How long an index may stand still on its way to the log's end, before the service serves all the same.
const CATCH_UP: Duration = Duration::from_secs(20);

/// A service.
pub trait Service {
    /// Its name: the context, or `departments`.
    const NAME: &'static str;
    /// Whether it takes what cannot wait: with the keyring away and no key left, that is sealed to the escrow.
    const EMERGENCIES: bool = false;

    /// Puts it together: handlers, processes, indexes, rpcs.
    fn build(runtime: &Runtime) -> impl Future<Output = Result<Wiring, StartError>> + Send;
}

/// What a service serves.
#[derive(Default)]
pub struct Wiring {
    /// Its gRPC services.
    pub routes: Routes,
    /// Their full names, for health.
    pub names: Vec<&'static str>,
}

impl Wiring {
    /// Adds a gRPC service.
    pub fn serve<S>(mut self, service: S) -> Self
    where
        S: tower::Service<http::Request<tonic::body::Body>, Error = std::convert::Infallible>
            + tonic::server::NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Response: axum::response::IntoResponse,
        S::Future: Send + 'static,
    {
        self.names.push(S::NAME);
        self.routes = self.routes.add_service(service);
        self
    }
}

/// What a service is put together with.
pub struct Runtime {
    /// Its settings.
    pub settings: Settings,
    /// The log.
    pub log: Log,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The gate of its calls.
    pub gate: Gate,
    /// Opens sealed values.
    pub opener: Opener,
    /// Calendar, settings, divisions and units.
    pub reference: Live<ReferenceIndex>,
    /// Ends everything that was spawned.
    pub stop: CancellationToken,
    /// Before that: it takes no more calls, and streams end.
    pub stop_serving: CancellationToken,
    pub(crate) service: &'static str,
    pub(crate) sealer: Arc<PoolSealer>,
    pub(crate) alarms: Arc<dyn Alarms>,
    pub(crate) tasks: TaskTracker,
    pub(crate) followed: Followed,
}

impl Runtime {
    /// Runs something until the service stops; the end of the service waits for it.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Tracks what goes on behind an answer: the end of the service waits for it.
    pub fn tracker(&self) -> TaskTracker {
        self.tasks.clone()
    }

    /// A handler of commands on one kind of aggregate.
    pub fn handler<D: Decider<Reference = Reference>>(&self) -> Handler<D> {
        let reference = self.reference.clone();
        Handler::new(Means {
            log: self.log.clone(),
            clock: Arc::clone(&self.clock),
            sealer: self.sealer.clone(),
            reference: Arc::new(move || {
                let (facts, _) = reference.read(|index| Arc::clone(&index.0));
                let position = Position(facts.position);
                (facts, position)
            }),
            tasks: self.tasks.clone(),
        })
    }

    /// Runs a process; tells how far it is.
    pub fn process<P: Process>(&self, handler: &Handler<P::Target>) -> watch::Receiver<Position> {
        let (reached, watching) = watch::channel(Position::default());
        let instance = self.settings.instance.clone();
        self.spawn(run_process::<P>(self.log.clone(), handler.clone(), instance, reached, self.stop.clone()));
        self.follow(P::NAME, watching.clone());
        watching
    }

    /// Shows on the admin port how far a reader of the log is.
    pub fn follow(&self, reader: &'static str, reached: watch::Receiver<Position>) {
        self.followed.positions().push((reader, reached));
    }

    /// Shows on the admin port how many aggregates a projection has parked.
    pub fn parked(&self, projection: &'static str, parked: watch::Receiver<usize>) {
        self.followed.parked().push((projection, parked));
    }

    pub(crate) fn followed(&self) -> &Followed {
        &self.followed
    }

    /// Runs something in one instance of the service at a time.
    pub fn alone<W, F>(&self, name: &'static str, work: W)
    where
        W: Fn(CancellationToken) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let instance = self.settings.instance.clone();
        self.spawn(run_alone(self.log.clone(), name, instance, self.stop.clone(), work));
    }

    /// Keeps the alarms of an aggregate with clocks; `observe` makes the command that asks it.
    pub fn alarms<D: Decider>(&self, handler: &Handler<D>, observe: fn() -> D::Command)
    where
        D::Command: 'static,
    {
        self.alarms_of(handler, observe_by(observe));
    }

    /// The same, where the command needs something of the aggregate opened or looked up first.
    pub fn alarms_of<D: Decider>(&self, handler: &Handler<D>, observe: Observe<D::Command>) {
        self.spawn(run_alarms(
            self.log.clone(),
            Arc::clone(&self.clock),
            Arc::clone(&self.alarms),
            handler.clone(),
            self.settings.instance.clone(),
            observe,
            self.stop.clone(),
        ));
    }

    /// Keeps an index.
    pub async fn index<I: Index>(&self) -> Live<I> {
        let (live, keep) = Live::start(self.log.clone(), self.stop.clone()).await;
        self.spawn(keep);
        self.follow(I::NAME, live.reached());
        // an answer from half a log would be taken for the whole: as long as it reads on, nobody is answered
        if let Ok(last) = self.log.last_position().await {
            let mut before = *live.reached().borrow();
            while tokio::time::timeout(CATCH_UP, live.wait_for(last)).await.is_err() {
                let now = *live.reached().borrow();
                if now == before {
                    tracing::warn!(index = I::NAME, "it answers before it has read the log to its end");
                    break;
                }
                tracing::info!(index = I::NAME, read = now.0, of = last.0, "reading the log");
                before = now;
            }
        }
        live
    }

    /// The keys that seal.
    pub fn sealer(&self) -> Arc<PoolSealer> {
        Arc::clone(&self.sealer)
    }

    /// Name of the service.
    pub fn service(&self) -> &'static str {
        self.service
    }
}
