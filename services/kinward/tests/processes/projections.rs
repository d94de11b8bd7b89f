//! Read models as operators handle them, while the services run: rebuilt, switched to and back from, paused.

use crate::running::{Processes, kinward, prepare, write};
use kinward::{people, services};
use kinward_contracts::departments::v1::ListIncidentsRequest;
use kinward_contracts::reporting::v1::{ReporterClass, ReporterInput, SubmitReportRequest};
use kinward_contracts::r#type::v1::{Freshness, Situation};
use kinward_local::{Nats, NatsOptions, Postgres};
use std::path::Path;

/// What `kinward projection …` says, and whether it went well.
async fn projection(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = kinward();
    command.arg("projection").args(arguments).arg("--config").arg(folder.join("settings.toml"));
    let output = command.output().await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_rebuilds_switches_goes_back_and_pauses_while_reports_come_in() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path();
    let nats = Nats::start(NatsOptions::new(&folder.join("nats"))).await.unwrap();
    let postgres = Postgres::start(&folder.join("postgres"), None).await.unwrap();
    let settings = prepare(folder, &nats, &postgres);
    write(folder, &settings);
    services::provision(&settings).await.unwrap();
    let processes = Processes::new(folder, &["reporting", "dispatch", "departments"]);
    let clients = processes.clients();
    let mut number = 0;
    let mut report = async || {
        number += 1;
        let request = SubmitReportRequest {
            request_id: format!("report-{number}"),
            situations: vec![Situation::LivingAlone.into()],
            reporter: Some(ReporterInput {
                reporter_class: ReporterClass::School.into(),
                unit_id: Some("school-430903111-01".to_owned()),
                name: Some("汤听雪".to_owned()),
                phone: Some("13900000001".to_owned()),
                ..ReporterInput::default()
            }),
            ..SubmitReportRequest::default()
        };
        loop {
            let mut client = clients.reports(&people::teacher()).unwrap();
            match client.submit_report(request.clone()).await {
                Ok(answer) => return answer.into_inner().receipt.unwrap().position,
                Err(status) if status.code() == tonic::Code::Unavailable => tokio::task::yield_now().await,
                Err(status) => panic!("{status:?}"),
            }
        }
    };
    // dispatch opens an incident for each report
    let listed = async |position: u64, wanted: usize| loop {
        let request = ListIncidentsRequest {
            freshness: Some(Freshness::at_least(position)),
            page_size: 200,
            ..ListIncidentsRequest::default()
        };
        let mut client = clients.public_security(&people::police()).unwrap();
        match client.list_incidents(request).await {
            Ok(answer) if answer.get_ref().incidents.len() == wanted => break,
            Ok(_) => tokio::task::yield_now().await,
            Err(status) if status.code() == tonic::Code::Unavailable => tokio::task::yield_now().await,
            Err(status) => panic!("{status:?}"),
        }
    };
    for _ in 0..5 {
        report().await;
    }
    listed(report().await, 6).await;

    let (well, said) = projection(folder, &["status", "nothing"]).await;
    assert!(!well && said.contains("public_security"), "it says which there are: {said}");
    let (well, said) = projection(folder, &["switch", "public_security"]).await;
    assert!(!well && said.contains("rebuild first"), "{said}");
    let (well, said) = projection(folder, &["rebuild"]).await;
    assert!(well && said.matches("makes them the live ones").count() == 9, "{said}");
    let (well, said) = projection(folder, &["rebuild", "public_security"]).await;
    assert!(well && said.contains("built already"), "a second time it goes on from there: {said}");
    listed(report().await, 7).await;
    let (well, said) = projection(folder, &["switch", "public_security", "township", "civil_affairs"]).await;
    assert!(
        well && said.matches("switched at position").count() == 3 && !said.contains("DIFFERENT"),
        "{said}"
    );
    listed(report().await, 8).await;
    let (_, said) = projection(folder, &["status", "public_security"]).await;
    assert!(said.contains("live") && said.contains("previous") && !said.contains("next"), "{said}");

    let (well, said) = projection(folder, &["pause", "public_security"]).await;
    assert!(well && said.contains("paused"), "{said}");
    report().await;
    listed(0, 8).await;
    let (well, said) = projection(folder, &["resume", "public_security"]).await;
    assert!(well, "{said}");
    listed(0, 9).await;
    let (well, said) = projection(folder, &["rollback", "public_security"]).await;
    assert!(well && said.contains("back to the one before"), "{said}");
    listed(report().await, 10).await;
    let (well, said) = projection(folder, &["parked", "list"]).await;
    assert!(well && said.is_empty(), "nothing is parked: {said}");
}
