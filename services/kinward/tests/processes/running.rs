//! Services as processes of their own, on real servers, as they run for people.

use kinward::clients::Clients;
use kinward_chassis::{DevelopmentIssuer, Principal, Secret, Settings};
use kinward_eventlog::LogSettings;
use kinward_eventsourcing::{Clock as _, SystemClock};
use kinward_local::{Nats, Postgres, free_ports};
use kinward_privacy::Secrets;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

/// Services that run.
pub(crate) struct Processes {
    folder: PathBuf,
    /// Where each serves gRPC.
    pub(crate) ports: BTreeMap<&'static str, u16>,
    admin: BTreeMap<&'static str, u16>,
    running: BTreeMap<&'static str, Child>,
    /// Unknown outcomes that services met which have been killed since.
    unknown_before: u64,
}

impl Processes {
    /// Starts these services, on settings that stand in the folder.
    pub(crate) fn new(folder: &Path, names: &[&'static str]) -> Self {
        let count = u16::try_from(names.len()).unwrap();
        let first = free_ports(2 * count);
        let ports = |first: u16| names.iter().copied().zip(first..).collect();
        let (ports, admin) = (ports(first), ports(first + count));
        let mut all =
            Self { folder: folder.to_owned(), ports, admin, running: BTreeMap::new(), unknown_before: 0 };
        for name in names {
            all.start(name);
        }
        all
    }

    /// Addresses as clients take them.
    pub(crate) fn addresses(&self) -> BTreeMap<String, String> {
        let address = |(name, port): (&&str, &u16)| ((*name).to_owned(), format!("http://127.0.0.1:{port}"));
        self.ports.iter().map(address).collect()
    }

    /// Clients of them, whose tokens last longer than a test.
    pub(crate) fn clients(&self) -> Clients {
        Clients::new(&self.addresses(), issuer(&self.folder), token_ends()).unwrap()
    }

    fn start(&mut self, name: &'static str) {
        let log =
            std::fs::File::options().create(true).append(true).open(self.folder.join(format!("{name}.log")));
        let child = kinward()
            .args(["serve", name, "--config"])
            .arg(self.folder.join("settings.toml"))
            .env("KINWARD__LISTEN", format!("127.0.0.1:{}", self.ports[name]))
            .env("KINWARD__ADMIN", format!("127.0.0.1:{}", self.admin[name]))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.unwrap())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        self.running.insert(name, child);
    }

    /// Kills a service as a crash does, and starts it again.
    pub(crate) async fn kill_and_restart(&mut self, name: &'static str) {
        self.unknown_before += unknown_outcomes(self.admin[name]).await;
        let mut child = self.running.remove(name).unwrap();
        child.kill().await.unwrap();
        self.start(name);
    }

    /// Appends so far whose outcome was unknown and had to be looked up, as the services' metrics tell.
    pub(crate) async fn unknown_outcomes(&self) -> u64 {
        let mut sum = self.unknown_before;
        for port in self.admin.values() {
            sum += unknown_outcomes(*port).await;
        }
        sum
    }

    /// Reactions that the services' processes left out or parked, as their metrics tell.
    pub(crate) async fn left_out(&self) -> Vec<(&'static str, Option<u64>)> {
        let mut all = Vec::new();
        for (name, port) in &self.admin {
            all.push((*name, metric(*port, "kinward_left_out").await));
        }
        all
    }

    /// What the services said last.
    pub(crate) fn tails(&self) -> String {
        let tail = |name: &str| {
            let text = std::fs::read_to_string(self.folder.join(format!("{name}.log"))).unwrap_or_default();
            let lines: Vec<&str> = text.lines().rev().take(12).collect();
            lines.into_iter().rev().map(|line| format!("{name}: {line}")).collect::<Vec<_>>().join("\n")
        };
        self.ports.keys().map(|name| tail(name)).collect::<Vec<_>>().join("\n")
    }

    /// A service that could not start because a server was away ends; an orchestrator starts it again.
    pub(crate) fn revive(&mut self) -> u64 {
        let ended: Vec<&'static str> = self
            .running
            .iter_mut()
            .filter_map(|(name, child)| child.try_wait().unwrap().map(|_| *name))
            .collect();
        for name in &ended {
            self.start(name);
        }
        ended.len() as u64
    }
}

/// Who issues the tokens of a folder.
fn issuer(folder: &Path) -> Arc<DevelopmentIssuer> {
    Arc::new(DevelopmentIssuer::create(&folder.join("secrets")).unwrap())
}

fn token_ends() -> i64 {
    (SystemClock.now() + chrono::Duration::hours(2)).timestamp()
}

/// A token of a caller.
pub(crate) fn token(folder: &Path, caller: &Principal) -> String {
    issuer(folder).issue(caller, token_ends()).unwrap()
}

/// The program, dying with us.
pub(crate) fn kinward() -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--", env!("CARGO_BIN_EXE_kinward")]);
    command
}

async fn unknown_outcomes(admin: u16) -> u64 {
    metric(admin, "kinward_unknown_outcomes").await.unwrap_or_default()
}

/// What a service's metrics tell; a service that does not answer tells nothing.
async fn metric(admin: u16, name: &str) -> Option<u64> {
    let exchange = async {
        let mut socket = tokio::net::TcpStream::connect(("127.0.0.1", admin)).await?;
        socket.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").await?;
        let mut text = String::new();
        socket.read_to_string(&mut text).await?;
        std::io::Result::Ok(text)
    };
    let told = tokio::time::timeout(Duration::from_secs(2), exchange).await;
    let text = told.ok().and_then(Result::ok).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(&format!("{name}{{")));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok())
}

/// Settings of services on these servers; they stand in the folder too.
pub(crate) fn prepare(folder: &Path, nats: &Nats, postgres: &Postgres) -> Settings {
    Secrets::create(&folder.join("secrets")).unwrap();
    issuer(folder);
    let settings = Settings {
        log: LogSettings {
            servers: vec![nats.url()],
            monitors: vec![nats.monitor_url()],
            ..LogSettings::default()
        },
        keyring: Secret(postgres.url("keyring")),
        database: Secret(postgres.url("postgres")),
        secrets: folder.join("secrets"),
        state: folder.join("state"),
        development_public_key: folder.join("secrets/development-public.pem"),
        pool_capacity: 500,
        ..Settings::default()
    };
    write(folder, &settings);
    settings
}

/// Writes settings with the databases' addresses, which hold no password here.
pub(crate) fn write(folder: &Path, settings: &Settings) {
    let mut text = toml::Table::try_from(settings).unwrap();
    text.insert("keyring".to_owned(), settings.keyring.0.clone().into());
    text.insert("database".to_owned(), settings.database.0.clone().into());
    std::fs::write(folder.join("settings.toml"), toml::to_string(&text).unwrap()).unwrap();
}
