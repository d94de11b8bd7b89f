//! Village rules that name the parents' duties, and how many villages have them (TWN-7).

use super::files::KEEPERS;
use kinward_chassis::{Gate, Runtime, occurred_at, receipt_of, status_of_log};
use kinward_contracts::registry::v1::{
    AdoptVillageRulesRequest, AdoptVillageRulesResponse, CountVillageRulesRequest, CountVillageRulesResponse,
    VillageRulesAdopted,
};
use kinward_contracts_grpc::registry::v1::village_service_server::VillageService;
use kinward_eventlog::{Handler, Live, Log};
use kinward_eventsourcing::Clock;
use kinward_registry_domain::indexes::VillageRules;
use kinward_registry_domain::village::{Adopt, Village};
use kinward_statute::{ReferenceIndex, day_of};
use std::sync::Arc;
use std::time::Duration;
use tonic::{Request, Response, Status};

/// Length of a village's code.
const VILLAGE: usize = 12;
/// The count advises: one that is a little old is better than none.
const CATCH_UP: Duration = Duration::from_secs(2);

pub(crate) struct Villages {
    gate: Gate,
    log: Log,
    clock: Arc<dyn Clock>,
    villages: Handler<Village>,
    rules: Live<VillageRules>,
    reference: Live<ReferenceIndex>,
}

impl Villages {
    pub(crate) async fn new(runtime: &Runtime) -> Self {
        Self {
            gate: runtime.gate.clone(),
            log: runtime.log.clone(),
            clock: Arc::clone(&runtime.clock),
            villages: runtime.handler(),
            rules: runtime.index().await,
            reference: runtime.reference.clone(),
        }
    }
}

#[tonic::async_trait]
impl VillageService for Villages {
    async fn adopt_village_rules(
        &self,
        request: Request<AdoptVillageRulesRequest>,
    ) -> Result<Response<AdoptVillageRulesResponse>, Status> {
        let (call, principal) = self.gate.command(&request, &KEEPERS)?;
        let request = request.into_inner();
        principal.must_cover(&request.village_code)?;
        let rules = VillageRulesAdopted {
            adopted_on: String::new(),
            duties: request.duties.clone(),
            document_sha256: request.document_sha256.clone(),
        };
        let command = Adopt { rules, occurred_at: occurred_at(&request) };
        let done = self.villages.execute(&call, &request.village_code, &command).await;
        let receipt = receipt_of(done)?;
        Ok(Response::new(AdoptVillageRulesResponse { receipt }))
    }

    async fn count_village_rules(
        &self,
        request: Request<CountVillageRulesRequest>,
    ) -> Result<Response<CountVillageRulesResponse>, Status> {
        let caller = self.gate.query(&request, &KEEPERS)?;
        let area = request.into_inner().area;
        caller.principal.must_cover(&area)?;
        let last = self.log.last_position().await.map_err(status_of_log)?;
        let _ = tokio::time::timeout(CATCH_UP, self.rules.wait_for(last)).await;
        let today = day_of(self.clock.now());
        let (villages, _) = self.reference.read(|index| {
            let codes = index.0.divisions.keys();
            let here = codes.filter(|code| code.len() == VILLAGE && code.starts_with(&area));
            here.filter(|code| index.0.division_valid_on(code, today)).cloned().collect::<Vec<_>>()
        });
        let (without_rules, position) = self
            .rules
            .read(|rules| villages.iter().filter(|code| !rules.adopted(code)).cloned().collect::<Vec<_>>());
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        Ok(Response::new(CountVillageRulesResponse {
            villages: count(villages.len()),
            adopted: count(villages.len() - without_rules.len()),
            without_rules,
            position: position.0,
        }))
    }
}
