//! The bare server: guarded publish with nothing of ours around it, to a new subject each, as a new aggregate is.

use crate::commands::Pace;
use crate::measured::{Durations, Rate, per_second, print};
use async_nats::header::{HeaderMap, NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_EXPECTED_STREAM};
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

#[derive(Args)]
pub(crate) struct Options {
    /// Address of the server, nats://host:port
    #[arg(long)]
    server: String,
    /// File with the bytes to publish: a stored commit
    #[arg(long)]
    payload: PathBuf,
    #[command(flatten)]
    pace: Pace,
}

pub(crate) async fn run(options: &Options) -> anyhow::Result<()> {
    let payload = bytes::Bytes::from(std::fs::read(&options.payload)?);
    let client = async_nats::connect(&options.server).await?;
    let (run, next) = (rand::random::<u64>(), Arc::new(AtomicU64::new(0)));
    let from = Instant::now() + Duration::from_secs_f64(options.pace.warm_up);
    let until = from + Duration::from_secs_f64(options.pace.seconds);
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..options.pace.in_flight {
        let (client, payload, next) = (client.clone(), payload.clone(), Arc::clone(&next));
        workers.spawn(async move {
            let (mut done, mut failed, mut took) = (0_u64, 0_u64, Durations::new()?);
            while Instant::now() < until {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let mut headers = HeaderMap::new();
                headers.insert(NATS_EXPECTED_STREAM, "EVENTS");
                headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, "0");
                let request = async_nats::Request::new()
                    .payload(payload.clone())
                    .headers(headers)
                    .timeout(Some(Duration::from_secs(10)));
                // as long as the subject of a report
                let subject = format!("kw.reporting.report.{run:016x}-{number:019}");
                let sent = Instant::now();
                let answer = client.send_request(subject, request).await?;
                let now = Instant::now();
                if now < from || now > until {
                    continue;
                }
                let answer: serde_json::Value = serde_json::from_slice(&answer.payload)?;
                if answer["seq"].is_u64() {
                    done += 1;
                    took.add(now - sent);
                } else {
                    failed += 1;
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
    print(&Rate { per_second: per_second(done, until - from), done, failed, took: took.took() })
}
