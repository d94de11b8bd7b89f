//! What analysts and auditors do with the log: replay it, look at one commit, verify it, prove one commit without Kinward.

use crate::running::{Processes, kinward, prepare, write};
use kinward::{people, services};
use kinward_contracts::reporting::v1::{ReporterClass, ReporterInput, SubmitReportRequest};
use kinward_contracts::r#type::v1::Situation;
use kinward_local::{Nats, NatsOptions, Postgres};
use serde_json::Value;
use std::path::Path;
use tokio::process::Command;

/// What a command says on standard output, and whether it went well.
async fn said(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = kinward();
    command.args(arguments).arg("--config").arg(folder.join("settings.toml"));
    let output = command.output().await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success(), text + &String::from_utf8_lossy(&output.stderr))
}

/// Checks a proof with nothing of Kinward's but this script.
async fn checked(proof: &Path, key: &Path) -> (bool, String) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/local/audit/check_proof.py");
    let output = Command::new("python3").arg(script).arg(proof).arg(key).output().await.unwrap();
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn bey_8_the_log_is_replayed_verified_notarised_and_one_commit_proven_without_kinward() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path();
    let nats = Nats::start(NatsOptions::new(&folder.join("nats"))).await.unwrap();
    let postgres = Postgres::start(&folder.join("postgres"), None).await.unwrap();
    let settings = prepare(folder, &nats, &postgres);
    write(folder, &settings);
    services::provision(&settings).await.unwrap();
    let processes = Processes::new(folder, &["reporting"]);
    let clients = processes.clients();
    for number in 1..=5 {
        let request = SubmitReportRequest {
            request_id: format!("report-{number}"),
            situations: vec![Situation::LivingAlone.into()],
            village_code: Some(if number == 5 { "430903111001" } else { "430903100001" }.to_owned()),
            reporter: Some(ReporterInput {
                reporter_class: ReporterClass::School.into(),
                unit_id: Some("school-430903111-01".to_owned()),
                name: Some("汤听雪".to_owned()),
                ..ReporterInput::default()
            }),
            ..SubmitReportRequest::default()
        };
        loop {
            let mut client = clients.reports(&people::hotline()).unwrap();
            match client.submit_report(request.clone()).await {
                Ok(_) => break,
                Err(status) if status.code() == tonic::Code::Unavailable => tokio::task::yield_now().await,
                Err(status) => panic!("{status:?}"),
            }
        }
    }

    let (well, text) = said(folder, &["log", "replay", "--event", "ReportSubmitted", "--from", "1"]).await;
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(well && lines.len() == 4, "{text}");
    assert_eq!(lines[0]["position"], 2);
    assert_eq!(lines[0]["data"]["situations"][0], "SITUATION_LIVING_ALONE");
    assert!(lines[0]["data"]["reporter"]["name"]["sealed"].is_string() && !text.contains("汤听雪"));
    let (_, text) =
        said(folder, &["log", "replay", "--area", "430903111", "--aggregate", "reporting.report"]).await;
    assert_eq!(text.lines().count(), 1, "{text}");
    let (_, text) = said(folder, &["log", "replay", "--to", "2020-01-01T00:00:00Z"]).await;
    assert!(text.is_empty(), "{text}");
    let (well, text) = said(folder, &["log", "get", "3"]).await;
    assert!(well && text.contains("ReportSubmitted"), "{text}");
    let (well, text) = said(folder, &["log", "get", "99"]).await;
    assert!(!well && text.contains("1 to 5"), "{text}");
    let (well, text) = said(folder, &["log", "stats"]).await;
    assert!(well && text.contains("kinward.reporting.v1.ReportSubmitted"), "{text}");

    let (well, text) = said(folder, &["log", "verify"]).await;
    assert!(well && text.contains("nothing wrong"), "{text}");
    let statements = folder.join("notary.jsonl");
    let file = statements.to_str().unwrap();
    let (well, text) = said(folder, &["log", "notarise", "--statements", file]).await;
    assert!(well, "{text}");
    let (_, text) = said(folder, &["log", "notarise", "--statements", file]).await;
    assert!(text.contains("nothing is new"), "{text}");
    let (well, text) = said(folder, &["log", "verify", "--statements", file]).await;
    assert!(well && text.contains("notarised up to 5"), "{text}");
    let (well, proof) = said(folder, &["log", "prove", "3", "--statements", file]).await;
    assert!(well, "{proof}");
    let (path, key) = (folder.join("proof.json"), folder.join("secrets/notary-public.pem"));
    std::fs::write(&path, &proof).unwrap();
    let (well, text) = checked(&path, &key).await;
    assert!(well && text.contains("position 3"), "{text}");
    // another commit in its place, and another statement
    let mut forged: Value = serde_json::from_str(&proof).unwrap();
    forged["commit"] = "00".into();
    std::fs::write(&path, forged.to_string()).unwrap();
    assert!(!checked(&path, &key).await.0);
    let mut forged: Value = serde_json::from_str(&proof).unwrap();
    forged["position"] = 2.into();
    std::fs::write(&path, forged.to_string()).unwrap();
    assert!(!checked(&path, &key).await.0, "the position is proven too");
    let mut forged: Value = serde_json::from_str(&proof).unwrap();
    forged["statement"]["at"] = "2020-01-01T00:00:00+00:00".into();
    std::fs::write(&path, forged.to_string()).unwrap();
    assert!(!checked(&path, &key).await.0);
    // another notary's key
    let another = folder.join("another.pem");
    let pem = std::fs::read_to_string(&key).unwrap();
    let line = pem.lines().nth(1).unwrap();
    let swapped: String = line[..20].chars().chain(line[20..].chars().rev()).collect();
    std::fs::write(&another, pem.replace(line, &swapped)).unwrap();
    let arguments = ["log", "verify", "--statements", file, "--public-key", another.to_str().unwrap()];
    assert!(!said(folder, &arguments).await.0);
    let (well, text) = said(folder, &["log", "replay", "--to", "99"]).await;
    assert!(!well && text.contains("ends at position 5"), "{text}");
    // statements that are not of these commits
    let changed = std::fs::read_to_string(&statements).unwrap().replace("\"to\":5", "\"to\":4");
    std::fs::write(&statements, changed).unwrap();
    let (well, text) = said(folder, &["log", "verify", "--statements", file]).await;
    assert!(!well && text.contains("signature"), "{text}");
}
