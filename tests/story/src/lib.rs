//! A whole district for a test: every service in this process on a real log and a real database, with a clock to set.

use chrono::{DateTime, Utc};
use kinward::clients::Clients;
use kinward::story::Play;
use kinward::{reference, services};
use kinward_chassis::{DevelopmentIssuer, Running, Secret, Settings, TimeSource};
use kinward_departments::{Office, Visit, each_department};
use kinward_eventlog::{ClockAlarms, Log};
use kinward_eventsourcing::{Clock as _, Position, SetClock};
use kinward_privacy::Secrets;
use kinward_projection::{Error, Memory, Projection, ReadModel, Rebuild, switch};
use kinward_testkit::{TestDatabase, TestLog};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A running district.
pub struct District {
    /// The log's server.
    pub log: TestLog,
    /// The database's server.
    pub database: TestDatabase,
    /// The alarms of every service, which advance the district's clock.
    pub alarms: Arc<ClockAlarms>,
    /// Clients of every service.
    pub clients: Clients,
    clock: Arc<SetClock>,
    issuer: Arc<DevelopmentIssuer>,
    addresses: BTreeMap<String, String>,
    settings: Settings,
    running: BTreeMap<String, Running>,
    folder: PathBuf,
    _folder: tempfile::TempDir,
}

impl District {
    /// Starts every service and loads the reference data.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_with(|_| {}).await
    }

    /// The same, with settings of one's own.
    pub async fn start_with(change: impl FnOnce(&mut Settings)) -> anyhow::Result<Self> {
        let (log, database) = (TestLog::start().await, TestDatabase::start().await);
        let temporary = tempfile::tempdir()?;
        let folder = temporary.path().to_owned();
        Secrets::create(&folder.join("secrets"))?;
        let issuer = Arc::new(DevelopmentIssuer::create(&folder.join("secrets"))?);
        let now: DateTime<Utc> = "2026-11-24T12:00:00Z".parse()?;
        let clock = Arc::new(SetClock::at(now));
        let mut settings = Settings {
            log: log.settings().clone(),
            keyring: Secret(database.url()),
            database: Secret(database.url()),
            secrets: folder.join("secrets"),
            state: folder.join("state"),
            development_public_key: folder.join("secrets/development-public.pem"),
            pool_capacity: 400,
            ..Settings::default()
        };
        change(&mut settings);
        services::provision(&settings).await?;
        let mut district = Self {
            alarms: Arc::new(ClockAlarms::new(Arc::clone(&clock))),
            clients: Clients::new(&BTreeMap::new(), Arc::clone(&issuer), 0)?,
            issuer,
            addresses: BTreeMap::new(),
            log,
            database,
            clock,
            settings,
            running: BTreeMap::new(),
            folder,
            _folder: temporary,
        };
        for name in services::ALL.iter().copied() {
            district.start_service(name).await?;
        }
        reference::load(&district.clients).await?;
        Ok(district)
    }

    /// Starts a service, for the first time or again.
    pub async fn start_service(&mut self, name: &str) -> anyhow::Result<()> {
        let time = TimeSource::Set(Arc::clone(&self.clock), Arc::clone(&self.alarms));
        let running = services::start_by_name(name, self.settings.clone(), time).await?;
        self.addresses.insert(name.to_owned(), format!("http://{}", running.address));
        self.running.insert(name.to_owned(), running);
        let expires = (self.clock.now() + chrono::Duration::days(3_650)).timestamp();
        self.clients = Clients::new(&self.addresses, Arc::clone(&self.issuer), expires)?;
        Ok(())
    }

    /// Stops a service.
    pub async fn stop_service(&mut self, name: &str) {
        if let Some(running) = self.running.remove(name) {
            running.stop().await;
        }
    }

    /// Where a service serves gRPC.
    pub fn address(&self, name: &str) -> std::net::SocketAddr {
        self.running[name].address
    }

    /// The settings of its services, for who reads its log beside them.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What a service's admin port answers.
    pub async fn admin(&self, name: &str, path: &str) -> String {
        let mut socket = TcpStream::connect(self.running[name].admin).await.expect("the admin port listens");
        socket
            .write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes())
            .await
            .expect("it takes a request");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.expect("it answers");
        answer
    }

    /// Waits until every reader of every service has read everything and nothing follows; answers the last position.
    pub async fn settled(&self) -> u64 {
        loop {
            let last = self.position().await;
            for name in self.running.keys() {
                while !all_read(&self.admin(name, "/metrics").await, last) {}
            }
            if self.position().await == last {
                return last;
            }
        }
    }

    /// Now, by the district's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Moves the one clock forward; what is due then fires in every service.
    pub fn advance(&self, by: chrono::Duration) {
        self.alarms.advance(by);
    }

    /// Looks again after each commit until there is something to see.
    pub async fn until<T>(&self, mut look: impl AsyncFnMut() -> Option<T>) -> T {
        let log = Log::connect(self.settings.log.clone()).await.expect("the log is there");
        loop {
            let at = log.last_position().await.expect("the log answers");
            if let Some(found) = look().await {
                return found;
            }
            log.read_after(at).next().await.expect("a dense log");
        }
    }

    /// Types of the events of one commit, without their package.
    pub async fn events_at(&self, position: u64) -> Vec<String> {
        let log = Log::connect(self.settings.log.clone()).await.expect("the log is there");
        let commit = log.read_after(Position(position - 1)).next().await.expect("a dense log");
        let events = commit.recorded().expect("a commit");
        let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
        events.iter().map(|event| last(event.event_type())).collect()
    }

    /// A story to play.
    pub fn play(&self, number: u64) -> Play<'_> {
        Play { clients: &self.clients, number, now: self.now(), tell: &|_| {} }
    }

    /// Position of the last commit.
    pub async fn position(&self) -> u64 {
        let log = Log::connect(self.settings.log.clone()).await.expect("the log is there");
        log.last_position().await.expect("the log answers").0
    }

    /// Everything the log holds, as it is stored.
    pub async fn stored(&self) -> Vec<u8> {
        let log = Log::connect(self.settings.log.clone()).await.expect("the log is there");
        let last = log.last_position().await.expect("the log answers");
        let (mut stored, mut reader) = (Vec::new(), log.read_after(Position(0)));
        while reader.position() < last {
            stored.extend(reader.next().await.expect("a dense log").bytes.clone());
        }
        stored
    }

    /// Folder of the district's files.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// How every read model differs from a fold of the log, in all columns of all rows.
    pub async fn differences(&self) -> Vec<String> {
        differences(&self.settings).await
    }
}

