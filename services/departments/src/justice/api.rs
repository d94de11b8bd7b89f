//! Queries.

use super::{LegalOrder, Model, Petition};
use crate::Api;
use crate::answers::{flag, in_village};
use kinward_contracts::departments::v1::{
    LegalOrderEntry, ListLegalOrdersRequest, ListLegalOrdersResponse, ListPetitionsRequest,
    ListPetitionsResponse, PetitionEntry,
};
use kinward_contracts::timestamp;
use kinward_contracts_grpc::departments::v1::justice_service_server::JusticeService;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl JusticeService for Api<Model> {
    async fn list_legal_orders(
        &self,
        request: Request<ListLegalOrdersRequest>,
    ) -> Result<Response<ListLegalOrdersResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let request = request.into_inner();
        let (page, area) = (seen.paged(&request)?, seen.area(None)?);
        let condition = in_village!(" and ($2 = 'false' or outcome = 0) order by opened desc, item_id");
        let texts = [area.as_str(), flag(request.open_only)];
        let (rows, next_page_token) = seen.page::<LegalOrder>(condition, &texts, &page).await?;
        let entry = |row: LegalOrder| LegalOrderEntry {
            item_id: row.item_id,
            assessment_id: row.assessment_id,
            child_id: row.child_id,
            village_code: row.village_code,
            service: row.service,
            provider_unit_id: row.provider_unit_id,
            delivered: row.delivered.cast_unsigned(),
            outcome: row.outcome,
        };
        let orders = rows.into_iter().map(entry).collect();
        Ok(Response::new(ListLegalOrdersResponse { orders, next_page_token, position: seen.position.0 }))
    }

    async fn list_petitions(
        &self,
        request: Request<ListPetitionsRequest>,
    ) -> Result<Response<ListPetitionsResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let request = request.into_inner();
        let (page, area) = (seen.paged(&request)?, seen.area(None)?);
        let condition = in_village!(" and ($2 = 'false' or ruling = 0) order by opened desc, petition_id");
        let texts = [area.as_str(), flag(request.open_only)];
        let (rows, next_page_token) = seen.page::<Petition>(condition, &texts, &page).await?;
        let entry = |row: Petition| PetitionEntry {
            petition_id: row.petition_id,
            case_id: row.case_id,
            child_id: row.child_id,
            village_code: row.village_code,
            petitioner: row.petitioner,
            court_unit_id: row.court_unit_id,
            grounds: row.grounds,
            stage: row.stage,
            ruling: row.ruling,
            filed_at: Some(timestamp(row.filed_at)),
        };
        let petitions = rows.into_iter().map(entry).collect();
        Ok(Response::new(ListPetitionsResponse { petitions, next_page_token, position: seen.position.0 }))
    }
}
