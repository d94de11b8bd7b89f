//! Log lines and traces. Neither ever holds anything personal: spans name fields one by one.

use crate::{ConfigError, Settings};
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
    /// Sets it up for the whole process. Refuses a filter or an address that means nothing: what is not seen is missed only
    /// when it is needed.
    pub fn start(service: &str, settings: &Settings) -> Result<Self, ConfigError> {
        let filter = filter(&settings.log_filter)?;
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        // a file of log lines holds no colours
        let lines = lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
        let lines = if settings.log_json { lines.json().boxed() } else { lines.boxed() };
        let lines = lines.with_filter(filter);
        let provider = exporter(service, &settings.otlp)?;
        let traces = provider
            .as_ref()
            .map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer("kinward")))
            // what is logged is one thing, what is traced another: calls and reactions
            .with_filter(Targets::new().with_target("kinward", LevelFilter::INFO));
        let _ = tracing_subscriber::registry().with(lines).with(traces).try_init();
        Ok(Self { provider })
    }

    /// Sends what has not been sent.
    pub fn flush(self) {
        if let Some(provider) = self.provider {
            let _ = provider.shutdown();
        }
    }
}

fn filter(text: &str) -> Result<EnvFilter, ConfigError> {
    EnvFilter::try_new(text).map_err(|error| ConfigError::LogFilter(text.to_owned(), error.to_string()))
}

fn exporter(service: &str, otlp: &str) -> Result<Option<SdkTracerProvider>, ConfigError> {
    if otlp.is_empty() {
        return Ok(None);
    }
    let refused = |cause: String| ConfigError::Otlp(otlp.to_owned(), cause);
    // without a scheme it is taken for an address, and nothing ever arrives
    let uri: tonic::transport::Uri = otlp.parse().map_err(|error| refused(format!("{error}")))?;
    if uri.host().is_none() || !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(refused("no http:// or https://".to_owned()));
    }
    let exporter = opentelemetry_otlp::SpanExporter::builder().with_tonic().with_endpoint(otlp).build();
    let exporter = exporter.map_err(|error| refused(error.to_string()))?;
    let resource = Resource::builder().with_service_name(service.to_owned()).build();
    Ok(Some(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_filter_or_an_address_that_means_nothing_is_refused_by_name() {
        assert!(filter("info,kinward=debug").is_ok());
        let refused = filter("info,kinward=loud").err().map(|error| error.to_string()).unwrap_or_default();
        assert!(refused.contains("log_filter") && refused.contains("kinward=loud"), "{refused}");
        assert!(exporter("test", "").unwrap().is_none());
        assert!(exporter("test", "http://127.0.0.1:4317").unwrap().is_some());
        for nowhere in ["127.0.0.1:4317", "collector", "ftp://collector:4317", "not an address"] {
            let refused = exporter("test", nowhere).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(refused.contains("otlp") && refused.contains(nowhere), "{nowhere}: {refused}");
        }
    }
}
