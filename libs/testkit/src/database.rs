//! A real PostgreSQL server for one test.

use kinward_local::Postgres;

/// A server in a folder of its own. Dropping it ends it.
#[derive(Debug)]
pub struct TestDatabase {
    postgres: Postgres,
    _folder: tempfile::TempDir,
}

impl TestDatabase {
    /// A server with the database `postgres`.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let postgres = Postgres::start(folder.path(), None).await.expect("a PostgreSQL server starts");
        Self { postgres, _folder: folder }
    }

    /// Address of its database.
    pub fn url(&self) -> String {
        self.postgres.url("postgres")
    }

    /// Kills every process of it as a crash does and starts it again on the same files and port.
    pub async fn kill_and_restart(&mut self) {
        self.kill().await;
        self.restart().await;
    }

    /// Starts it again on the same files and port, after it was killed.
    pub async fn restart(&mut self) {
        self.postgres.restart().await.expect("it starts again");
    }

    /// Kills every process of it as a crash does.
    pub async fn kill(&mut self) {
        self.postgres.kill9().await.expect("it was alive");
    }
}
