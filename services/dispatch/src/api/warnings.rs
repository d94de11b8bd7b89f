//! Warning letters (LAW-2): the request becomes the fact it asks to record.

use super::{Incidents, POLICE};
use kinward_chassis::{Caller, Gate, Runtime, occurred_at, receipt, status_of_log, status_of_rejection};
use kinward_contracts::dispatch::v1::{
    GetWarningRequest, GetWarningResponse, IssueWarningRequest, IssueWarningResponse,
    RecordWarningVisitRequest, RecordWarningVisitResponse, ServeWarningRequest, ServeWarningResponse,
    ServiceOfWarning, WarningFollowedUp, WarningIssued, WarningServed, WarningVisit, warning_event::Event,
};
use kinward_contracts::r#type::v1::{ChildReference, Department, Receipt, Sealed};
use kinward_contracts::{CommandRequest, Validate, timestamp};
use kinward_contracts_grpc::dispatch::v1::warning_service_server::WarningService;
use kinward_dispatch_domain::rules::LAW_2;
use kinward_dispatch_domain::warning::{Command, Warning};
use kinward_eventlog::Handler;
use kinward_eventsourcing::{Folded, Rejection};
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// Who follows a letter up.
const FOLLOWERS: [Department; 2] = [Department::PublicSecurity, Department::Village];

pub(crate) struct Warnings {
    gate: Gate,
    incidents: Incidents,
    warnings: Handler<Warning>,
}

impl Warnings {
    pub(crate) fn new(runtime: &Runtime, incidents: Incidents) -> Self {
        Self { gate: runtime.gate.clone(), incidents, warnings: runtime.handler() }
    }

    /// A letter, inside the caller's area.
    async fn covered(&self, caller: &Caller, id: &str) -> Result<Arc<Folded<Warning>>, Status> {
        let folded = self.warnings.state(id).await.map_err(|error| status_of_log(&error))?;
        if folded.exists() {
            caller.must_cover(folded.state.village_code.as_deref().unwrap_or_default())?;
        }
        Ok(folded)
    }

    async fn step<M: CommandRequest + Validate>(
        &self,
        departments: &[Department],
        request: Request<M>,
        event: impl FnOnce(M, &str) -> Event + Send,
    ) -> Result<Option<Receipt>, Status> {
        let (call, principal) = self.gate.command(&request, departments)?;
        let request = request.into_inner();
        let caller = Caller { principal, deadline: call.deadline };
        let (id, occurred_at) = (request.aggregate_id().to_owned(), occurred_at(&request));
        let folded = self.covered(&caller, &id).await?;
        let event = event(request, &folded.state.child_person_id);
        let done = self.warnings.execute(&call, &id, &Command::Record { event, occurred_at }).await;
        done.map(receipt).map_err(|error| status_of_log(&error))
    }
}

#[tonic::async_trait]
impl WarningService for Warnings {
    async fn issue_warning(
        &self,
        request: Request<IssueWarningRequest>,
    ) -> Result<Response<IssueWarningResponse>, Status> {
        let (call, incident) = self.incidents.let_in(&request, &POLICE).await?;
        let request = request.into_inner();
        let state = &incident.state;
        let child =
            ChildReference { child_id: state.child_id.clone(), person_id: state.child_person_id.clone() };
        let infringer = request.infringer_person_id.as_str();
        let issued = WarningIssued {
            incident_id: request.incident_id.clone(),
            village_code: state.village_code.clone(),
            infringer_person_id: infringer.to_owned(),
            infringer_name: Some(Sealed::plain(infringer, &request.infringer_name)),
            infringer_identity_number: request
                .infringer_identity_number
                .as_ref()
                .map(|number| Sealed::plain(infringer, number)),
            facts: Some(Sealed::plain(&child.person_id, &request.facts)),
            prohibitions: request.prohibitions.clone(),
            child: Some(child),
        };
        let id = call.command_id.new_id("warning");
        let issue = Command::Issue {
            issued: Box::new(issued),
            light: state.is_light_violence(),
            occurred_at: occurred_at(&request),
        };
        let done = self.warnings.create(&call, &id, &issue).await;
        let receipt = receipt(done.map_err(|error| status_of_log(&error))?);
        Ok(Response::new(IssueWarningResponse { receipt, warning_id: id }))
    }

    async fn serve_warning(
        &self,
        request: Request<ServeWarningRequest>,
    ) -> Result<Response<ServeWarningResponse>, Status> {
        let served = self.step(&POLICE, request, |step, _| {
            Event::WarningServed(WarningServed {
                party: step.party,
                receiver_person_id: step.receiver_person_id,
                receiver_unit_id: step.receiver_unit_id,
            })
        });
        Ok(Response::new(ServeWarningResponse { receipt: served.await? }))
    }

    async fn record_warning_visit(
        &self,
        request: Request<RecordWarningVisitRequest>,
    ) -> Result<Response<RecordWarningVisitResponse>, Status> {
        let visited = self.step(&FOLLOWERS, request, |step, child| {
            Event::WarningFollowedUp(WarningFollowedUp {
                department: 0,
                finding: step.finding,
                notes: step.notes.map(|notes| Sealed::plain(child, notes)),
            })
        });
        Ok(Response::new(RecordWarningVisitResponse { receipt: visited.await? }))
    }

    async fn get_warning(
        &self,
        request: Request<GetWarningRequest>,
    ) -> Result<Response<GetWarningResponse>, Status> {
        let caller = self.gate.query(&request, &FOLLOWERS)?;
        let warning_id = request.into_inner().warning_id;
        let folded = self.covered(&caller, &warning_id).await?;
        let state = &folded.state;
        if !state.exists() {
            let none = Rejection::not_found(LAW_2, "没有此告诫书", "there is no such letter");
            return Err(status_of_rejection(&none));
        }
        let served = state.served.iter();
        let served =
            served.map(|(party, at)| ServiceOfWarning { party: *party, served_at: Some(timestamp(*at)) });
        let visits = state.visits.iter().map(|visit| WarningVisit {
            department: visit.department,
            finding: visit.finding,
            visited_at: Some(timestamp(visit.at)),
        });
        Ok(Response::new(GetWarningResponse {
            warning_id,
            incident_id: state.incident_id.clone(),
            infringer_person_id: state.infringer_person_id.clone(),
            prohibitions: state.prohibitions.clone(),
            issued_at: state.issued_at.map(timestamp),
            served: served.collect(),
            missing: state.missing().into_iter().map(i32::from).collect(),
            visits: visits.collect(),
            position: folded.position.0,
        }))
    }
}
