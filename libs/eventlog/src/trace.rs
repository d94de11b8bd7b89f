//! The trace of a command, carried through the log as a W3C `traceparent`. Whoever reacts to a commit later starts a trace
//! of its own that links to it: a replay must not grow old traces.

use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The span we are in, as a `traceparent`; empty where nobody traces.
pub fn traceparent() -> String {
    let context = Span::current().context();
    let span = context.span();
    let context = span.span_context();
    if !context.is_valid() {
        return String::new();
    }
    format!("00-{}-{}-{:02x}", context.trace_id(), context.span_id(), context.trace_flags())
}

/// The span that a `traceparent` names; `None` if it is none.
pub fn span_context(traceparent: &str) -> Option<SpanContext> {
    let [_, trace, span, flags] = traceparent.split('-').collect::<Vec<_>>().try_into().ok()?;
    if (trace.len(), span.len(), flags.len()) != (32, 16, 2) {
        return None;
    }
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        TraceFlags::new(u8::from_str_radix(flags, 16).ok()?),
        true,
        TraceState::default(),
    );
    context.is_valid().then_some(context)
}

/// The span links to the one that a commit was written in.
pub(crate) fn link(span: &Span, traceparent: &str) {
    if let Some(context) = span_context(traceparent) {
        span.add_link(context);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_names_a_span_and_nothing_else_does() {
        let context = span_context("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").unwrap();
        assert_eq!(context.trace_id().to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert!(context.is_sampled() && context.is_remote());
        for bad in ["", "00-0af7-b7ad-01", "00-00000000000000000000000000000000-b7ad6b7169203331-01", "张三"]
        {
            assert_eq!(span_context(bad), None, "{bad:?}");
        }
    }
}
