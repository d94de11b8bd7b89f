//! Metrics of a service, as the admin port shows them. No label ever holds anything personal.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct Rpc {
    pub(crate) rpc: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct Answered {
    pub(crate) rpc: String,
    pub(crate) code: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Reader {
    reader: &'static str,
}

/// The metrics of a service.
#[derive(Clone)]
pub(crate) struct Metrics {
    registry: Arc<Mutex<Registry>>,
    pub(crate) calls: Family<Answered, Counter>,
    pub(crate) seconds: Family<Rpc, Histogram>,
    pub(crate) in_flight: Gauge,
    pub(crate) keys: Gauge,
    pub(crate) escrowed: Gauge,
    pub(crate) unknown_outcomes: Gauge,
    pub(crate) left_out: Gauge,
    pub(crate) log_position: Gauge,
    positions: Family<Reader, Gauge>,
    parked: Family<Reader, Gauge>,
}

impl Metrics {
    pub(crate) fn new(service: &str) -> Self {
        let mut registry = Registry::with_labels([("service".into(), service.to_owned().into())].into_iter());
        let calls = Family::<Answered, Counter>::default();
        let seconds: Family<Rpc, Histogram> =
            Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.001, 2.0, 14)));
        let (in_flight, keys, escrowed, unknown) =
            (Gauge::default(), Gauge::default(), Gauge::default(), Gauge::default());
        registry.register("kinward_calls", "Calls answered, by rpc and code", calls.clone());
        registry.register("kinward_call_seconds", "Time to answer, by rpc", seconds.clone());
        registry.register("kinward_calls_in_flight", "Calls being served", in_flight.clone());
        registry.register("kinward_pool_keys", "Data keys at hand", keys.clone());
        registry.register("kinward_escrowed_values", "Values sealed to the escrow", escrowed.clone());
        registry.register(
            "kinward_unknown_outcomes",
            "Appends whose outcome had to be looked up",
            unknown.clone(),
        );
        let (log_position, positions, parked) = (Gauge::default(), Family::default(), Family::default());
        registry.register("kinward_log_position", "Last position of the log", log_position.clone());
        registry.register(
            "kinward_reader_position",
            "How far each process, index and projection is; of several instances the greatest counts",
            positions.clone(),
        );
        let left_out = Gauge::default();
        registry.register(
            "kinward_left_out",
            "Events that indexes left out and commits that processes have parked, tried again; the log says which",
            left_out.clone(),
        );
        registry.register("kinward_parked", "Aggregates that a projection has parked", parked.clone());
        let registry = Arc::new(Mutex::new(registry));
        Self {
            registry,
            calls,
            seconds,
            in_flight,
            keys,
            escrowed,
            unknown_outcomes: unknown,
            left_out,
            log_position,
            positions,
            parked,
        }
    }

    /// How far a reader of the log is.
    pub(crate) fn position(&self, reader: &'static str) -> Gauge {
        self.positions.get_or_create_owned(&Reader { reader })
    }

    /// How many aggregates a projection has parked.
    pub(crate) fn parked(&self, reader: &'static str) -> Gauge {
        self.parked.get_or_create_owned(&Reader { reader })
    }

    pub(crate) fn render(&self) -> String {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = prometheus_client::encoding::text::encode(&mut text, &registry);
        text
    }
}
