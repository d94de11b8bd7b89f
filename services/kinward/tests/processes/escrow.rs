//! A report comes in with the keyring away and no key left, and is made readable afterwards.

use crate::running::{Processes, kinward, prepare, write};
use kinward::{people, services};
use kinward_chassis::Secret;
use kinward_contracts::reporting::v1::{
    GetReportRequest, GetReportResponse, ReporterClass, ReporterInput, SubmitReportRequest,
};
use kinward_contracts::r#type::v1::Situation;
use kinward_local::{Nats, NatsOptions, Postgres};

const NARRATIVE: &str = "独自居住，三日未见大人";

fn report() -> SubmitReportRequest {
    SubmitReportRequest {
        request_id: "night".to_owned(),
        situations: vec![Situation::LivingAlone.into()],
        reporter: Some(ReporterInput {
            reporter_class: ReporterClass::School.into(),
            unit_id: Some("school-430903111-01".to_owned()),
            name: Some("汤听雪".to_owned()),
            phone: Some("13900000001".to_owned()),
            ..ReporterInput::default()
        }),
        narrative: Some(NARRATIVE.to_owned()),
        ..SubmitReportRequest::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_reported_with_the_keyring_away_is_recovered_from_the_escrow() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path();
    let nats = Nats::start(NatsOptions::new(&folder.join("nats"))).await.unwrap();
    let postgres = Postgres::start(&folder.join("postgres"), None).await.unwrap();
    let mut keyring = Postgres::start(&folder.join("keyring"), None).await.unwrap();
    let mut settings = prepare(folder, &nats, &postgres);
    settings.keyring = Secret(keyring.url("keyring"));
    write(folder, &settings);
    services::provision(&settings).await.unwrap();
    keyring.kill9().await.unwrap();

    // the service begins with an empty pool, and takes the report all the same
    let processes = Processes::new(folder, &["reporting"]);
    let clients = processes.clients();
    let receipt = loop {
        let mut client = clients.reports(&people::teacher()).unwrap();
        match client.submit_report(report()).await {
            Ok(answer) => break answer.into_inner().receipt.unwrap(),
            Err(status) if status.code() == tonic::Code::Unavailable => tokio::task::yield_now().await,
            Err(status) => panic!("{status:?}"),
        }
    };
    let request = GetReportRequest { report_id: receipt.id };
    let read = async || -> Result<GetReportResponse, tonic::Status> {
        let mut client = clients.reports(&people::police()).unwrap();
        client.get_report(request.clone()).await.map(tonic::Response::into_inner)
    };
    assert_eq!(read().await.unwrap_err().code(), tonic::Code::Unavailable);

    keyring.restart().await.unwrap();
    assert_eq!(read().await.unwrap().narrative, kinward_privacy::IN_ESCROW);
    let mut told = Vec::new();
    for _ in 0..2 {
        let mut command = kinward();
        command.args(["keys", "recover", "--config"]).arg(folder.join("settings.toml"));
        let output = command.output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        told.push(said.lines().nth(1).unwrap_or_default().split(" do not open").next().unwrap().to_owned());
    }
    // the child's, the reporter's, and that of who called
    let expected = [
        "3 keys recovered, 0 were before or are destroyed, 0",
        "0 keys recovered, 3 were before or are destroyed, 0",
    ];
    assert_eq!(told, expected);
    assert_eq!(read().await.unwrap().narrative, NARRATIVE);
}
