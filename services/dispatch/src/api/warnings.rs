//! Warning letters (LAW-2): the request becomes the fact it asks to record.

use super::{Incidents, POLICE};
use kinward_chassis::{Desk, Runtime, occurred_at, receipt_of, service};
use kinward_contracts::dispatch::v1::{
    GetWarningRequest, GetWarningResponse, IssueWarningRequest, IssueWarningResponse,
    RecordWarningVisitRequest, RecordWarningVisitResponse, ServeWarningRequest, ServeWarningResponse,
    ServiceOfWarning, WarningFollowedUp, WarningIssued, WarningServed, WarningVisit,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{ChildReference, Department, Sealed};
use kinward_contracts_grpc::dispatch::v1::warning_service_server::WarningService;
use kinward_dispatch_domain::warning::{Command, Warning};
use tonic::{Request, Response, Status};

/// Who follows a letter up.
const FOLLOWERS: [Department; 2] = [Department::PublicSecurity, Department::Village];

pub(crate) struct Warnings {
    desk: Desk<Warning>,
    incidents: Incidents,
}

impl Warnings {
    pub(crate) fn new(runtime: &Runtime, incidents: Incidents) -> Self {
        Self { desk: Desk::new(runtime, runtime.handler()), incidents }
    }
}

service! {
    WarningService for Warnings {
        by POLICE {
            serve_warning: ServeWarningRequest => ServeWarningResponse,
                |step, _| WarningServed {
                    party: step.party,
                    receiver_person_id: step.receiver_person_id,
                    receiver_unit_id: step.receiver_unit_id,
                };
        }
        by FOLLOWERS {
            record_warning_visit: RecordWarningVisitRequest => RecordWarningVisitResponse,
                |step, new| WarningFollowedUp {
                    department: 0,
                    finding: step.finding,
                    notes: step.notes.map(|notes| new.of_child(notes)),
                };
        }
    }

    async fn issue_warning(
        &self,
        request: Request<IssueWarningRequest>,
    ) -> Result<Response<IssueWarningResponse>, Status> {
        let (call, incident) = self.incidents.desk.let_in(&POLICE, &request).await?;
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
        let done = self.desk.handler.create(&call, &id, &issue).await;
        let receipt = receipt_of(done)?;
        Ok(Response::new(IssueWarningResponse { receipt, warning_id: id }))
    }

    async fn get_warning(
        &self,
        request: Request<GetWarningRequest>,
    ) -> Result<Response<GetWarningResponse>, Status> {
        let folded = self.desk.read(&FOLLOWERS, &request, &request.get_ref().warning_id).await?;
        let (state, warning_id) = (&folded.state, request.into_inner().warning_id);
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
