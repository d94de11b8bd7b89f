//! The reporting service: taking reports, the hotline, and what follows for who reported and who did not.

mod api;

use kinward_chassis::{Runtime, Service, StartError, Wiring};
use kinward_contracts_grpc::reporting::v1::call_service_server::CallServiceServer;
use kinward_contracts_grpc::reporting::v1::commendation_service_server::CommendationServiceServer;
use kinward_contracts_grpc::reporting::v1::omission_service_server::OmissionServiceServer;
use kinward_contracts_grpc::reporting::v1::report_service_server::ReportServiceServer;
use kinward_reporting_domain::processes::{ProposeCommendation, ReportCall, ReportGap};
use kinward_reporting_domain::{call, omission};

/// Reporting.
#[derive(Clone, Copy, Debug)]
pub struct Reporting;

impl Service for Reporting {
    const NAME: &'static str = "reporting";
    const EMERGENCIES: bool = true;

    async fn build(runtime: &Runtime) -> Result<Wiring, StartError> {
        let reports = runtime.handler();
        runtime.process::<ReportGap>(&reports);
        runtime.process::<ReportCall>(&reports);
        runtime.process::<ProposeCommendation>(&reports);
        let omissions = runtime.handler();
        runtime.alarms(&omissions, || omission::Command::ObserveClocks);
        let calls = runtime.handler();
        runtime.alarms(&calls, || call::Command::ObserveClocks);
        let receipts = runtime.index().await;
        let commendations = runtime.index().await;
        let charged = runtime.index().await;
        let ringing = runtime.index().await;
        Ok(Wiring::default()
            .serve(ReportServiceServer::new(api::Reports::new(
                runtime,
                reports.clone(),
                receipts,
                commendations.clone(),
            )))
            .serve(CommendationServiceServer::new(api::Commendations::new(runtime, reports, commendations)))
            .serve(OmissionServiceServer::new(api::Omissions::new(runtime, omissions, charged)))
            .serve(CallServiceServer::new(api::Calls::new(runtime, calls, ringing))))
    }
}
