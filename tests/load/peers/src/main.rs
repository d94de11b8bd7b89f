//! One event appended with optimistic concurrency, by two peers on PostgreSQL, as fast as each can be set.
//! `make bench` starts the server and runs this; it prints one line of JSON.

mod cqrs_es_peer;
mod disintegrate_peer;

use clap::{Parser, ValueEnum};
use sqlx::postgres::{PgPool, PgPoolOptions};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Measures a peer: commands a second, each appending one event with optimistic concurrency.
#[derive(Parser)]
struct Arguments {
    /// Which peer, and how it keeps state
    peer: Peer,
    /// Database to use; its tables are made anew
    #[arg(long)]
    database: String,
    /// Commands in flight
    #[arg(long, default_value_t = 64)]
    clients: usize,
    /// Connections they share
    #[arg(long, default_value_t = 64)]
    connections: u32,
    /// Events behind each aggregate at the start; 0: every command makes a new one
    #[arg(long, default_value_t = 0)]
    behind: u32,
    /// Aggregates, when events are behind them
    #[arg(long, default_value_t = 2_000)]
    aggregates: usize,
    /// Seconds before measuring
    #[arg(long, default_value_t = 2.0)]
    warm_up: f64,
    /// Seconds measured
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Peer {
    /// cqrs-es + postgres-es, events only
    CqrsEs,
    /// the same with a snapshot every ten events
    CqrsEsSnapshot,
    /// the same with the aggregate stored beside its events
    CqrsEsAggregate,
    /// disintegrate + disintegrate-postgres, events only
    Disintegrate,
    /// the same with a snapshot every ten events
    DisintegrateSnapshot,
}

/// Executes one command on an aggregate; false: another came first, or the database took it for that.
pub(crate) trait Execute: Send + Sync + 'static {
    fn execute(&self, id: String, text: String) -> impl Future<Output = anyhow::Result<bool>> + Send;
}

/// What a command carries: far less than a report of ours.
pub(crate) const TEXT: usize = 200;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let pool = PgPoolOptions::new()
        .min_connections(arguments.connections)
        .max_connections(arguments.connections)
        // a check before each use is a round trip that no command needs
        .test_before_acquire(false)
        .connect(&arguments.database)
        .await?;
    let (peer, behind, aggregates) = (arguments.peer, arguments.behind, arguments.aggregates);
    match peer {
        Peer::CqrsEs | Peer::CqrsEsSnapshot | Peer::CqrsEsAggregate => {
            cqrs_es_peer::prepare(&pool, behind, aggregates).await?;
            settle(&pool).await?;
            let keep = match peer {
                Peer::CqrsEs => cqrs_es_peer::Keep::Events,
                Peer::CqrsEsSnapshot => cqrs_es_peer::Keep::Snapshots,
                _ => cqrs_es_peer::Keep::Aggregate,
            };
            measure(&arguments, cqrs_es_peer::Reports::new(pool, keep)).await
        }
        Peer::Disintegrate => {
            let store = disintegrate_peer::prepare(&pool, behind, aggregates).await?;
            settle(&pool).await?;
            measure(&arguments, disintegrate_peer::Reports::new(store)).await
        }
        Peer::DisintegrateSnapshot => {
            let store = disintegrate_peer::prepare(&pool, behind, aggregates).await?;
            settle(&pool).await?;
            measure(&arguments, disintegrate_peer::Reports::with_snapshots(store, pool).await?).await
        }
    }
}

/// Lets no vacuum or checkpoint of the preparation fall into the measurement.
async fn settle(pool: &PgPool) -> anyhow::Result<()> {
    sqlx::query("vacuum analyze").execute(pool).await?;
    sqlx::query("checkpoint").execute(pool).await?;
    Ok(())
}

pub(crate) fn id_of(aggregate: usize) -> String {
    format!("00000000-0000-8000-8000-{aggregate:012}")
}

async fn measure<E: Execute>(arguments: &Arguments, peer: E) -> anyhow::Result<()> {
    let peer = Arc::new(peer);
    let (counting, stop) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (done, conflicts, next) =
        (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let (behind, aggregates) = (arguments.behind, arguments.aggregates as u64);
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..arguments.clients {
        let (peer, counting, stop) = (Arc::clone(&peer), Arc::clone(&counting), Arc::clone(&stop));
        let (done, conflicts, next) = (Arc::clone(&done), Arc::clone(&conflicts), Arc::clone(&next));
        clients.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let id = id_of(if behind == 0 { number } else { number % aggregates } as usize);
                while !peer.execute(id.clone(), "x".repeat(TEXT)).await? {
                    conflicts.fetch_add(1, Ordering::Relaxed);
                }
                if counting.load(Ordering::Relaxed) {
                    done.fetch_add(1, Ordering::Relaxed);
                }
            }
            anyhow::Ok(())
        });
    }
    tokio::time::sleep(Duration::from_secs_f64(arguments.warm_up)).await;
    let started = Instant::now();
    counting.store(true, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_secs_f64(arguments.seconds)).await;
    counting.store(false, Ordering::Relaxed);
    let (done, seconds) = (done.load(Ordering::Relaxed), started.elapsed().as_secs_f64());
    stop.store(true, Ordering::Relaxed);
    while let Some(client) = clients.join_next().await {
        client??;
    }
    let conflicts = conflicts.load(Ordering::Relaxed);
    println!(
        "{}",
        serde_json::json!({ "per_second": done as f64 / seconds, "done": done, "failed": conflicts })
    );
    Ok(())
}
