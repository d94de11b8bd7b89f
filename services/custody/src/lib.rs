//! The custody service: bringing a guardian who endangers a child before the court.

mod api;

use kinward_chassis::{Runtime, Service, StartError, Wiring};
use kinward_contracts_grpc::custody::v1::case_service_server::CaseServiceServer;
use kinward_custody_domain::case::Command;
use kinward_custody_domain::processes::OpenCase;

/// Custody.
#[derive(Clone, Copy, Debug)]
pub struct Custody;

impl Service for Custody {
    const NAME: &'static str = "custody";

    async fn build(runtime: &Runtime) -> Result<Wiring, StartError> {
        let cases = runtime.handler();
        runtime.process::<OpenCase>(&cases);
        runtime.alarms(&cases, || Command::ObserveClocks);
        Ok(Wiring::default().serve(CaseServiceServer::new(api::Cases::new(runtime, cases))))
    }
}
