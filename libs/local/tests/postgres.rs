//! A server that is killed under its clients starts again on the same files.

use kinward_local::Postgres;
use sqlx::{Connection as _, PgConnection};

/// As many as write into its log when their server is gone.
const CLIENTS: usize = 60;

#[tokio::test]
async fn postgres_starts_again_while_what_a_crash_left_behind_still_ends() {
    let folder = tempfile::tempdir().unwrap();
    let mut postgres = Postgres::start(folder.path(), None).await.unwrap();
    for _ in 0..3 {
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            clients.push(PgConnection::connect(&postgres.url("postgres")).await.unwrap());
        }
        postgres.kill9().await.unwrap();
        postgres.restart().await.unwrap();
        let mut again = PgConnection::connect(&postgres.url("postgres")).await.unwrap();
        again.ping().await.unwrap();
    }
    // killed, and another starts on its files before it has ended
    drop(postgres);
    let postgres = Postgres::start(folder.path(), None).await.unwrap();
    let mut again = PgConnection::connect(&postgres.url("postgres")).await.unwrap();
    again.ping().await.unwrap();
}
