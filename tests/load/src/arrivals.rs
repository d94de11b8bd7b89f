//! Open loop: reports come at fixed moments. When is each on the emergency worklist, and in the police read model?

use crate::commands::clients;
use crate::measured::{Durations, Took, print};
use crate::requests::report;
use anyhow::Context as _;
use clap::Args;
use kinward::people;
use kinward_contracts::dispatch::v1::WatchOpenIncidentsRequest;
use kinward_contracts::dispatch::v1::watch_open_incidents_response::Change;
use kinward_departments::public_security::Model;
use kinward_projection::ReadModel;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

#[derive(Args)]
pub(crate) struct Options {
    /// gRPC address of reporting, host:port
    #[arg(long)]
    reporting: String,
    /// gRPC address of dispatch
    #[arg(long)]
    dispatch: String,
    /// Address of the database with the police read model
    #[arg(long)]
    database: String,
    /// Folder of the development secrets, to sign the callers' tokens
    #[arg(long, default_value = ".kinward/secrets")]
    secrets: PathBuf,
    /// Reports a second
    #[arg(long, default_value_t = 200)]
    rate: u32,
    /// Seconds before measuring; reports come already
    #[arg(long, default_value_t = 3)]
    warm_up: u32,
    /// Seconds measured
    #[arg(long, default_value_t = 30)]
    seconds: u32,
}

/// How often the read model's position is asked: what it was late by is counted.
const ASK: Duration = Duration::from_millis(2);
/// How long stragglers are waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// What was measured, in milliseconds. `from_due` counts from the moment at which a report was due to be sent.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Arrived {
    pub(crate) reports: u64,
    pub(crate) failed: u64,
    pub(crate) answered_from_due: Took,
    pub(crate) worklist_from_due: Took,
    pub(crate) worklist_from_answer: Took,
    pub(crate) read_model_from_due: Took,
    pub(crate) read_model_from_answer: Took,
}

/// When a report came onto the worklist, and at which position.
type OnWorklist = Arc<Mutex<BTreeMap<String, (Instant, u64)>>>;

struct Sent {
    due: Instant,
    answered: Instant,
    report_id: String,
}

