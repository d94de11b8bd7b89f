//! Queries.

use super::{Case, Model, Notice, Placement, Relief};
use crate::Api;
use crate::answers::{flag, in_village, timeline};
use kinward_contracts::EventMessage as _;
use kinward_contracts::custody::v1::CaseEvent;
use kinward_contracts::departments::v1::{
    CaseEntry, GetCaseRequest, GetCaseResponse, ListCasesRequest, ListCasesResponse, ListNoticeStatesRequest,
    ListNoticeStatesResponse, ListPlacementsRequest, ListPlacementsResponse, ListReliefRequest,
    ListReliefResponse, NoticeState, PlacementEntry, ReliefIndexEntry,
};
use kinward_contracts::timestamp;
use kinward_contracts_grpc::departments::v1::civil_affairs_service_server::CivilAffairsService;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl CivilAffairsService for Api<Model> {
    async fn list_cases(
        &self,
        request: Request<ListCasesRequest>,
    ) -> Result<Response<ListCasesResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let request = request.into_inner();
        let (page, area) = (seen.paged(&request)?, seen.area(None)?);
        let condition = in_village!(" and ($2 = '' or child_id = $2) order by opened desc");
        let texts = [area.as_str(), request.child_id.as_deref().unwrap_or_default()];
        let (rows, next_page_token) = seen.page::<Case>(condition, &texts, &page).await?;
        let cases = rows.iter().map(entry).collect();
        Ok(Response::new(ListCasesResponse { cases, next_page_token, position: seen.position.0 }))
    }

    async fn get_case(&self, request: Request<GetCaseRequest>) -> Result<Response<GetCaseResponse>, Status> {
        let GetCaseRequest { case_id, freshness } = request.get_ref().clone();
        let file = (CaseEvent::AGGREGATE, case_id.as_str());
        let seen = self.0.let_in_to(&request, freshness, file).await?;
        let row: Case = seen.one(&case_id).await?;
        seen.caller.principal.must_cover(row.village_code.as_deref().unwrap_or_default())?;
        let events = seen.history(CaseEvent::AGGREGATE, &case_id).await?;
        Ok(Response::new(GetCaseResponse {
            case: Some(entry(&row)),
            designated_guardian_name: seen.open(row.designated_name.as_ref()).await?,
            clocks: row.clocks.states(),
            timeline: timeline(&events),
            position: seen.position.0,
        }))
    }

    async fn list_placements(
        &self,
        request: Request<ListPlacementsRequest>,
    ) -> Result<Response<ListPlacementsResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        // placements tell no village: they are for the whole district's eyes
        seen.caller.principal.must_cover("")?;
        let request = request.into_inner();
        let page = seen.paged(&request)?;
        let condition = "where $1 = 'false' or until is null order by placed desc";
        let open = flag(request.open_only);
        let (rows, next_page_token) = seen.page::<Placement>(condition, &[open], &page).await?;
        let placements = rows
            .into_iter()
            .map(|row| PlacementEntry {
                placement_id: row.placement_id,
                incident_id: row.incident_id,
                child_id: row.child_id,
                kind: row.kind,
                giver_unit_id: row.giver_unit_id,
                taker_unit_id: row.taker_unit_id,
                from_at: Some(timestamp(row.since)),
                until_at: row.until.map(timestamp),
            })
            .collect();
        Ok(Response::new(ListPlacementsResponse { placements, next_page_token, position: seen.position.0 }))
    }

    async fn list_relief(
        &self,
        request: Request<ListReliefRequest>,
    ) -> Result<Response<ListReliefResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let request = request.into_inner();
        let (page, area) = (seen.paged(&request)?, seen.area(None)?);
        let condition = in_village!(" and ($2 = 'false' or stage = 1) order by opened desc");
        let texts = [area.as_str(), flag(request.open_only)];
        let (rows, next_page_token) = seen.page::<Relief>(condition, &texts, &page).await?;
        let relief = rows
            .into_iter()
            .map(|row| ReliefIndexEntry {
                relief_id: row.relief_id,
                child_id: row.child_id,
                village_code: row.village_code,
                recipient: row.recipient,
                kinds: row.kinds,
                stage: row.stage,
                referred_at: Some(timestamp(row.referred_at)),
            })
            .collect();
        Ok(Response::new(ListReliefResponse { relief, next_page_token, position: seen.position.0 }))
    }

    async fn list_notice_states(
        &self,
        request: Request<ListNoticeStatesRequest>,
    ) -> Result<Response<ListNoticeStatesResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let request = request.into_inner();
        let (page, area) = (seen.paged(&request)?, seen.area(None)?);
        let condition = "where department in (1, 6, 7) and starts_with(area, $1) and ($2 = '' or incident_id = $2) order by sent desc";
        let texts = [area.as_str(), request.incident_id.as_deref().unwrap_or_default()];
        let (rows, next_page_token) = seen.page::<Notice>(condition, &texts, &page).await?;
        let notices = rows
            .into_iter()
            .map(|row| NoticeState {
                notice_id: row.notice_id,
                incident_id: row.incident_id,
                department: row.department,
                area: row.area,
                sent_at: Some(timestamp(row.sent_at)),
                acknowledged: row.acknowledged,
                level: row.level.cast_unsigned(),
                template: row.template,
            })
            .collect();
        Ok(Response::new(ListNoticeStatesResponse { notices, next_page_token, position: seen.position.0 }))
    }
}

fn entry(row: &Case) -> CaseEntry {
    CaseEntry {
        case_id: row.case_id.clone(),
        child_id: row.child_id.clone(),
        village_code: row.village_code.clone(),
        grounds: row.grounds.clone(),
        stage: row.stage,
        ruling: row.ruling,
    }
}
