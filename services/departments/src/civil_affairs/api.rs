//! Queries.

use super::{Case, Model, Notice, Placement};
use crate::answers::{Answers, catalogue_basis, clock_views, timeline};
use kinward_chassis::Runtime;
use kinward_contracts::EventMessage as _;
use kinward_contracts::custody::v1::CaseEvent;
use kinward_contracts::departments::v1::{
    CaseEntry, GetCaseRequest, GetCaseResponse, ListCasesRequest, ListCasesResponse, ListNoticeStatesRequest,
    ListNoticeStatesResponse, ListPlacementsRequest, ListPlacementsResponse, NoticeState, PlacementEntry,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::departments::v1::civil_affairs_service_server::CivilAffairsService;
use kinward_projection::ReadModel;
use kinward_statute::lies_in;
use tonic::{Request, Response, Status};

const MAY: [Department; 1] = [Department::CivilAffairs];

/// The service.
pub struct Api {
    answers: Answers<Model>,
}

impl Api {
    /// On this read model.
    pub fn new(runtime: &Runtime, model: ReadModel<Model>) -> Self {
        Self { answers: Answers::new(runtime, model) }
    }
}

#[tonic::async_trait]
impl CivilAffairsService for Api {
    async fn list_cases(
        &self,
        request: Request<ListCasesRequest>,
    ) -> Result<Response<ListCasesResponse>, Status> {
        let freshness = request.get_ref().freshness;
        let (caller, position) = self.answers.let_in(&request, &MAY, freshness).await?;
        let request = request.into_inner();
        let page = self.answers.paged(&caller, &request)?;
        let (condition, text) = match request.child_id {
            Some(child) => ("where child_id = $1 order by opened desc limit $2 offset $3", child),
            None => (
                "where coalesce(starts_with(village_code, $1), length($1) = 6) order by opened desc limit $2 offset $3",
                caller.principal.area.clone(),
            ),
        };
        let (mut rows, next_page_token) = self.answers.page::<Case>(condition, &text, &page).await?;
        rows.retain(|row| lies_in(row.village_code.as_deref(), &caller.principal.area));
        let cases = rows.iter().map(entry).collect();
        Ok(Response::new(ListCasesResponse { cases, next_page_token, position: position.0 }))
    }

    async fn get_case(&self, request: Request<GetCaseRequest>) -> Result<Response<GetCaseResponse>, Status> {
        let freshness = request.get_ref().freshness;
        let (caller, position) = self.answers.let_in(&request, &MAY, freshness).await?;
        let id = request.into_inner().case_id;
        let row: Case = self.answers.one("where case_id = $1 limit $2 offset $3", &id).await?;
        caller.principal.must_cover(row.village_code.as_deref().unwrap_or_default())?;
        let events = self.answers.history(CaseEvent::AGGREGATE, &id, position).await?;
        Ok(Response::new(GetCaseResponse {
            case: Some(entry(&row)),
            designated_guardian_name: self.answers.open(row.designated_name.as_ref()).await?,
            clocks: clock_views(&row.clocks, catalogue_basis),
            timeline: timeline(&events),
            position: position.0,
        }))
    }

    async fn list_placements(
        &self,
        request: Request<ListPlacementsRequest>,
    ) -> Result<Response<ListPlacementsResponse>, Status> {
        let freshness = request.get_ref().freshness;
        let (caller, position) = self.answers.let_in(&request, &MAY, freshness).await?;
        // placements tell no village: they are for the whole district's eyes
        caller.principal.must_cover("")?;
        let request = request.into_inner();
        let page = self.answers.paged(&caller, &request)?;
        let condition = "where $1 = '' or until is null order by placed desc limit $2 offset $3";
        let which = if request.open_only { "open" } else { "" };
        let (rows, next_page_token) = self.answers.page::<Placement>(condition, which, &page).await?;
        let placements = rows
            .into_iter()
            .map(|row| PlacementEntry {
                placement_id: row.placement_id,
                incident_id: row.incident_id,
                child_id: row.child_id.unwrap_or_default(),
                kind: row.kind,
                giver_unit_id: row.giver_unit_id,
                taker_unit_id: row.taker_unit_id.unwrap_or_default(),
                from: Some(timestamp(row.since)),
                until: row.until.map(timestamp),
            })
            .collect();
        Ok(Response::new(ListPlacementsResponse { placements, next_page_token, position: position.0 }))
    }

    async fn list_notice_states(
        &self,
        request: Request<ListNoticeStatesRequest>,
    ) -> Result<Response<ListNoticeStatesResponse>, Status> {
        let freshness = request.get_ref().freshness;
        let (caller, position) = self.answers.let_in(&request, &MAY, freshness).await?;
        let request = request.into_inner();
        let page = self.answers.paged(&caller, &request)?;
        let (condition, text) = match request.incident_id {
            Some(incident) => ("where incident_id = $1 order by sent desc limit $2 offset $3", incident),
            None => (
                "where starts_with(area, $1) order by sent desc limit $2 offset $3",
                caller.principal.area.clone(),
            ),
        };
        let (mut rows, next_page_token) = self.answers.page::<Notice>(condition, &text, &page).await?;
        rows.retain(|row| caller.principal.covers(&row.area));
        let notices = rows
            .into_iter()
            .map(|row| NoticeState {
                notice_id: row.notice_id,
                incident_id: row.incident_id.unwrap_or_default(),
                department: row.department,
                area: row.area,
                sent_at: Some(timestamp(row.sent_at)),
                acknowledged: row.acknowledged,
                level: row.level.cast_unsigned(),
                template: row.template,
            })
            .collect();
        Ok(Response::new(ListNoticeStatesResponse { notices, next_page_token, position: position.0 }))
    }
}

fn entry(row: &Case) -> CaseEntry {
    CaseEntry {
        case_id: row.case_id.clone(),
        child_id: row.child_id.clone().unwrap_or_default(),
        village_code: row.village_code.clone().unwrap_or_default(),
        grounds: row.grounds.clone(),
        stage: row.stage,
        ruling: row.ruling,
    }
}
