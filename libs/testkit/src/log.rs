//! A real NATS server for one test.

use kinward_eventlog::{Log, LogSettings};
use kinward_local::{Nats, NatsOptions};
use std::net::SocketAddr;

/// A server with the streams of a log, in a folder of its own. Dropping it ends it.
#[derive(Debug)]
pub struct TestLog {
    nats: Nats,
    settings: LogSettings,
    _folder: tempfile::TempDir,
}

impl TestLog {
    /// A server that syncs every write.
    pub async fn start() -> Self {
        Self::with(false, None).await
    }

    /// A server with the default sync, which Kinward refuses unless told otherwise.
    pub async fn start_unsafe() -> Self {
        Self::with(true, None).await
    }

    /// A server whose files cannot grow beyond so many bytes, as on a full disk.
    pub async fn start_with_room(bytes: u64) -> Self {
        Self::with(false, Some(bytes)).await
    }

    async fn with(unsafe_sync: bool, room: Option<u64>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut options = NatsOptions::new(folder.path());
        options.unsafe_sync = unsafe_sync;
        options.room = room;
        let nats = Nats::start(options).await.expect("a NATS server starts");
        let settings = LogSettings {
            servers: vec![nats.url()],
            monitors: vec![nats.monitor_url()],
            log_id: "430903".to_owned(),
            unsafe_sync,
            ..LogSettings::default()
        };
        Self { nats, settings, _folder: folder }
    }

    /// How to reach it.
    pub fn settings(&self) -> &LogSettings {
        &self.settings
    }

    /// A connection of its own, the streams created.
    pub async fn log(&self) -> Log {
        Log::provision(self.settings.clone()).await.expect("the streams are as they must be")
    }

    /// Address of its client port.
    pub fn address(&self) -> SocketAddr {
        self.nats.url().trim_start_matches("nats://").parse().expect("an address")
    }

    /// Somebody made room on the disk, and started it again.
    pub async fn make_room(&mut self) {
        self.nats.free_room();
        self.kill_and_restart().await;
    }

    /// Its process id; absent: it has ended.
    pub fn pid(&self) -> Option<u32> {
        self.nats.pid()
    }

    /// Kills it as a crash does and starts it again on the same files and port.
    pub async fn kill_and_restart(&mut self) {
        self.nats.kill9().await.expect("it was alive");
        self.nats.restart().await.expect("it starts again");
    }
}
