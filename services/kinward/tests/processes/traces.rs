//! A call's trace goes on from the caller's, through the log, to whoever reacts: linked, so that a replay does not grow it.

use crate::running::{kinward, prepare, token, write};
use kinward::{people, services};
use kinward_contracts::reporting::v1::{ReporterClass, ReporterInput, SubmitReportRequest};
use kinward_contracts_grpc::reporting::v1::report_service_client::ReportServiceClient;
use kinward_eventlog::Log;
use kinward_eventsourcing::Position;
use kinward_local::{Nats, NatsOptions, Postgres, free_ports};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::Span;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use tonic::{Request, Response, Status};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// A collector that keeps what it is sent.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Span>>>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let resources = request.into_inner().resource_spans.into_iter();
        let spans = resources.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans);
        self.0.lock().unwrap().extend(spans);
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

/// A channel to a service that is being started.
async fn reach(port: u16, services: &mut tokio::process::Child) -> tonic::transport::Channel {
    let endpoint = tonic::transport::Endpoint::from_shared(format!("http://127.0.0.1:{port}")).unwrap();
    loop {
        match endpoint.connect().await {
            Ok(channel) => return channel,
            Err(_) => assert!(services.try_wait().unwrap().is_none(), "the services ended"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_goes_through_the_log_and_reactions_link_to_it() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path();
    let nats = Nats::start(NatsOptions::new(&folder.join("nats"))).await.unwrap();
    let postgres = Postgres::start(&folder.join("postgres"), None).await.unwrap();
    let mut settings = prepare(folder, &nats, &postgres);
    services::provision(&settings).await.unwrap();

    let collector = Collector::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    settings.otlp = format!("http://{}", listener.local_addr().unwrap());
    let collecting = tonic::transport::Server::builder()
        .add_service(TraceServiceServer::new(collector.clone()))
        .serve_with_incoming(tokio_stream::wrappers::TcpListenerStream::new(listener));
    let mut collector_task = tokio::task::JoinSet::new();
    collector_task.spawn(collecting);
    let port = free_ports(2);
    settings.listen = format!("127.0.0.1:{port}");
    write(folder, &settings);

    let mut both = kinward();
    both.args(["serve", "reporting", "dispatch", "--config"]).arg(folder.join("settings.toml"));
    let mut both = both.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn().unwrap();
    let channel = reach(port, &mut both).await;
    reach(port + 1, &mut both).await;
    let mut request = Request::new(SubmitReportRequest {
        request_id: "traced".to_owned(),
        situations: vec![1],
        reporter: Some(ReporterInput {
            reporter_class: ReporterClass::Citizen.into(),
            anonymous: true,
            ..Default::default()
        }),
        ..Default::default()
    });
    let token = token(folder, &people::hotline());
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    let theirs = format!("00-{TRACE}-b7ad6b7169203331-01");
    request.metadata_mut().insert("traceparent", theirs.parse().unwrap());
    ReportServiceClient::new(channel).submit_report(request).await.unwrap();

    let log = Log::connect(settings.log.clone()).await.unwrap();
    let mut reader = log.read_after(Position(0));
    let report = reader.next().await.unwrap().recorded().unwrap()[0].clone();
    assert!(report.commit.traceparent.contains(TRACE), "{}", report.commit.traceparent);
    let incident = reader.next().await.unwrap().recorded().unwrap()[0].clone();
    assert!(incident.event_type().ends_with("IncidentOpened"));
    assert!(!incident.commit.traceparent.is_empty() && !incident.commit.traceparent.contains(TRACE));

    // asked to end, it drains and sends what it has not sent
    let pid = both.id().unwrap().to_string();
    tokio::process::Command::new("kill").args(["-TERM", &pid]).status().await.unwrap();
    assert!(both.wait().await.unwrap().success());
    collector_task.abort_all();
    let spans = collector.0.lock().unwrap();
    let named =
        |name: &str| spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("no {name}"));
    let call = named("/kinward.reporting.v1.ReportService/SubmitReport");
    assert_eq!(
        (hex::encode(&call.trace_id).as_str(), hex::encode(&call.parent_span_id).as_str()),
        (TRACE, "b7ad6b7169203331")
    );
    let reaction = spans.iter().find(|span| span.name == "reaction" && !span.links.is_empty()).unwrap();
    assert_eq!(hex::encode(&reaction.links[0].trace_id), TRACE);
    assert_ne!(hex::encode(&reaction.trace_id), TRACE);
    assert!(spans.iter().all(|span| span.attributes.iter().all(|attribute| attribute.key != "narrative")));
}
