//! Queries.

use super::{Model, Volunteer};
use crate::Api;
use crate::answers::{flag, in_village};
use kinward_contracts::departments::v1::{ListVolunteersRequest, ListVolunteersResponse, VolunteerEntry};
use kinward_contracts_grpc::departments::v1::youth_league_service_server::YouthLeagueService;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl YouthLeagueService for Api<Model> {
    async fn list_volunteers(
        &self,
        request: Request<ListVolunteersRequest>,
    ) -> Result<Response<ListVolunteersResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let request = request.into_inner();
        let (page, area) = (seen.paged(&request)?, seen.area(None)?);
        let condition =
            in_village!(" and ($2 = 'false' or until_on is null) order by opened desc, pairing_id");
        let texts = [area.as_str(), flag(request.open_only)];
        let (rows, next_page_token) = seen.page::<Volunteer>(condition, &texts, &page).await?;
        let entry = |row: Volunteer| VolunteerEntry {
            pairing_id: row.pairing_id,
            child_id: row.child_id,
            village_code: row.village_code,
            unit_id: row.unit_id,
            from_on: row.from_on,
            until_on: row.until_on,
            visits: row.visits.cast_unsigned(),
            visits_in_holidays: row.visits_in_holidays.cast_unsigned(),
        };
        let volunteers = rows.into_iter().map(entry).collect();
        Ok(Response::new(ListVolunteersResponse { volunteers, next_page_token, position: seen.position.0 }))
    }
}
