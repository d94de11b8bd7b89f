//! A service that cannot run as it is told to ends at once, says why and what to do, and with which code: 64 where its
//! configuration is refused, 69 where something is away.

use crate::running::{kinward, prepare, write};
use kinward::services;
use kinward_local::{Nats, NatsOptions, Postgres};
use std::path::Path;

/// Exit code and standard error of `serve reporting`.
async fn serve(config: &Path, environment: &[(&str, &str)]) -> (i32, String) {
    let mut command = kinward();
    command.args(["serve", "reporting", "--config"]).arg(config).envs(environment.iter().copied());
    let output = command.output().await.unwrap();
    (output.status.code().unwrap_or_default(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_run_ends_with_the_reason_and_its_code() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path();
    let mut options = NatsOptions::new(&folder.join("nats"));
    options.unsafe_sync = true;
    let nats = Nats::start(options).await.unwrap();
    let postgres = Postgres::start(&folder.join("postgres"), None).await.unwrap();
    let mut settings = prepare(folder, &nats, &postgres);
    settings.log.unsafe_sync = true;
    services::provision(&settings).await.unwrap();
    let config = folder.join("settings.toml");

    let (code, said) = serve(&config, &[("KINWARD__LISTEN_ADRESS", "1")]).await;
    assert_eq!(code, 64, "{said}");
    assert!(said.contains("listen_adress"), "{said}");

    // the file says that every write is synced, and the server says it is not
    let (code, said) = serve(&config, &[]).await;
    assert_eq!(code, 64, "{said}");
    assert!(said.contains("sync_interval"), "{said}");

    write(folder, &settings);
    let (code, said) = serve(&config, &[("KINWARD__PRODUCTION", "true")]).await;
    assert_eq!(code, 64, "{said}");
    assert!(said.contains("unsafe_sync"), "{said}");

    std::fs::remove_file(folder.join("secrets/blind-index-key")).unwrap();
    let (code, said) = serve(&config, &[]).await;
    assert_eq!(code, 64, "{said}");
    assert!(said.contains("blind-index-key"), "{said}");

    nats.stop().await.unwrap();
    let (code, said) = serve(&config, &[]).await;
    assert_eq!(code, 69, "{said}");
}

#[tokio::test]
async fn what_is_printed_of_the_configuration_holds_no_secret() {
    let mut command = kinward();
    command.args(["serve", "all", "--print-config"]);
    command.env("KINWARD__KEYRING", "postgres://kinward:hunter2@127.0.0.1/keys");
    // made of digits, and texts
    command.env("KINWARD__LOG__LOG_ID", "430904").env("KINWARD__INSTANCE", "0");
    let output = command.output().await.unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success());
    assert!(printed.contains("keyring = \"***\"") && !printed.contains("hunter2"), "{printed}");
    assert!(printed.contains("log_id = \"430904\"") && printed.contains("instance = \"0\""), "{printed}");
}
