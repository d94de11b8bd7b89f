//! A PostgreSQL server. It refuses to run as root: then it runs as `postgres`, or as `nobody`.

use crate::process::{PATIENCE, Process, as_user, on_port};
use crate::{Error, Tools, io};
use rustix::process::Signal;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::time::Instant;

/// A running server. Dropping it kills it.
#[derive(Debug)]
pub struct Postgres {
    folder: PathBuf,
    port: u16,
    user: Option<&'static str>,
    /// Folder of the programs.
    programs: PathBuf,
    settings: Vec<(String, String)>,
    process: Process,
}

impl Postgres {
    /// Starts a server in a folder, making its files the first time; `port`: `None` for a free one.
    pub async fn start(folder: &Path, port: Option<u16>) -> Result<Self, Error> {
        Self::start_from(&Tools::find()?.postgres, folder, port, &[]).await
    }

    /// The same, with the programs of one folder and with settings, as benches need.
    pub async fn start_from(
        programs: &Path,
        folder: &Path,
        port: Option<u16>,
        settings: &[(&str, &str)],
    ) -> Result<Self, Error> {
        let user = unprivileged()?;
        std::fs::create_dir_all(folder).map_err(io(folder.display()))?;
        if let Some(user) = user {
            let folder = folder.display().to_string();
            run("chown", &["-R", user, &folder], None).await?;
            run("chmod", &["755", &folder], None).await?;
            run("test", &["-w", &folder], Some(user)).await.map_err(|_| Error::Private { user, folder })?;
        }
        let data = folder.join("data");
        if !data.join("PG_VERSION").exists() {
            let initdb = programs.join("initdb").display().to_string();
            let data = data.display().to_string();
            let arguments =
                ["-D", &data, "-U", "kinward", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync"];
            run(&initdb, &arguments, user).await?;
        }
        let programs = programs.to_owned();
        let settings: Vec<_> =
            settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        on_port(port, async |port| {
            let process = started(&programs, folder, port, user, &settings).await?;
            let (folder, programs, settings) = (folder.to_owned(), programs.clone(), settings.clone());
            Ok(Self { folder, port, user, programs, settings, process })
        })
        .await
    }

    /// Address of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://kinward@127.0.0.1:{}/{database}", self.port)
    }

    /// Process id of the postmaster.
    pub fn pid(&self) -> Option<u32> {
        self.process.pid()
    }

    /// Kills its postmaster as a crash does; its other processes see that and end by themselves.
    pub async fn kill9(&mut self) -> Result<(), Error> {
        self.process.signal(Signal::KILL)?;
        self.process.ended().await
    }

    /// Starts it again on the same files and port, after it ended.
    pub async fn restart(&mut self) -> Result<(), Error> {
        let _ = std::fs::remove_file(self.folder.join("data/postmaster.pid"));
        self.process = started(&self.programs, &self.folder, self.port, self.user, &self.settings).await?;
        Ok(())
    }

    /// Asks it to end, cutting off its clients, and waits.
    pub async fn stop(mut self) -> Result<(), Error> {
        self.process.signal(Signal::INT)?;
        self.process.ended().await
    }
}

/// Starts it and waits until it accepts connections; what a crash left behind has to end first, and ends by itself.
async fn started(
    programs: &Path,
    folder: &Path,
    port: u16,
    user: Option<&str>,
    settings: &[(String, String)],
) -> Result<Process, Error> {
    let mut arguments = vec![
        "-D".to_owned(),
        folder.join("data").display().to_string(),
        "-p".to_owned(),
        port.to_string(),
        "-c".to_owned(),
        "listen_addresses=127.0.0.1".to_owned(),
        "-c".to_owned(),
        // a folder's path may be too long for a socket, and nobody needs one
        "unix_socket_directories=".to_owned(),
        "-c".to_owned(),
        "max_connections=200".to_owned(),
    ];
    for (name, value) in settings {
        arguments.extend(["-c".to_owned(), format!("{name}={value}")]);
    }
    // its own word that it accepts connections; the pid file is its, whatever log file there is
    let pid_file = folder.join("data/postmaster.pid");
    let until = Instant::now() + PATIENCE;
    loop {
        let log = folder.join("postgres.log");
        let mut process = Process::start("postgres", &programs.join("postgres"), &arguments, user, log)?;
        // the file of one that was killed says ready too
        let own = process.pid().map(|pid| pid.to_string());
        let ready = process.ready(|| {
            let status = std::fs::read_to_string(&pid_file).unwrap_or_default();
            let line = |which: usize| status.lines().nth(which).map(str::trim);
            std::future::ready(line(0) == own.as_deref() && line(7) == Some("ready"))
        });
        match ready.await {
            Ok(()) => return Ok(process),
            Err(error) if error.is_before_the_end_of_another() && Instant::now() < until => {}
            Err(error) => return Err(error),
        }
    }
}

/// As whom PostgreSQL runs: `None` for ourselves.
fn unprivileged() -> Result<Option<&'static str>, Error> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd").map_err(io("/etc/passwd"))?;
    let found = ["postgres", "nobody"]
        .into_iter()
        .find(|name| users.lines().any(|line| line.starts_with(&format!("{name}:"))));
    found.map(Some).ok_or(Error::NoUser)
}

async fn run(program: &str, arguments: &[&str], user: Option<&str>) -> Result<(), Error> {
    let output = as_user(user)
        .arg(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .await
        .map_err(io(program))?;
    if output.status.success() {
        return Ok(());
    }
    let printed = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::Failed { what: format!("{program} {}", arguments.join(" ")), output: printed })
}
