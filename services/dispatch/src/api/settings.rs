//! How the district reads the policy where its words are not clear.

use super::POLICE;
use kinward_chassis::{Gate, Runtime, receipt_of};
use kinward_contracts::dispatch::v1::{EvidenceScopeSet, SetEvidenceScopeRequest, SetEvidenceScopeResponse};
use kinward_contracts_grpc::dispatch::v1::setting_service_server::SettingService;
use kinward_dispatch_domain::evidence_scope::{EvidenceScope, Set};
use kinward_eventlog::Handler;
use tonic::{Request, Response, Status};

pub(crate) struct Settings {
    gate: Gate,
    scopes: Handler<EvidenceScope>,
}

impl Settings {
    pub(crate) fn new(runtime: &Runtime) -> Self {
        Self { gate: runtime.gate.clone(), scopes: runtime.handler() }
    }
}

#[tonic::async_trait]
impl SettingService for Settings {
    async fn set_evidence_scope(
        &self,
        request: Request<SetEvidenceScopeRequest>,
    ) -> Result<Response<SetEvidenceScopeResponse>, Status> {
        let (call, principal) = self.gate.command(&request, &POLICE)?;
        let district = principal.area.clone();
        // the district's police, not a station's
        principal.must_cover("")?;
        let situations = request.into_inner().situations;
        let done = self.scopes.execute(&call, &district, &Set(EvidenceScopeSet { situations })).await;
        let receipt = receipt_of(done)?;
        Ok(Response::new(SetEvidenceScopeResponse { receipt }))
    }
}
