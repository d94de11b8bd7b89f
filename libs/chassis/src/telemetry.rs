//! Log lines and traces. Neither ever holds anything personal: spans name fields one by one.

use crate::Settings;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

/// Telemetry of a process; flush it before the end.
pub struct Telemetry {
    provider: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Sets it up for the whole process.
    pub fn start(service: &str, settings: &Settings) -> Self {
        let filter = EnvFilter::try_new(&settings.log_filter).unwrap_or_else(|_| EnvFilter::new("info"));
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        // a file of log lines holds no colours
        let lines = lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
        let lines = if settings.log_json { lines.json().boxed() } else { lines.boxed() };
        let lines = lines.with_filter(filter);
        let provider = exporter(service, settings);
        let traces = provider
            .as_ref()
            .map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer("kinward")))
            // what is logged is one thing, what is traced another: calls and reactions
            .with_filter(Targets::new().with_target("kinward", LevelFilter::INFO));
        let _ = tracing_subscriber::registry().with(lines).with(traces).try_init();
        Self { provider }
    }

    /// Sends what has not been sent.
    pub fn flush(self) {
        if let Some(provider) = self.provider {
            let _ = provider.shutdown();
        }
    }
}

fn exporter(service: &str, settings: &Settings) -> Option<SdkTracerProvider> {
    if settings.otlp.is_empty() {
        return None;
    }
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(&settings.otlp)
        .build()
        .ok()?;
    let resource = Resource::builder().with_service_name(service.to_owned()).build();
    Some(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}
