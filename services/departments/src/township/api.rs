//! Queries.

use super::{Assessment, Child, Model};
use crate::Api;
use crate::answers::{Seen, flag, timeline};
use kinward_contracts::departments::v1::{
    AssessmentEntry, ChildEntry, GetChildFileRequest, GetChildFileResponse, GetLedgerRequest,
    GetLedgerResponse, GuardianEntry, LedgerRow, ListAssessmentsRequest, ListAssessmentsResponse,
    ListChildrenRequest, ListChildrenResponse,
};
use kinward_contracts::registry::v1::ChildEvent;
use kinward_contracts::{EventMessage as _, timestamp};
use kinward_contracts_grpc::departments::v1::township_service_server::TownshipService;
use serde::Deserialize;
use tonic::{Request, Response, Status};

async fn child(seen: &Seen<Model>, row: &Child) -> Result<ChildEntry, Status> {
    Ok(ChildEntry {
        child_id: row.child_id.clone(),
        name: seen.open(row.name.as_ref()).await?,
        village_code: row.village_code.clone(),
        status: row.status,
        guardianship_gap: row.guardianship_gap,
        complete: row.complete,
        key_case: row.key_case_id.is_some(),
        open_difficulties: row.open_difficulties.cast_unsigned(),
        visits: row.visits.cast_unsigned(),
        last_visit_at: row.last_visit_at.map(timestamp),
    })
}

/// A village's part of the ledger.
#[derive(Deserialize)]
struct Village {
    village_code: String,
    children: u64,
    left_behind: u64,
    complete: u64,
    visited: u64,
    guardianship_gaps: u64,
    key_cases: u64,
    open_difficulties: u64,
}

#[tonic::async_trait]
impl TownshipService for Api<Model> {
    async fn list_children(
        &self,
        request: Request<ListChildrenRequest>,
    ) -> Result<Response<ListChildrenResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let request = request.into_inner();
        let (page, area) = (seen.paged(&request)?, seen.area(request.village_code.as_deref())?);
        let texts = [area.as_str(), flag(request.left_behind_only)];
        let condition = "where starts_with(village_code, $1) and duplicate_of is null and ($2 = 'false' or status = 1) \
                         order by village_code, child_id";
        let (rows, next_page_token) = seen.page::<Child>(condition, &texts, &page).await?;
        let counting =
            "where starts_with(village_code, $1) and duplicate_of is null and ($2 = 'false' or status = 1)";
        let total = seen.count::<Child>(counting, &texts).await?;
        let mut children = Vec::with_capacity(rows.len());
        for row in &rows {
            children.push(child(&seen, row).await?);
        }
        let position = seen.position.0;
        Ok(Response::new(ListChildrenResponse { children, next_page_token, total, position }))
    }

    async fn get_child_file(
        &self,
        request: Request<GetChildFileRequest>,
    ) -> Result<Response<GetChildFileResponse>, Status> {
        let GetChildFileRequest { child_id, freshness } = request.get_ref().clone();
        let file = (ChildEvent::AGGREGATE, child_id.as_str());
        let seen = self.0.let_in_to(&request, freshness, file).await?;
        let row: Child = seen.one(&child_id).await?;
        seen.caller.principal.must_cover(&row.village_code)?;
        let mut guardians = Vec::with_capacity(row.guardians.len());
        for guardian in &row.guardians {
            guardians.push(GuardianEntry {
                person_id: guardian.person_id.clone(),
                relation: guardian.relation,
                basis: guardian.basis,
                name: seen.open(guardian.name.as_ref()).await?,
                revoked: guardian.revoked,
            });
        }
        let events = seen.history(ChildEvent::AGGREGATE, &child_id).await?;
        Ok(Response::new(GetChildFileResponse {
            child: Some(child(&seen, &row).await?),
            address: seen.open(row.address.as_ref()).await?,
            guardians,
            timeline: timeline(&events),
            position: seen.position.0,
        }))
    }

    async fn list_assessments(
        &self,
        request: Request<ListAssessmentsRequest>,
    ) -> Result<Response<ListAssessmentsResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let request = request.into_inner();
        let (page, area) = (seen.paged(&request)?, seen.area(None)?);
        let condition =
            "where starts_with(village_code, $1) and ($2 = '' or incident_id = $2) order by opened desc";
        let texts = [area.as_str(), request.incident_id.as_deref().unwrap_or_default()];
        let (rows, next_page_token) = seen.page::<Assessment>(condition, &texts, &page).await?;
        let assessments = rows.into_iter().map(entry).collect();
        Ok(Response::new(ListAssessmentsResponse { assessments, next_page_token, position: seen.position.0 }))
    }

    async fn get_ledger(
        &self,
        request: Request<GetLedgerRequest>,
    ) -> Result<Response<GetLedgerResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let query = "select village_code, count(*) as children, count(*) filter (where status = 1) as left_behind, \
                     count(*) filter (where status = 1 and complete) as complete, \
                     count(*) filter (where status = 1 and visits > 0) as visited, \
                     count(*) filter (where status = 1 and guardianship_gap) as guardianship_gaps, \
                     count(*) filter (where status = 1 and key_case_id is not null) as key_cases, \
                     coalesce(sum(open_difficulties), 0)::bigint as open_difficulties \
                     from children where starts_with(village_code, $1) and duplicate_of is null group by 1 order by 1";
        let villages = seen.groups::<Village>(query, &[&seen.area(None)?]).await?;
        let row = |village: Village| LedgerRow {
            village_code: village.village_code,
            children: village.children,
            left_behind: village.left_behind,
            complete: village.complete,
            visited: village.visited,
            guardianship_gaps: village.guardianship_gaps,
            key_cases: village.key_cases,
            open_difficulties: village.open_difficulties,
        };
        let villages = villages.into_iter().map(row).collect();
        Ok(Response::new(GetLedgerResponse { villages, position: seen.position.0 }))
    }
}

fn entry(row: Assessment) -> AssessmentEntry {
    AssessmentEntry {
        assessment_id: row.assessment_id,
        incident_id: row.incident_id,
        child_id: row.child_id,
        village_code: row.village_code,
        risk: row.risk,
        inputs: row.inputs,
        dimensions: row.dimensions,
        plan_items: row.plan_items.cast_unsigned(),
        plan_items_closed: row.plan_items_closed.cast_unsigned(),
    }
}
