//! The registry service: children's files and reference data.

mod api;

use kinward_chassis::{Runtime, Service, StartError, Wiring};
use kinward_contracts_grpc::registry::v1::care_service_server::CareServiceServer;
use kinward_contracts_grpc::registry::v1::child_service_server::ChildServiceServer;
use kinward_contracts_grpc::registry::v1::duplicate_service_server::DuplicateServiceServer;
use kinward_contracts_grpc::registry::v1::family_service_server::FamilyServiceServer;
use kinward_contracts_grpc::registry::v1::reference_service_server::ReferenceServiceServer;
use kinward_contracts_grpc::registry::v1::schooling_service_server::SchoolingServiceServer;
use kinward_contracts_grpc::registry::v1::village_service_server::VillageServiceServer;
use kinward_registry_domain::processes::GuardianshipFollowsRuling;
use std::sync::Arc;

/// The registry.
#[derive(Clone, Copy, Debug)]
pub struct Registry;

impl Service for Registry {
    const NAME: &'static str = "registry";

    async fn build(runtime: &Runtime) -> Result<Wiring, StartError> {
        let children = runtime.handler();
        runtime.process::<GuardianshipFollowsRuling>(&children);
        let files = api::Files::new(runtime, children.clone());
        let observed = files.clone();
        runtime.alarms_of(&children, Arc::new(move |child_id| Box::pin(observed.clone().observe(child_id))));
        Ok(Wiring::default()
            .serve(ChildServiceServer::new(api::Children::new(runtime, files.clone())))
            .serve(FamilyServiceServer::new(files.clone()))
            .serve(CareServiceServer::new(files.clone()))
            .serve(SchoolingServiceServer::new(files.clone()))
            .serve(DuplicateServiceServer::new(api::Duplicates::new(runtime, files).await))
            .serve(VillageServiceServer::new(api::Villages::new(runtime).await))
            .serve(ReferenceServiceServer::new(api::ReferenceData::new(runtime))))
    }
}