pub(crate) async fn run(options: &Options) -> anyhow::Result<()> {
    let worklist = OnWorklist::default();
    let mut background = tokio::task::JoinSet::new();
    background.spawn(watch(clients("dispatch", &options.dispatch, &options.secrets)?, Arc::clone(&worklist)));
    let model = ReadModel::<Model>::connect(&options.database, 1)?;
    let reached: Arc<Mutex<Vec<(Instant, u64)>>> = Arc::default();
    background.spawn(follow(model, Arc::clone(&reached)));

    let (sent, failed) = send(options).await?;
    let waited = Instant::now();
    loop {
        let last = {
            let on = worklist.lock().unwrap_or_else(PoisonError::into_inner);
            let positions: Option<Vec<u64>> =
                sent.iter().map(|sent| on.get(&sent.report_id).map(|(_, position)| *position)).collect();
            positions.and_then(|positions| positions.into_iter().max())
        };
        let at = reached.lock().unwrap_or_else(PoisonError::into_inner).last().map_or(0, |(_, at)| *at);
        if last.is_some_and(|last| at >= last) {
            break;
        }
        anyhow::ensure!(waited.elapsed() < PATIENCE, "reports are missing on the worklist or in the model");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    background.abort_all();
    let arrived = {
        let worklist = worklist.lock().unwrap_or_else(PoisonError::into_inner);
        let reached = reached.lock().unwrap_or_else(PoisonError::into_inner);
        arrived(options, &sent, failed, &worklist, &reached)?
    };
    print(&arrived)
}

/// Sends reports at fixed moments, however long the answers take.
async fn send(options: &Options) -> anyhow::Result<(Vec<Sent>, u64)> {
    // a few connections, as many reporters have one each
    let mut connections = Vec::new();
    for _ in 0..8 {
        let clients = clients("reporting", &options.reporting, &options.secrets)?;
        connections.push(clients.reports(&people::teacher())?);
    }
    let run: u32 = rand::random();
    let period = Duration::from_secs(1) / options.rate;
    let start = Instant::now() + Duration::from_millis(500);
    let mut answers = tokio::task::JoinSet::new();
    for number in 0..options.rate * (options.warm_up + options.seconds) {
        let due = start + period * number;
        tokio::time::sleep_until(due.into()).await;
        let mut client = connections[number as usize % connections.len()].clone();
        answers.spawn(async move {
            let answer = client.submit_report(report(format!("arrival-{run:08x}-{number}"))).await;
            let answered = Instant::now();
            answer.map(|answer| Sent {
                due,
                answered,
                report_id: answer.into_inner().receipt.unwrap_or_default().id,
            })
        });
    }
    let (mut sent, mut failed) = (Vec::new(), 0);
    while let Some(answer) = answers.join_next().await {
        match answer? {
            Ok(one) => sent.push(one),
            Err(status) => {
                if failed == 0 {
                    eprintln!("the first failure: {status}");
                }
                failed += 1;
            }
        }
    }
    sent.sort_by_key(|sent| sent.due);
    Ok((sent, failed))
}

/// Watches the worklist as a dispatcher does.
async fn watch(clients: kinward::clients::Clients, worklist: OnWorklist) -> anyhow::Result<()> {
    let mut client = clients.worklist(&people::police())?;
    let request = WatchOpenIncidentsRequest { after_position: 0, area: None };
    let mut request = tonic::Request::new(request);
    request.set_timeout(Duration::from_secs(60 * 60));
    let mut changes = client.watch_open_incidents(request).await?.into_inner();
    while let Some(message) = changes.message().await? {
        if let Some(Change::Changed(incident)) = message.change {
            let mut worklist = worklist.lock().unwrap_or_else(PoisonError::into_inner);
            worklist.entry(incident.report_id).or_insert((Instant::now(), incident.position));
        }
    }
    anyhow::bail!("the worklist ended")
}

/// Notes when the read model's checkpoint moves: from then on everybody sees the rows.
async fn follow(model: ReadModel<Model>, reached: Arc<Mutex<Vec<(Instant, u64)>>>) -> anyhow::Result<()> {
    loop {
        let at = model.checkpoint().await.context("the read model's checkpoint")?.0;
        let now = Instant::now();
        {
            let mut reached = reached.lock().unwrap_or_else(PoisonError::into_inner);
            if reached.last().is_none_or(|(_, before)| at > *before) {
                reached.push((now, at));
            }
        }
        tokio::time::sleep(ASK).await;
    }
}

fn arrived(
    options: &Options,
    sent: &[Sent],
    failed: u64,
    worklist: &BTreeMap<String, (Instant, u64)>,
    reached: &[(Instant, u64)],
) -> anyhow::Result<Arrived> {
    let mut durations = Vec::new();
    for _ in 0..5 {
        durations.push(Durations::new()?);
    }
    let Some(first) = sent.first() else { anyhow::bail!("no report was taken") };
    let from = first.due + Duration::from_secs(options.warm_up.into());
    let mut reports = 0;
    for one in sent.iter().filter(|one| one.due >= from) {
        let Some((listed, position)) = worklist.get(&one.report_id) else { continue };
        let visible = reached[reached.partition_point(|(_, at)| at < position)].0;
        reports += 1;
        durations[0].add(one.answered - one.due);
        durations[1].add(*listed - one.due);
        durations[2].add(listed.saturating_duration_since(one.answered));
        durations[3].add(visible - one.due);
        durations[4].add(visible.saturating_duration_since(one.answered));
    }
    Ok(Arrived {
        reports,
        failed,
        answered_from_due: durations[0].took(),
        worklist_from_due: durations[1].took(),
        worklist_from_answer: durations[2].took(),
        read_model_from_due: durations[3].took(),
        read_model_from_answer: durations[4].took(),
    })
}
