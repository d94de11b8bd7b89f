//! The dispatch service: incidents and what goes on around them, warning letters, the emergency worklist. It needs
//! nothing but the log and keys.

mod api;

use kinward_chassis::{Desk, Runtime, Service, StartError, Wiring};
use kinward_contracts_grpc::dispatch::v1::incident_service_server::IncidentServiceServer;
use kinward_contracts_grpc::dispatch::v1::inquiry_service_server::InquiryServiceServer;
use kinward_contracts_grpc::dispatch::v1::register_service_server::RegisterServiceServer;
use kinward_contracts_grpc::dispatch::v1::setting_service_server::SettingServiceServer;
use kinward_contracts_grpc::dispatch::v1::warning_service_server::WarningServiceServer;
use kinward_contracts_grpc::dispatch::v1::worklist_service_server::WorklistServiceServer;
use kinward_dispatch_domain::incident::Command;
use kinward_dispatch_domain::processes::{CivilAffairsTookOver, NoticeWentOut, OpenIncident};

/// Dispatch.
#[derive(Clone, Copy, Debug)]
pub struct Dispatch;

impl Service for Dispatch {
    const NAME: &'static str = "dispatch";
    const EMERGENCIES: bool = true;

    async fn build(runtime: &Runtime) -> Result<Wiring, StartError> {
        let incidents = runtime.handler();
        runtime.process::<OpenIncident>(&incidents);
        runtime.process::<NoticeWentOut>(&incidents);
        runtime.process::<CivilAffairsTookOver>(&incidents);
        runtime.alarms(&incidents, || Command::ObserveClocks);
        let worklist = runtime.index().await;
        let (hand_overs, waiting) = (runtime.index().await, runtime.index().await);
        let incidents = api::Incidents { desk: Desk::new(runtime, incidents) };
        let registers = api::Registers::new(incidents.clone(), worklist.clone(), hand_overs, waiting);
        Ok(Wiring::default()
            .serve(InquiryServiceServer::new(incidents.clone()))
            .serve(WarningServiceServer::new(api::Warnings::new(runtime, incidents.clone())))
            .serve(RegisterServiceServer::new(registers))
            .serve(SettingServiceServer::new(api::Settings::new(runtime)))
            .serve(IncidentServiceServer::new(incidents))
            .serve(WorklistServiceServer::new(api::Worklist::new(runtime, worklist))))
    }
}
