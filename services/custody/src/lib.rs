//! The custody service: bringing a guardian who endangers a child before the court, and what protects the child meanwhile.

mod api;

use kinward_chassis::{Runtime, Service, StartError, Wiring};
use kinward_contracts_grpc::custody::v1::case_service_server::CaseServiceServer;
use kinward_contracts_grpc::custody::v1::order_service_server::OrderServiceServer;
use kinward_contracts_grpc::custody::v1::temporary_guardianship_service_server::TemporaryGuardianshipServiceServer;
use kinward_custody_domain::processes::{CountWords, HearWords, OpenCase};
use kinward_custody_domain::{case, order, temporary};

/// Custody.
#[derive(Clone, Copy, Debug)]
pub struct Custody;

impl Service for Custody {
    const NAME: &'static str = "custody";

    async fn build(runtime: &Runtime) -> Result<Wiring, StartError> {
        let cases = runtime.handler();
        runtime.process::<OpenCase>(&cases);
        runtime.process::<HearWords>(&runtime.handler());
        runtime.process::<CountWords>(&cases);
        runtime.alarms(&cases, || case::Command::ObserveClocks);
        let stays = runtime.handler();
        runtime.alarms(&stays, || temporary::Command::ObserveClocks);
        let orders = runtime.handler();
        runtime.alarms(&orders, || order::Command::ObserveClocks);
        Ok(Wiring::default()
            .serve(CaseServiceServer::new(api::Cases::new(runtime, cases)))
            .serve(TemporaryGuardianshipServiceServer::new(api::Temporaries::new(runtime, stays)))
            .serve(OrderServiceServer::new(api::Orders::new(runtime, orders))))
    }
}
