//! The dispatch service: incidents and the emergency worklist. It needs nothing but the log and keys.

mod api;

use kinward_chassis::{Runtime, Service, StartError, Wiring};
use kinward_contracts_grpc::dispatch::v1::incident_service_server::IncidentServiceServer;
use kinward_contracts_grpc::dispatch::v1::worklist_service_server::WorklistServiceServer;
use kinward_dispatch_domain::incident::Command;
use kinward_dispatch_domain::processes::{NoticeWentOut, OpenIncident};

/// Dispatch.
#[derive(Clone, Copy, Debug)]
pub struct Dispatch;

impl Service for Dispatch {
    const NAME: &'static str = "dispatch";

    async fn build(runtime: &Runtime) -> Result<Wiring, StartError> {
        let incidents = runtime.handler();
        runtime.process::<OpenIncident>(&incidents);
        runtime.process::<NoticeWentOut>(&incidents);
        runtime.alarms(&incidents, || Command::ObserveClocks);
        let worklist = runtime.index().await;
        Ok(Wiring::default()
            .serve(IncidentServiceServer::new(api::Incidents::new(runtime, incidents)))
            .serve(WorklistServiceServer::new(api::Worklist::new(runtime, worklist))))
    }
}
