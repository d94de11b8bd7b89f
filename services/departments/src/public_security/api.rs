//! Queries.

use super::{Incident, Model};
use crate::answers::{Answers, catalogue_basis, clock_views, timeline};
use kinward_chassis::Runtime;
use kinward_contracts::EventMessage as _;
use kinward_contracts::departments::v1::{
    GetIncidentRequest, GetIncidentResponse, IncidentEntry, ListIncidentsRequest, ListIncidentsResponse,
};
use kinward_contracts::dispatch::v1::IncidentEvent;
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::departments::v1::public_security_service_server::PublicSecurityService;
use kinward_projection::ReadModel;
use tonic::{Request, Response, Status};

const MAY: [Department; 1] = [Department::PublicSecurity];

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
impl PublicSecurityService for Api {
    async fn list_incidents(
        &self,
        request: Request<ListIncidentsRequest>,
    ) -> Result<Response<ListIncidentsResponse>, Status> {
        let freshness = request.get_ref().freshness;
        let (caller, position) = self.answers.let_in(&request, &MAY, freshness).await?;
        let request = request.into_inner();
        let page = self.answers.paged(&caller, &request)?;
        let condition = if request.include_concluded {
            "where (village_code is null or starts_with(village_code, $1)) \
             order by severity, clock_due_at nulls last, opened limit $2 offset $3"
        } else {
            "where stage < 5 and (village_code is null or starts_with(village_code, $1)) \
             order by severity, clock_due_at nulls last, opened limit $2 offset $3"
        };
        let (rows, next_page_token) =
            self.answers.page::<Incident>(condition, &caller.principal.area, &page).await?;
        let incidents = rows.iter().map(entry).collect();
        Ok(Response::new(ListIncidentsResponse { incidents, next_page_token, position: position.0 }))
    }

    async fn get_incident(
        &self,
        request: Request<GetIncidentRequest>,
    ) -> Result<Response<GetIncidentResponse>, Status> {
        let freshness = request.get_ref().freshness;
        let (caller, position) = self.answers.let_in(&request, &MAY, freshness).await?;
        let id = request.into_inner().incident_id;
        let row: Incident = self.answers.one("where incident_id = $1 limit $2 offset $3", &id).await?;
        if let Some(village) = &row.village_code {
            caller.principal.must_cover(village)?;
        }
        let events = self.answers.history(IncidentEvent::AGGREGATE, &id, position).await?;
        Ok(Response::new(GetIncidentResponse {
            incident: Some(entry(&row)),
            child_name: self.answers.open(row.child_name.as_ref()).await?,
            place: self.answers.open(row.place.as_ref()).await?,
            child_id: row.child_id.clone().unwrap_or_default(),
            placement_id: row.placement_id.clone().unwrap_or_default(),
            clocks: clock_views(&row.clocks, catalogue_basis),
            timeline: timeline(&events),
            position: position.0,
        }))
    }
}

fn entry(row: &Incident) -> IncidentEntry {
    IncidentEntry {
        incident_id: row.incident_id.clone(),
        report_id: row.report_id.clone(),
        severity: row.severity,
        situations: row.situations.clone(),
        village_code: row.village_code.clone().unwrap_or_default(),
        stage: row.stage,
        opened_at: Some(timestamp(row.opened_at)),
        clock: row.clock.clone().unwrap_or_default(),
        clock_due_at: row.clock_due_at.map(timestamp),
    }
}