/// How every read model of a district differs from a fold of its log, once it is as far, and from a rebuild beside it.
pub async fn differences(settings: &Settings) -> Vec<String> {
    let log = Log::connect(settings.log.clone()).await.expect("the log is there");
    let mut comparing = Comparing { settings, log, differences: Vec::new() };
    each_department(&mut comparing).await.expect("read models can be read");
    comparing.differences
}

struct Comparing<'a> {
    settings: &'a Settings,
    log: Log,
    differences: Vec<String>,
}

impl Comparing<'_> {
    /// A generation that is built beside the live one must be switched to without a difference; it answers from then on.
    async fn rebuilt<P: Projection>(&mut self) -> Result<(), Error> {
        let database = self.settings.database.0.as_str();
        let end = self.log.last_position().await?;
        let (mut rebuild, mut reader) = (Rebuild::<P>::default(), self.log.read_after(Position(0)));
        while reader.position() < end {
            rebuild.fold(reader.next().await?.recorded()?);
        }
        rebuild.copy(database).await?;
        match switch::<P>(database, &self.log, false).await {
            Ok(switched) if switched.compared.is_empty() => {
                self.differences.push(format!("{}: nothing was compared", P::NAME));
            }
            Ok(_) => {}
            Err(error @ Error::Differs { .. }) => {
                self.differences.push(format!("{}, rebuilt: {error}", P::NAME));
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

impl Visit for Comparing<'_> {
    type Error = Error;

    async fn visit<D: Office>(&mut self) -> Result<(), Self::Error> {
        let last = self.log.last_position().await?;
        let model = ReadModel::<D>::connect(&self.settings.database.0, 2)?;
        let (mut memory, mut reader) = (Memory::<D>::default(), self.log.read_after(Position(0)));
        while reader.position() < last {
            for event in reader.next().await?.recorded()? {
                memory.fold(event);
            }
        }
        while model.checkpoint().await? < last {
            tokio::task::yield_now().await;
        }
        let found = model.differences(&memory).await?;
        self.differences.extend(found.into_iter().map(|one| format!("{}: {one}", D::NAME)));
        self.rebuilt::<D>().await
    }
}

/// Whether metrics show every reader at a position.
fn all_read(metrics: &str, position: u64) -> bool {
    let readers = metrics.lines().filter(|line| line.starts_with("kinward_reader_position{"));
    let mut at = readers.map(|line| line.rsplit(' ').next().and_then(|at| at.parse::<u64>().ok()));
    // every service has a reader: a page without one tells nothing
    at.next().is_some_and(|first| first >= Some(position)) && at.all(|at| at >= Some(position))
}
