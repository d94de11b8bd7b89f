//! One server process: it dies with its owner, and can be killed, paused and started again.

use crate::{Error, io};
use rustix::process::{Pid, Signal, kill_process_group};
use std::path::{Path, PathBuf};
use std::process::Stdio;
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
        Ok(Self { name, child, log })
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
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines[lines.len().saturating_sub(15)..].join("\n");
        Err(Error::NotReady { name: self.name, log: self.log.display().to_string(), tail })
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
        match start(port.map_or_else(free_port, Ok)?).await {
            Err(error) if error.is_port_taken() && port.is_none() => {}
            ended => return ended,
        }
    }
}

/// A loopback port that is free now.
pub(crate) fn free_port() -> Result<u16, Error> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).map_err(io("127.0.0.1:0"))?;
    Ok(listener.local_addr().map_err(io("127.0.0.1:0"))?.port())
}
