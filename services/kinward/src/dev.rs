//! `kinward dev`: the embedded default. Real servers, every service as its own process, the real district, a generated
//! population, the story; then it runs until it is asked to end. Started again, it picks up where it was.

use crate::clients::Clients;
use crate::log_commands::line;
use crate::story::Play;
use crate::{population, reference, services};
use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use kinward_chassis::{DevelopmentIssuer, Secret, Settings, until_asked};
use kinward_eventlog::LogSettings;
use kinward_eventsourcing::{Clock as _, SystemClock};
use kinward_local::{Nats, NatsOptions, Postgres, free_ports};
use kinward_privacy::Secrets;
use kinward_statute::day_of;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::process::{Child, Command};

/// Ports of an earlier run, kept so that addresses stay the same.
#[derive(Default, Serialize, Deserialize)]
struct Ports {
    nats: u16,
    postgres: u16,
    services: BTreeMap<String, u16>,
    population: u64,
}

/// Runs the embedded default in a folder.
pub async fn run(folder: &Path, children: u64, once: bool) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| {
        let shown = folder.display();
        format!("无法创建文件夹 {shown}：请另选 --folder  the folder {shown} cannot be made: choose another --folder")
    })?;
    let folder = folder.canonicalize()?;
    // two runs on the same files would spoil them
    let lock = std::fs::File::create(folder.join("lock"))?;
    lock.try_lock().map_err(|_| {
        let shown = folder.display();
        anyhow::anyhow!("{shown} 中已有 `kinward dev` 在运行，请先结束它或另选 --folder  another `kinward dev` runs in {shown}: end it, or choose another --folder")
    })?;
    let mut ports: Ports = std::fs::read_to_string(folder.join("ports.toml"))
        .ok()
        .and_then(|text| toml::from_str(&text).ok())
        .unwrap_or_default();
    choose(&mut ports);

    line("启动 NATS 与 PostgreSQL  starting NATS and PostgreSQL");
    let mut options = NatsOptions::new(&folder.join("nats"));
    options.port = Some(ports.nats);
    let nats = Nats::start(options).await?;
    let postgres = Postgres::start(&folder.join("postgres"), Some(ports.postgres)).await?;
    Secrets::create(&folder.join("secrets"))?;
    let issuer = Arc::new(DevelopmentIssuer::create(&folder.join("secrets"))?);
    let settings = settings(&folder, &nats, &postgres);
    std::fs::write(folder.join("ports.toml"), toml::to_string(&ports)?)?;
    std::fs::write(folder.join("settings.toml"), in_clear(&settings)?)?;
    std::fs::write(folder.join("pid"), std::process::id().to_string())?;
    services::provision(&settings).await.context(
        "无法建立日志与数据库：详见下因及文件夹中 nats、postgres 的日志  streams and schemas cannot be made: see the cause, and the logs of nats and postgres in the folder",
    )?;

    line("启动服务  starting services");
    let mut processes = Vec::new();
    for name in services::ALL.iter().copied() {
        processes.push((name, spawn(name, &folder, ports.services[name])?));
    }
    let addresses = services::ALL
        .iter()
        .map(|name| ((*name).to_owned(), format!("http://127.0.0.1:{}", ports.services[*name])))
        .collect();
    let now = SystemClock.now();
    let clients = Clients::new(&addresses, issuer, (now + chrono::Duration::days(1)).timestamp())?;
    for (name, process) in &mut processes {
        ready(name, process, ports.services[*name], &folder).await?;
    }
    line("载入区划、单位、节假日  loading divisions, units, holidays");
    reference::load(&clients).await?;
    if ports.population < children {
        populate(&clients, ports.population, children).await?;
        ports.population = children;
        std::fs::write(folder.join("ports.toml"), toml::to_string(&ports)?)?;
    }
    line("");
    line("一份报告的全过程  one report's whole way");
    let number = u64::try_from(now.timestamp()).unwrap_or_default() % 100_000;
    let story = Play { clients: &clients, number, now, tell: &line }.whole().await?;
    next_steps(&folder, &ports, &story);
    if !once {
        running(&mut processes).await;
    }
    line("结束  ending");
    for (_, process) in &mut processes {
        if let Some(pid) = process.id() {
            let _ = Command::new("kill").args(["-TERM", &pid.to_string()]).status().await;
        }
    }
    for (_, mut process) in processes {
        let _ = tokio::time::timeout(Duration::from_secs(15), process.wait()).await;
    }
    postgres.stop().await?;
    nats.stop().await?;
    let _ = std::fs::remove_file(folder.join("pid"));
    Ok(())
}

