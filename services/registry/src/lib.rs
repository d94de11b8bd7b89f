//! The registry service: children's files and reference data.

mod api;

use kinward_chassis::{Runtime, Service, StartError, Wiring};
use kinward_contracts_grpc::registry::v1::child_service_server::ChildServiceServer;
use kinward_contracts_grpc::registry::v1::reference_service_server::ReferenceServiceServer;
use kinward_registry_domain::child::Command;
use kinward_registry_domain::processes::GuardianshipFollowsRuling;

/// The registry.
#[derive(Clone, Copy, Debug)]
pub struct Registry;

impl Service for Registry {
    const NAME: &'static str = "registry";

    async fn build(runtime: &Runtime) -> Result<Wiring, StartError> {
        let children = runtime.handler();
        runtime.process::<GuardianshipFollowsRuling>(&children);
        runtime.alarms(&children, || Command::ObserveClocks);
        Ok(Wiring::default()
            .serve(ChildServiceServer::new(api::Children::new(runtime, children)))
            .serve(ReferenceServiceServer::new(api::ReferenceData::new(runtime))))
    }
}
