//! Starts real servers on this machine: NATS and PostgreSQL, on loopback, with durable settings, in a folder.
//! `kinward dev` and the tests stand on it.

mod nats;
mod postgres;
mod process;
mod tools;

pub use nats::{Nats, NatsCluster, NatsOptions};
pub use postgres::Postgres;
pub use process::free_ports;
pub use tools::Tools;

/// Why a server does not run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program is not on this machine.
    #[error("本机没有 {0}：请运行 `make setup`  {0} is not on this machine: run `make setup`")]
    Missing(&'static str),
    /// PostgreSQL runs as nobody who is here.
    #[error(
        "PostgreSQL 不能以 root 运行，本机又没有 postgres 或 nobody 用户：请以普通用户运行  PostgreSQL does not run as root, and there is no user postgres or nobody: run this as an ordinary user"
    )]
    NoUser,
    /// A folder that PostgreSQL's user cannot enter.
    #[error(
        "PostgreSQL 以 {user} 身份运行，无法进入 {folder}：请另选文件夹，不要在私人主目录中  PostgreSQL runs as {user}, who cannot enter {folder}: choose a folder outside of private homes"
    )]
    Private {
        /// As whom it runs.
        user: &'static str,
        /// The folder.
        folder: String,
    },
    /// It started, and is not ready in time.
    #[error(
        "{name} 未就绪：请按其日志 {log} 的末尾更正  {name} is not ready: correct what the end of its log {log} names:\n{}",
        last_lines(said)
    )]
    NotReady {
        /// The server.
        name: &'static str,
        /// Its log file.
        log: String,
        /// What was written there since it started.
        said: String,
    },
    /// A helper program failed.
    #[error("运行失败：{what}，请按其输出更正  this failed, correct what it says: {what}: {output}")]
    Failed {
        /// What was run.
        what: String,
        /// What it printed.
        output: String,
    },
    /// A file or process could not be handled.
    #[error("{0} 不可用：请检查路径与权限  {0} cannot be used, check path and permission: {1}")]
    Io(String, std::io::Error),
}

impl Error {
    /// Whether a server ended because somebody else had its port.
    fn is_port_taken(&self) -> bool {
        self.ended_saying("address already in use")
    }

    /// Whether PostgreSQL ended because an earlier postmaster, or what it started, has not.
    fn is_before_the_end_of_another(&self) -> bool {
        self.ended_saying("pre-existing shared memory block")
            || self.ended_saying("lock file \"postmaster.pid\" already exists")
    }

    fn ended_saying(&self, words: &str) -> bool {
        let Self::NotReady { said, .. } = self else { return false };
        said.to_lowercase().contains(words)
    }
}

/// As many lines of a log as an error shows.
fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}

/// Adds what was being done to an I/O error.
fn io(what: impl std::fmt::Display) -> impl FnOnce(std::io::Error) -> Error {
    move |error| Error::Io(what.to_string(), error)
}
