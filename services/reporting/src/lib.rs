//! The reporting service: taking reports.

mod api;

use kinward_chassis::{Runtime, Service, StartError, Wiring};
use kinward_contracts_grpc::reporting::v1::report_service_server::ReportServiceServer;

/// Reporting.
#[derive(Clone, Copy, Debug)]
pub struct Reporting;

impl Service for Reporting {
    const NAME: &'static str = "reporting";

    async fn build(runtime: &Runtime) -> Result<Wiring, StartError> {
        let receipts = runtime.index().await;
        Ok(Wiring::default().serve(ReportServiceServer::new(api::Reports::new(runtime, receipts))))
    }
}