fn choose(ports: &mut Ports) {
    let is_free = |port: u16| port > 0 && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    if !is_free(ports.nats) {
        ports.nats = free_ports(1);
    }
    if !is_free(ports.postgres) {
        ports.postgres = free_ports(1);
    }
    for name in services::ALL.iter().copied() {
        if !ports.services.get(name).is_some_and(|port| is_free(*port)) {
            ports.services.insert(name.to_owned(), free_ports(1));
        }
    }
}

fn settings(folder: &Path, nats: &Nats, postgres: &Postgres) -> Settings {
    Settings {
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
        ..Settings::default()
    }
}

/// The settings with the databases' addresses, which hold no password here.
fn in_clear(settings: &Settings) -> anyhow::Result<String> {
    let mut value = toml::Table::try_from(settings)?;
    value.insert("keyring".to_owned(), settings.keyring.0.clone().into());
    value.insert("database".to_owned(), settings.database.0.clone().into());
    Ok(toml::to_string_pretty(&value)?)
}

fn spawn(name: &str, folder: &Path, port: u16) -> anyhow::Result<Child> {
    let log = std::fs::File::options().create(true).append(true).open(folder.join(format!("{name}.log")))?;
    // it dies with us, however we end
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig", "KILL", "--"])
        .arg(std::env::current_exe()?)
        .args(["serve", name, "--config"])
        .arg(folder.join("settings.toml"))
        .env("KINWARD__LISTEN", format!("127.0.0.1:{port}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .kill_on_drop(true)
        // Ctrl-C reaches us alone: we end the services in order
        .process_group(0);
    command.spawn().with_context(|| {
        format!("无法启动服务 {name}：需要 setpriv（util-linux）  {name} cannot be started: it takes setpriv, of util-linux")
    })
}

async fn ready(name: &str, process: &mut Child, port: u16, folder: &Path) -> anyhow::Result<()> {
    let log = folder.join(format!("{name}.log"));
    let log = log.display();
    for _ in 0..600 {
        if tokio::net::TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.is_ok() {
            return Ok(());
        }
        if let Some(status) = process.try_wait()? {
            anyhow::bail!("服务 {name} 已退出：详见日志 {log}  {name} ended with {status}: see {log}");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("服务 {name} 没有应答：详见日志 {log}  {name} does not answer on port {port}: see {log}")
}

async fn populate(clients: &Clients, from: u64, to: u64) -> anyhow::Result<()> {
    let bar = ProgressBar::new(to).with_style(ProgressStyle::with_template(
        "生成儿童档案 registering children {bar:30} {pos}/{len}  {per_sec}  {eta}",
    )?);
    bar.set_position(from);
    let today = day_of(SystemClock.now());
    population::register(clients, today, from..to, |done| bar.set_position(done)).await?;
    bar.finish();
    line(&format!("{to} 份档案 children on file"));
    Ok(())
}

fn next_steps(folder: &Path, ports: &Ports, story: &crate::story::Story) {
    let shown = folder.display();
    line("");
    line("地址  addresses (gRPC, reflection on):");
    for (name, port) in &ports.services {
        line(&format!("  {name:<13} 127.0.0.1:{port}"));
    }
    line("试一试  try next:");
    line(&format!(
        "  target/debug/kinward log --config {shown}/settings.toml show incident {}",
        story.incident_id
    ));
    line(&format!("  target/debug/kinward log --config {shown}/settings.toml show case {}", story.case_id));
    line("  make call    Python：教师报告，公安接收并查阅  a teacher reports, police see and read it");
    line("Ctrl-C 结束  ends it; run it again and it picks up where it was");
}

/// Until Ctrl-C or a request to end; a service that dies is reported.
async fn running(processes: &mut [(&'static str, Child)]) {
    let mut asked = std::pin::pin!(until_asked());
    loop {
        for (name, process) in processes.iter_mut() {
            if let Ok(Some(status)) = process.try_wait() {
                line(&format!("{name} 意外结束 ended with {status}: see its log"));
                return;
            }
        }
        tokio::select! {
            () = &mut asked => return,
            () = tokio::time::sleep(Duration::from_secs(2)) => {}
        }
    }
}
