//! NATS servers.

use crate::process::{Process, free_ports, on_port};
use crate::{Error, Tools, io};
use rustix::process::Signal;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// How a server runs.
#[derive(Clone, Debug)]
pub struct NatsOptions {
    /// Folder of its files.
    pub folder: PathBuf,
    /// The default sync instead of `always`: for benches.
    pub unsafe_sync: bool,
    /// Client port; `None`: a free one.
    pub port: Option<u16>,
    /// Bytes beyond which a write to any file fails, as on a full disk; `None`: the disk's own.
    pub room: Option<u64>,
    cluster: Option<Member>,
}

#[derive(Clone, Debug)]
struct Member {
    name: String,
    port: u16,
    routes: Vec<u16>,
}

impl NatsOptions {
    /// A server of its own, durable, on free ports.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), unsafe_sync: false, port: None, room: None, cluster: None }
    }
}

/// A running server. Dropping it kills it.
#[derive(Debug)]
pub struct Nats {
    options: NatsOptions,
    port: u16,
    monitor: u16,
    process: Process,
}

impl Nats {
    /// Starts a server and waits until it is ready.
    pub async fn start(options: NatsOptions) -> Result<Self, Error> {
        on_port(options.port, async |port| {
            let mut server = Self::launch(options.clone(), port)?;
            server.ready().await?;
            Ok(server)
        })
        .await
    }

    fn launch(options: NatsOptions, port: u16) -> Result<Self, Error> {
        let monitor = free_ports(1);
        let process = spawn(&options, port, monitor)?;
        Ok(Self { options, port, monitor, process })
    }

    /// Address for clients.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Address of its monitoring port.
    pub fn monitor_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.monitor)
    }

    /// Process id.
    pub fn pid(&self) -> Option<u32> {
        self.process.pid()
    }

    /// Kills it as a crash does.
    pub async fn kill9(&mut self) -> Result<(), Error> {
        self.process.signal(Signal::KILL)?;
        self.process.ended().await
    }

    /// Stops it from running; connections stay open.
    pub fn pause(&self) -> Result<(), Error> {
        self.process.signal(Signal::STOP)
    }

    /// Lets it run on.
    pub fn resume(&self) -> Result<(), Error> {
        self.process.signal(Signal::CONT)
    }

    /// Starts it again on the same files and ports, after it ended.
    pub async fn restart(&mut self) -> Result<(), Error> {
        self.process = spawn(&self.options, self.port, self.monitor)?;
        self.ready().await
    }

    /// From its next start on it has as much room as the disk.
    pub fn free_room(&mut self) {
        self.options.room = None;
    }

    /// Asks it to end, and waits.
    pub async fn stop(mut self) -> Result<(), Error> {
        self.process.signal(Signal::TERM)?;
        self.process.ended().await
    }

    async fn ready(&mut self) -> Result<(), Error> {
        let monitor = self.monitor;
        self.process.ready(|| async move { healthy(monitor).await }).await
    }

    /// Whether this server says that it leads the stream.
    pub async fn leads(&self, stream: &str) -> bool {
        let Some(answer) = get(self.monitor, "/jsz?streams=true&config=false").await else { return false };
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let Ok(told) = serde_json::from_str::<serde_json::Value>(body) else { return false };
        let details = told["account_details"].as_array().into_iter().flatten();
        let mut streams =
            details.flat_map(|account| account["stream_detail"].as_array().into_iter().flatten());
        streams.any(|detail| {
            let cluster = &detail["cluster"];
            detail["name"] == stream && cluster["leader"] == self.name()
        })
    }

    /// Whether this server is whole: it answers, and has what the others have.
    pub async fn is_current(&self) -> bool {
        healthy(self.monitor).await
    }

    fn name(&self) -> &str {
        self.options.cluster.as_ref().map_or("kinward", |member| &member.name)
    }
}

/// Servers that form one cluster.
#[derive(Debug)]
pub struct NatsCluster {
    /// The servers.
    pub servers: Vec<Nats>,
}

impl NatsCluster {
    /// Free ports on which `count` servers can listen for each other.
    pub fn ports(count: usize) -> Vec<u16> {
        (0..count).map(|_| free_ports(1)).collect()
    }

    /// Starts a server for each port, in folders of their own, and waits until the cluster is ready. `routes[i]`: the
    /// ports that server `i` dials to reach the others, their own or a proxy's.
    pub async fn start(
        folder: &Path,
        ports: &[u16],
        routes: &[Vec<u16>],
        unsafe_sync: bool,
    ) -> Result<Self, Error> {
        let mut servers = Vec::new();
        for (index, (port, routes)) in ports.iter().zip(routes).enumerate() {
            let member = Member { name: format!("n{index}"), port: *port, routes: routes.clone() };
            let folder = folder.join(&member.name);
            std::fs::create_dir_all(&folder).map_err(io(folder.display()))?;
            let options = NatsOptions { unsafe_sync, cluster: Some(member), ..NatsOptions::new(&folder) };
            servers.push(Nats::launch(options, free_ports(1))?);
        }
        for server in &mut servers {
            server.ready().await?;
        }
        Ok(Self { servers })
    }
}

fn spawn(options: &NatsOptions, port: u16, monitor: u16) -> Result<Process, Error> {
    let tools = Tools::find()?;
    std::fs::create_dir_all(&options.folder).map_err(io(options.folder.display()))?;
    let path = options.folder.join("nats.conf");
    std::fs::write(&path, configuration(options, port, monitor)).map_err(io(path.display()))?;
    let mut arguments = vec!["-c".to_owned(), path.display().to_string()];
    let mut program = tools.nats_server;
    if let Some(room) = options.room {
        arguments.splice(0..0, [format!("--fsize={room}"), program.display().to_string()]);
        program = "prlimit".into();
    }
    Process::start("nats-server", &program, &arguments, None, options.folder.join("nats.log"))
}

fn configuration(options: &NatsOptions, port: u16, monitor: u16) -> String {
    let sync = if options.unsafe_sync { "2m" } else { "always" };
    let folder = options.folder.display();
    let name = options.cluster.as_ref().map_or("kinward", |member| &member.name);
    let mut text = format!(
        "server_name: {name}\nlisten: 127.0.0.1:{port}\nhttp: 127.0.0.1:{monitor}\nmax_payload: 8MB\n\
         jetstream {{\n  store_dir: \"{folder}\"\n  sync_interval: {sync}\n  max_memory_store: 1GB\n  max_file_store: 100GB\n}}\n"
    );
    if let Some(member) = &options.cluster {
        let routes: Vec<String> =
            member.routes.iter().map(|port| format!("nats://127.0.0.1:{port}")).collect();
        let _ = write!(
            text,
            // nobody listens on port 1: servers reach each other by their routes only, never by what others tell
            "cluster {{\n  name: kinward\n  listen: 127.0.0.1:{}\n  advertise: \"127.0.0.1:1\"\n  routes: [{}]\n}}\n",
            member.port,
            routes.join(", ")
        );
    }
    text
}

async fn healthy(monitor: u16) -> bool {
    get(monitor, "/healthz").await.is_some_and(|answer| answer.contains("\"ok\""))
}

async fn get(monitor: u16, path: &str) -> Option<String> {
    let exchange = async {
        let mut socket = tokio::net::TcpStream::connect(("127.0.0.1", monitor)).await?;
        socket.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).await?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    tokio::time::timeout(Duration::from_secs(2), exchange).await.ok()?.ok()
}
