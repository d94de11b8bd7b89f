//! Queries.

use super::{Assessment, Child, Model};
use crate::answers::{Answers, timeline};
use kinward_chassis::{Runtime, denied, unavailable_read_model};
use kinward_contracts::EventMessage as _;
use kinward_contracts::departments::v1::{
    AssessmentEntry, ChildEntry, GetChildFileRequest, GetChildFileResponse, GuardianEntry,
    ListAssessmentsRequest, ListAssessmentsResponse, ListChildrenRequest, ListChildrenResponse,
};
use kinward_contracts::registry::v1::ChildEvent;
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::departments::v1::township_service_server::TownshipService;
use kinward_projection::ReadModel;
use tonic::{Request, Response, Status};

const MAY: [Department; 2] = [Department::Township, Department::Village];

/// The service.
pub struct Api {
    answers: Answers<Model>,
}

impl Api {
    /// On this read model.
    pub fn new(runtime: &Runtime, model: ReadModel<Model>) -> Self {
        Self { answers: Answers::new(runtime, model) }
    }

    async fn entry(&self, row: &Child) -> Result<ChildEntry, Status> {
        Ok(ChildEntry {
            child_id: row.child_id.clone(),
            name: self.answers.open(row.name.as_ref()).await?,
            village_code: row.village_code.clone(),
            status: row.status,
            guardianship_gap: row.guardianship_gap,
        })
    }
}

#[tonic::async_trait]
impl TownshipService for Api {
    async fn list_children(
        &self,
        request: Request<ListChildrenRequest>,
    ) -> Result<Response<ListChildrenResponse>, Status> {
        let freshness = request.get_ref().freshness;
        let (caller, position) = self.answers.let_in(&request, &MAY, freshness).await?;
        let request = request.into_inner();
        let area = request.village_code.clone().unwrap_or_else(|| caller.principal.area.clone());
        if !caller.principal.covers(&area) {
            return Err(denied());
        }
        let (condition, counting) = if request.left_behind_only {
            (
                "where starts_with(village_code, $1) and status = 1 order by village_code, child_id limit $2 offset $3",
                "where starts_with(village_code, $1) and status = 1",
            )
        } else {
            (
                "where starts_with(village_code, $1) order by village_code, child_id limit $2 offset $3",
                "where starts_with(village_code, $1)",
            )
        };
        let page = self.answers.paged(&caller, &request)?;
        let (rows, next_page_token) = self.answers.page::<Child>(condition, &area, &page).await?;
        let total = self.answers.model.count::<Child>(counting, &area).await;
        let total = total.map_err(|error| unavailable_read_model(&error))?;
        let mut children = Vec::with_capacity(rows.len());
        for row in &rows {
            children.push(self.entry(row).await?);
        }
        Ok(Response::new(ListChildrenResponse { children, next_page_token, total, position: position.0 }))
    }

    async fn get_child_file(
        &self,
        request: Request<GetChildFileRequest>,
    ) -> Result<Response<GetChildFileResponse>, Status> {
        let freshness = request.get_ref().freshness;
        let (caller, position) = self.answers.let_in(&request, &MAY, freshness).await?;
        let id = request.into_inner().child_id;
        let row: Child = self.answers.one("where child_id = $1 limit $2 offset $3", &id).await?;
        caller.principal.must_cover(&row.village_code)?;
        let mut guardians = Vec::with_capacity(row.guardians.len());
        for guardian in &row.guardians {
            guardians.push(GuardianEntry {
                person_id: guardian.person_id.clone(),
                relation: guardian.relation,
                basis: guardian.basis,
                name: self.answers.open(guardian.name.as_ref()).await?,
                revoked: guardian.revoked,
            });
        }
        let events = self.answers.history(ChildEvent::AGGREGATE, &id, position).await?;
        Ok(Response::new(GetChildFileResponse {
            child: Some(self.entry(&row).await?),
            address: self.answers.open(row.address.as_ref()).await?,
            guardians,
            timeline: timeline(&events),
            position: position.0,
        }))
    }

    async fn list_assessments(
        &self,
        request: Request<ListAssessmentsRequest>,
    ) -> Result<Response<ListAssessmentsResponse>, Status> {
        let freshness = request.get_ref().freshness;
        let (caller, position) = self.answers.let_in(&request, &MAY, freshness).await?;
        let request = request.into_inner();
        let page = self.answers.paged(&caller, &request)?;
        let (condition, text) = match request.incident_id {
            Some(incident) => ("where incident_id = $1 order by opened desc limit $2 offset $3", incident),
            None => (
                "where starts_with(coalesce(village_code, ''), $1) order by opened desc limit $2 offset $3",
                caller.principal.area.clone(),
            ),
        };
        let (mut rows, next_page_token) = self.answers.page::<Assessment>(condition, &text, &page).await?;
        rows.retain(|row| row.village_code.as_ref().is_some_and(|village| caller.principal.covers(village)));
        let assessments = rows.into_iter().map(entry).collect();
        Ok(Response::new(ListAssessmentsResponse { assessments, next_page_token, position: position.0 }))
    }
}

fn entry(row: Assessment) -> AssessmentEntry {
    AssessmentEntry {
        assessment_id: row.assessment_id,
        incident_id: row.incident_id,
        child_id: row.child_id.unwrap_or_default(),
        village_code: row.village_code.unwrap_or_default(),
        risk: row.risk,
        inputs: row.inputs,
        dimensions: row.dimensions,
        plan_items: row.plan_items.cast_unsigned(),
        plan_items_closed: row.plan_items_closed.cast_unsigned(),
    }
}
