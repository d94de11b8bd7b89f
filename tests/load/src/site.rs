//! A district to put load on: real servers, services as processes of their own, as `kinward dev` starts them.

use crate::filling::{Filling, fill};
use anyhow::Context as _;
use kinward_chassis::{DevelopmentIssuer, Secret, Settings};
use kinward_eventlog::{Log, LogSettings};
use kinward_local::{Nats, NatsCluster, NatsOptions, Postgres};
use kinward_privacy::Secrets;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// Keys of a service's pool: a service that seals thousands of values a second is set up for it.
const POOL: usize = 20_000;

/// What a log stands on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// NATS servers: 1, or 3 with three replicas.
    pub(crate) servers: usize,
    /// The default sync instead of `always`.
    pub(crate) unsafe_sync: bool,
}

impl Plan {
    pub(crate) fn name(self) -> String {
        let sync = if self.unsafe_sync { "default sync" } else { "sync always" };
        if self.servers == 1 {
            format!("one server, {sync}")
        } else {
            format!("{} servers, {sync}", self.servers)
        }
    }
}

/// NATS servers with the streams of a log. Dropping it ends them.
pub(crate) struct Servers {
    settings: LogSettings,
    _running: Vec<Nats>,
}

impl Servers {
    /// Starts servers; `filling` is written first, without syncing each commit.
    pub(crate) async fn start(plan: Plan, folder: &Path, filling: Vec<Filling>) -> anyhow::Result<Self> {
        let running = if filling.is_empty() {
            run(plan, folder).await?
        } else {
            let unsynced = Plan { unsafe_sync: true, ..plan };
            let servers = run(unsynced, folder).await?;
            let settings = provisioned(unsynced, &servers).await?;
            fill(&settings.servers[0], filling).await?;
            for server in servers {
                server.stop().await?;
            }
            run(plan, folder).await?
        };
        let settings = provisioned(plan, &running).await?;
        Ok(Self { settings, _running: running })
    }

    /// Address of the server that leads the log.
    pub(crate) fn address(&self) -> &str {
        &self.settings.servers[0]
    }

    /// How to reach the log.
    pub(crate) fn settings(&self) -> &LogSettings {
        &self.settings
    }
}

async fn run(plan: Plan, folder: &Path) -> anyhow::Result<Vec<Nats>> {
    if plan.servers == 1 {
        let mut options = NatsOptions::new(folder);
        options.unsafe_sync = plan.unsafe_sync;
        return Ok(vec![Nats::start(options).await?]);
    }
    let ports = NatsCluster::ports(plan.servers);
    let routes: Vec<Vec<u16>> =
        ports.iter().map(|own| ports.iter().copied().filter(|port| port != own).collect()).collect();
    Ok(NatsCluster::start(folder, &ports, &routes, plan.unsafe_sync).await?.servers)
}

/// Makes the streams. Clients go to the server that leads EVENTS: a hop more or less is chance, and no subject here.
async fn provisioned(plan: Plan, servers: &[Nats]) -> anyhow::Result<LogSettings> {
    let mut settings = LogSettings {
        servers: servers.iter().map(Nats::url).collect(),
        monitors: servers.iter().map(Nats::monitor_url).collect(),
        replicas: plan.servers,
        unsafe_sync: plan.unsafe_sync,
        ..LogSettings::default()
    };
    for server in servers {
        while !server.is_current().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    Log::provision(settings.clone()).await?;
    if plan.servers > 1 {
        settings.servers = vec![leader(servers).await.url()];
    }
    Ok(settings)
}

async fn leader(servers: &[Nats]) -> &Nats {
    loop {
        for server in servers {
            if server.leads("EVENTS").await {
                return server;
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Services on servers. Dropping it ends them.
pub(crate) struct Site {
    pub(crate) servers: Servers,
    pub(crate) settings: Settings,
    folder: PathBuf,
    services: Vec<Child>,
}

impl Site {
    /// Starts the servers of a log in a folder; keys and read models are in `postgres`.
    pub(crate) async fn start(
        plan: Plan,
        folder: &Path,
        postgres: &Postgres,
        filling: Vec<Filling>,
    ) -> anyhow::Result<Self> {
        let servers = Servers::start(plan, &folder.join("nats"), filling).await?;
        Secrets::create(&folder.join("secrets"))?;
        DevelopmentIssuer::create(&folder.join("secrets"))?;
        let settings = Settings {
            log: servers.settings().clone(),
            keyring: Secret(postgres.url("keyring")),
            database: Secret(postgres.url("postgres")),
            secrets: folder.join("secrets"),
            state: folder.join("state"),
            pool_capacity: POOL,
            development_public_key: folder.join("secrets/development-public.pem"),
            log_filter: "warn".to_owned(),
            ..Settings::default()
        };
        let mut written = toml::Table::try_from(&settings)?;
        written.insert("keyring".to_owned(), settings.keyring.0.clone().into());
        written.insert("database".to_owned(), settings.database.0.clone().into());
        std::fs::write(folder.join("settings.toml"), toml::to_string_pretty(&written)?)?;
        kinward::services::provision(&settings).await?;
        Ok(Self { servers, settings, folder: folder.to_owned(), services: Vec::new() })
    }

    /// Folder of the callers' secrets.
    pub(crate) fn secrets(&self) -> &Path {
        &self.settings.secrets
    }

    /// Starts a service in a process of its own; answers its address.
    pub(crate) async fn serve(&mut self, name: &str) -> anyhow::Result<String> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let log = self.folder.join(format!("{name}.log"));
        let program = std::env::current_exe()?.with_file_name("kinward");
        anyhow::ensure!(program.exists(), "{} is not built: run `make bench`", program.display());
        let mut child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--"])
            .arg(program)
            .args(["serve", name, "--config"])
            .arg(self.folder.join("settings.toml"))
            .env("KINWARD__LISTEN", format!("127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&log)?)
            .kill_on_drop(true)
            .spawn()?;
        // the port answers when everything behind it has caught up
        while tokio::net::TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.is_err() {
            if let Some(status) = child.try_wait()? {
                anyhow::bail!("{name} ended with {status}: {}", std::fs::read_to_string(&log)?);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.services.push(child);
        Ok(format!("127.0.0.1:{port}"))
    }

    /// Waits until nothing is written to the log any more; answers how long it is.
    pub(crate) async fn quiet(&self) -> anyhow::Result<u64> {
        let log = Log::connect(self.servers.settings().clone()).await?;
        let mut before = log.last_position().await?;
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let now = log.last_position().await?;
            if now == before {
                return Ok(now.0);
            }
            before = now;
        }
    }

    /// How often a service had no key at hand and sealed to the escrow, by its own log.
    pub(crate) fn escrowed(&self) -> anyhow::Result<usize> {
        let mut count = 0;
        for entry in std::fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "log") {
                count += std::fs::read_to_string(path)?.matches("sealing to the escrow").count();
            }
        }
        Ok(count)
    }

    /// The stored bytes of the last commit.
    pub(crate) async fn last_commit(&self) -> anyhow::Result<Vec<u8>> {
        let log = Log::connect(self.servers.settings().clone()).await?;
        let last = log.last_position().await?;
        let before = kinward_eventsourcing::Position(last.0.saturating_sub(1));
        let commit = log.read_after(before).next().await.context("read the last commit")?;
        Ok(commit.bytes.to_vec())
    }
}
