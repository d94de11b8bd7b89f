//! Queries.

use super::{Family, Model};
use crate::Api;
use crate::answers::{flag, in_village};
use kinward_contracts::departments::v1::{FamilyEntry, ListFamiliesRequest, ListFamiliesResponse};
use kinward_contracts::timestamp;
use kinward_contracts_grpc::departments::v1::womens_federation_service_server::WomensFederationService;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl WomensFederationService for Api<Model> {
    async fn list_families(
        &self,
        request: Request<ListFamiliesRequest>,
    ) -> Result<Response<ListFamiliesResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let request = request.into_inner();
        let (page, area) = (seen.paged(&request)?, seen.area(None)?);
        let condition = in_village!(" and ($2 = 'false' or ended_at is null) order by opened, guidance_id");
        let texts = [area.as_str(), flag(request.open_only)];
        let (rows, next_page_token) = seen.page::<Family>(condition, &texts, &page).await?;
        let entry = |row: Family| FamilyEntry {
            guidance_id: row.guidance_id,
            origin: row.origin,
            child_id: row.child_id,
            village_code: row.village_code,
            provider_unit_id: row.provider_unit_id,
            since: Some(timestamp(row.since)),
            ended_at: row.ended_at.map(timestamp),
        };
        let families = rows.into_iter().map(entry).collect();
        Ok(Response::new(ListFamiliesResponse { families, next_page_token, position: seen.position.0 }))
    }
}
