//! Queries.

use super::{Evidence, Incident, Model, Search};
use crate::Api;
use crate::answers::{flag, timeline};
use kinward_contracts::EventMessage as _;
use kinward_contracts::departments::v1::{
    EvidenceIndexEntry, GetIncidentRequest, GetIncidentResponse, IncidentEntry, ListEvidenceIndexRequest,
    ListEvidenceIndexResponse, ListIncidentsRequest, ListIncidentsResponse, ListSearchesRequest,
    ListSearchesResponse, SearchEntry,
};
use kinward_contracts::dispatch::v1::IncidentEvent;
use kinward_contracts::timestamp;
use kinward_contracts_grpc::departments::v1::public_security_service_server::PublicSecurityService;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl PublicSecurityService for Api<Model> {
    async fn list_incidents(
        &self,
        request: Request<ListIncidentsRequest>,
    ) -> Result<Response<ListIncidentsResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let request = request.into_inner();
        let (page, area) = (seen.paged(&request)?, seen.area(None)?);
        // one without a place is every station's
        let condition = "where follows is null and ($2 = 'true' or stage < 5) and (village_code is null or starts_with(village_code, $1)) \
                         order by urgency, clock_due_at nulls last, opened";
        let texts = [area.as_str(), flag(request.include_concluded)];
        let (rows, next_page_token) = seen.page::<Incident>(condition, &texts, &page).await?;
        let incidents = rows.iter().map(entry).collect();
        Ok(Response::new(ListIncidentsResponse { incidents, next_page_token, position: seen.position.0 }))
    }

    async fn get_incident(
        &self,
        request: Request<GetIncidentRequest>,
    ) -> Result<Response<GetIncidentResponse>, Status> {
        let GetIncidentRequest { incident_id, freshness } = request.get_ref().clone();
        let file = (IncidentEvent::AGGREGATE, incident_id.as_str());
        let seen = self.0.let_in_to(&request, freshness, file).await?;
        let row: Incident = seen.one(&incident_id).await?;
        if let Some(village) = &row.village_code {
            seen.caller.principal.must_cover(village)?;
        }
        let events = seen.history(IncidentEvent::AGGREGATE, &incident_id).await?;
        Ok(Response::new(GetIncidentResponse {
            incident: Some(entry(&row)),
            child_name: seen.open(row.child_name.as_ref()).await?,
            place: seen.open(row.place.as_ref()).await?,
            child_id: row.child_id.clone(),
            placement_id: row.placement_id.clone(),
            clocks: row.clocks.states(),
            timeline: timeline(&events),
            position: seen.position.0,
        }))
    }

    async fn list_searches(
        &self,
        request: Request<ListSearchesRequest>,
    ) -> Result<Response<ListSearchesResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let request = request.into_inner();
        let (page, area) = (seen.paged(&request)?, seen.area(None)?);
        let condition = "where ($2 = 'false' or ended = 0) and (village_code is null or starts_with(village_code, $1)) \
                         order by opened desc";
        let texts = [area.as_str(), flag(request.open_only)];
        let (rows, next_page_token) = seen.page::<Search>(condition, &texts, &page).await?;
        let search = |row: Search| SearchEntry {
            incident_id: row.incident_id,
            village_code: row.village_code,
            bulletin_no: row.bulletin_no,
            areas: row.areas,
            opened_at: Some(timestamp(row.opened_at)),
            sightings: row.sightings.cast_unsigned(),
            end: row.ended,
        };
        let searches = rows.into_iter().map(search).collect();
        Ok(Response::new(ListSearchesResponse { searches, next_page_token, position: seen.position.0 }))
    }

    async fn list_evidence_index(
        &self,
        request: Request<ListEvidenceIndexRequest>,
    ) -> Result<Response<ListEvidenceIndexResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let request = request.into_inner();
        let (page, area) = (seen.paged(&request)?, seen.area(None)?);
        let condition = "where ($2 = '' or incident_id = $2) and (village_code is null or starts_with(village_code, $1)) \
                         order by opened desc, evidence_id";
        let texts = [area.as_str(), request.incident_id.as_deref().unwrap_or_default()];
        let (rows, next_page_token) = seen.page::<Evidence>(condition, &texts, &page).await?;
        let held = |row: Evidence| EvidenceIndexEntry {
            evidence_id: row.evidence_id,
            incident_id: row.incident_id,
            kind: row.kind,
            sha256: row.sha256,
            holder_unit_id: row.holder_unit_id,
            transfers: row.transfers.cast_unsigned(),
            taken_at: Some(timestamp(row.taken_at)),
        };
        let evidence = rows.into_iter().map(held).collect();
        Ok(Response::new(ListEvidenceIndexResponse { evidence, next_page_token, position: seen.position.0 }))
    }
}

fn entry(row: &Incident) -> IncidentEntry {
    IncidentEntry {
        incident_id: row.incident_id.clone(),
        report_id: row.report_id.clone(),
        severity: row.urgency,
        situations: row.situations.clone(),
        village_code: row.village_code.clone(),
        stage: row.stage,
        opened_at: Some(timestamp(row.opened_at)),
        clock: row.clock.clone().unwrap_or_default(),
        clock_due_at: row.clock_due_at.map(timestamp),
    }
}
