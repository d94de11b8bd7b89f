//! One server process: it dies with its owner, and can be killed, paused and started again.

use crate::{Error, io};
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::BTreeSet;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::time::Instant;

/// How long a server may take to be ready.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A running server.
#[derive(Debug)]
pub(crate) struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
    /// Bytes of the log that were there before.
    before: u64,
}

impl Process {
    /// Starts a program in a process group of its own; `user`: as whom, when we are root.
    pub(crate) fn start(
        name: &'static str,
        program: &Path,
        arguments: &[String],
        user: Option<&str>,
        log: PathBuf,
    ) -> Result<Self, Error> {
        let output =
            std::fs::File::options().create(true).append(true).open(&log).map_err(io(log.display()))?;
        let before = output.metadata().map_err(io(log.display()))?.len();
        let errors = output.try_clone().map_err(io(log.display()))?;
        let mut command = as_user(user);
        let child = command
            .arg(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(io(program.display()))?;
        Ok(Self { name, child, log, before })
    }

    /// Asks until the server is ready, or says why it is not.
    pub(crate) async fn ready<F: Future<Output = bool>>(&mut self, ask: impl Fn() -> F) -> Result<(), Error> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if ask().await {
                return Ok(());
            }
            if self.child.try_wait().map_err(io(self.name))?.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(Error::NotReady { name: self.name, log: self.log.display().to_string(), said: self.said() })
    }

    /// What it wrote into its log. What an earlier one left behind may write there too.
    fn said(&self) -> String {
        let read = || {
            let mut log = std::fs::File::open(&self.log)?;
            log.seek(SeekFrom::Start(self.before))?;
            let mut bytes = Vec::new();
            log.read_to_end(&mut bytes)?;
            std::io::Result::Ok(String::from_utf8_lossy(&bytes).into_owned())
        };
        read().unwrap_or_default()
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Sends a signal to the whole group.
    pub(crate) fn signal(&self, signal: Signal) -> Result<(), Error> {
        let Some(pid) = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed())) else { return Ok(()) };
        kill_process_group(pid, signal).map_err(|error| Error::Io(self.name.to_owned(), error.into()))
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self) -> Result<(), Error> {
        self.child.wait().await.map(|_| ()).map_err(io(self.name))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // the group too: PostgreSQL has children
        let _ = self.signal(Signal::KILL);
    }
}

/// A command that dies with us, run as another user if one is named.
pub(crate) fn as_user(user: Option<&str>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]);
    if let Some(user) = user {
        command.args([&format!("--reuid={user}"), "--regid", user, "--clear-groups"]);
    }
    command.arg("--");
    command
}

/// Starts a server on its port, or on a free one: on another if somebody took that meanwhile.
pub(crate) async fn on_port<S>(
    port: Option<u16>,
    start: impl AsyncFn(u16) -> Result<S, Error>,
) -> Result<S, Error> {
    loop {
        match start(port.unwrap_or_else(|| free_ports(1))).await {
            Err(error) if error.is_port_taken() && port.is_none() => {}
            ended => return ended,
        }
    }
}

/// The first of so many loopback ports in a row that are free now. Below those that the system gives to whoever asks for
/// any, which another could be given before it is used; and none that this process was given already.
pub fn free_ports(count: u16) -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let first = rand::random_range(12_000..32_000);
        let mut ports = first..first + count;
        if ports.all(|port| !given.contains(&port) && is_free(port)) {
            given.extend(first..first + count);
            return first;
        }
    }
}
