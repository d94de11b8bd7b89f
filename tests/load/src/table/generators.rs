//! What the rows are made of: a service to ask, and the generators, each run in a process of its own.

use super::Run;
use crate::measured::Rate;
use crate::site::{Plan, Servers, Site};
use kinward::log_commands::line;
use kinward_local::Postgres;
use std::path::{Path, PathBuf};
use tokio::process::Command;

impl Run<'_> {
    /// A reporting service of its own process, on servers of its own.
    pub(super) async fn reporting(
        &mut self,
        plan: Plan,
        postgres: &Postgres,
    ) -> anyhow::Result<(Site, String)> {
        self.bar.set_message(format!("starting reporting, {}", plan.name()));
        let name = format!("site-{}-{}", plan.servers, plan.unsafe_sync);
        let mut site = Site::start(plan, &self.folder.join(name), postgres, vec![]).await?;
        let address = site.serve("reporting").await?;
        Ok((site, address))
    }

    /// A file with a commit as the commands store it.
    pub(super) async fn payload(&self, site: &Site, address: &str) -> anyhow::Result<PathBuf> {
        let secrets = site.secrets().display().to_string();
        let short = ["--warm-up", "0", "--seconds", "0.5"];
        let arguments = ["commands", "reports", "--address", address, "--secrets", &secrets];
        self.generator(&[&arguments[..], &short[..]].concat()).await?;
        let path = self.folder.join("commit.bin");
        std::fs::write(&path, site.last_commit().await?)?;
        Ok(path)
    }

    pub(super) async fn commands(
        &mut self,
        kind: &str,
        plan: Plan,
        address: &str,
        secrets: &Path,
    ) -> anyhow::Result<f64> {
        self.bar.set_message(format!("{kind}, {}", plan.name()));
        let secrets = secrets.display().to_string();
        let incidents = self.length.aggregates.to_string();
        let arguments =
            ["commands", kind, "--address", address, "--secrets", &secrets, "--incidents", &incidents];
        self.rate(&arguments, &format!("{kind} through gRPC, {}", plan.name())).await
    }

    pub(super) async fn publish(
        &mut self,
        plan: Plan,
        servers: &Servers,
        payload: &Path,
    ) -> anyhow::Result<f64> {
        self.bar.set_message(format!("guarded publish, {}", plan.name()));
        let payload = payload.display().to_string();
        let arguments = ["publish", "--server", servers.address(), "--payload", &payload];
        self.rate(&arguments, &format!("guarded publish, {}", plan.name())).await
    }

    pub(super) async fn rate(&mut self, arguments: &[&str], what: &str) -> anyhow::Result<f64> {
        let (warm_up, seconds) = (self.length.warm_up.to_string(), self.length.seconds.to_string());
        let pace = ["--warm-up", &warm_up, "--seconds", &seconds];
        let output = self.generator(&[arguments, &pace[..]].concat()).await?;
        let rate: Rate = serde_json::from_str(&output)?;
        self.figure(format!(
            "{what}: {:.0} per s, p50 {:.1} ms, p99 {:.1} ms{}",
            rate.per_second,
            rate.took.p50,
            rate.took.p99,
            if rate.failed > 0 { format!(", FAILED {}", rate.failed) } else { String::new() }
        ));
        Ok(rate.per_second)
    }

    /// Runs this program again as a generator, in a process of its own; answers what it printed.
    pub(super) async fn generator(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output =
            Command::new(std::env::current_exe()?).args(arguments).kill_on_drop(true).output().await?;
        let told = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        anyhow::ensure!(output.status.success(), "{}: {told}", arguments.join(" "));
        if !told.is_empty() {
            self.bar.suspend(|| line(&told));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}
