//! Closed loop through gRPC: so many commands in flight, the next when one is answered.

use crate::measured::{Durations, Rate, per_second, print};
use crate::requests::{PaddedGetReceipt, incident, report, step};
use clap::{Args, ValueEnum};
use futures::future::BoxFuture;
use kinward::clients::{Authorised, Clients};
use kinward::people;
use kinward_chassis::{DevelopmentIssuer, Principal};
use kinward_contracts::reporting::v1::GetReceiptResponse;
use kinward_contracts_grpc::dispatch::v1::incident_service_client::IncidentServiceClient;
use kinward_contracts_grpc::reporting::v1::report_service_client::ReportServiceClient;
use kinward_eventsourcing::{Clock as _, SystemClock};
use prost::Message as _;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tonic::Status;

#[derive(Args)]
pub(crate) struct Options {
    /// What is asked of the service
    kind: Kind,
    /// gRPC address of the service, host:port
    #[arg(long)]
    address: String,
    /// Folder of the development secrets, to sign the callers' tokens
    #[arg(long, default_value = ".kinward/secrets")]
    secrets: PathBuf,
    #[command(flatten)]
    pace: Pace,
    /// Connections that the calls in flight share
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Incidents that `steps` are taken in, in turn; `table` makes them
    #[arg(long, default_value_t = 2_000)]
    incidents: u64,
    /// Number of the first command
    #[arg(long, default_value_t = 0)]
    first: u64,
}

/// How long, and how many at once.
#[derive(Args, Clone, Copy)]
pub(crate) struct Pace {
    /// Commands in flight
    #[arg(long, default_value_t = 64)]
    pub(crate) in_flight: usize,
    /// Seconds before measuring
    #[arg(long, default_value_t = 2.0)]
    pub(crate) warm_up: f64,
    /// Seconds measured
    #[arg(long, default_value_t = 10.0)]
    pub(crate) seconds: f64,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// SubmitReport: each a new aggregate, with the data of three people
    Reports,
    /// ReferMedicalCare on incidents that exist
    Steps,
    /// GetReceipt of a report, as long as a report: everything of a call but the log
    Echo,
}

/// Tokens for an hour, a connection to one service.
pub(crate) fn clients(service: &str, address: &str, secrets: &Path) -> anyhow::Result<Clients> {
    let addresses = BTreeMap::from([(service.to_owned(), format!("http://{address}"))]);
    let expires = SystemClock.now() + chrono::Duration::hours(1);
    Clients::new(&addresses, Arc::new(DevelopmentIssuer::create(secrets)?), expires.timestamp())
}

fn channel(options: &Options, service: &str, caller: &Principal) -> anyhow::Result<Authorised> {
    clients(service, &options.address, &options.secrets)?.channel(service, caller)
}

type Call = Box<dyn FnMut(u64) -> BoxFuture<'static, Result<(), Status>> + Send>;

pub(crate) async fn run(options: &Options) -> anyhow::Result<()> {
    let run: u32 = rand::random();
    let mut calls: Vec<Call> = Vec::new();
    match options.kind {
        Kind::Reports => {
            for _ in 0..options.connections {
                let client = ReportServiceClient::new(channel(options, "reporting", &people::teacher())?);
                calls.push(Box::new(move |number| {
                    let mut client = client.clone();
                    let request = report(format!("load-{run:08x}-{number}"));
                    Box::pin(async move { client.submit_report(request).await.map(|_| ()) })
                }));
            }
        }
        Kind::Steps => {
            let incidents = options.incidents;
            for _ in 0..options.connections {
                let client = IncidentServiceClient::new(channel(options, "dispatch", &people::police())?);
                calls.push(Box::new(move |number| {
                    let mut client = client.clone();
                    let request = step(format!("load-{run:08x}-{number}"), incident(number % incidents));
                    Box::pin(async move { client.refer_medical_care(request).await.map(|_| ()) })
                }));
            }
        }
        Kind::Echo => {
            let first = channel(options, "reporting", &people::teacher())?;
            let request = report(format!("load-{run:08x}-echo"));
            let length = request.encoded_len();
            let answer = ReportServiceClient::new(first).submit_report(request).await?.into_inner();
            let padded =
                PaddedGetReceipt { receipt_code: answer.receipt_code, padding: vec![7; length - 16] };
            for _ in 0..options.connections {
                let channel = channel(options, "reporting", &people::teacher())?;
                let padded = padded.clone();
                calls.push(Box::new(move |_| Box::pin(echo(channel.clone(), padded.clone()))));
            }
        }
    }
    print(&closed(options.pace, options.first, calls).await?)
}

async fn echo(channel: Authorised, padded: PaddedGetReceipt) -> Result<(), Status> {
    let mut grpc = tonic::client::Grpc::new(channel);
    grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    let codec = tonic_prost::ProstCodec::<PaddedGetReceipt, GetReceiptResponse>::default();
    let path = http::uri::PathAndQuery::from_static("/kinward.reporting.v1.ReportService/GetReceipt");
    grpc.unary(tonic::Request::new(padded), path, codec).await.map(|_| ())
}

/// Keeps `in_flight` calls going, shared out over `calls`; counts those that end within the measured time.
async fn closed(pace: Pace, first: u64, calls: Vec<Call>) -> anyhow::Result<Rate> {
    let next = Arc::new(AtomicU64::new(first));
    let from = Instant::now() + Duration::from_secs_f64(pace.warm_up);
    let until = from + Duration::from_secs_f64(pace.seconds);
    let calls: Vec<Arc<std::sync::Mutex<Call>>> =
        calls.into_iter().map(|call| Arc::new(std::sync::Mutex::new(call))).collect();
    let mut workers = tokio::task::JoinSet::new();
    for worker in 0..pace.in_flight {
        let (call, next) = (Arc::clone(&calls[worker % calls.len()]), Arc::clone(&next));
        workers.spawn(async move {
            let (mut done, mut failed, mut took) = (0_u64, 0_u64, Durations::new()?);
            while Instant::now() < until {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let sent = Instant::now();
                let asked = {
                    let mut call = call.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    call(number)
                };
                let answered = asked.await;
                let now = Instant::now();
                if now < from || now > until {
                    continue;
                }
                match answered {
                    Ok(()) => {
                        done += 1;
                        took.add(now - sent);
                    }
                    Err(status) => {
                        if failed == 0 {
                            eprintln!("the first failure of worker {worker}: {status}");
                        }
                        failed += 1;
                    }
                }
            }
            anyhow::Ok((done, failed, took))
        });
    }
    let (mut done, mut failed, mut took) = (0, 0, Durations::new()?);
    while let Some(worker) = workers.join_next().await {
        let (ok, not, durations) = worker??;
        done += ok;
        failed += not;
        took.merge(&durations)?;
    }
    Ok(Rate { per_second: per_second(done, until - from), done, failed, took: took.took() })
}
