//! Commendations of voluntary reporters.

use super::input;
use kinward_chassis::{ANYBODY, Desk, Runtime, service, status_of_rejection};
use kinward_contracts::reporting::v1::{
    ClaimCommendationRequest, ClaimCommendationResponse, Commendation, CommendationClaimed,
    CommendationGranted, CommendationRefused, GrantCommendationRequest, GrantCommendationResponse,
    ListCommendationsRequest, ListCommendationsResponse, RefuseCommendationRequest,
    RefuseCommendationResponse,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::reporting::v1::commendation_service_server::CommendationService;
use kinward_eventlog::{Call, Handler, Live};
use kinward_eventsourcing::{Recording as _, Rejection};
use kinward_reporting_domain::indexes::{CommendationEntry, Commendations as Index};
use kinward_reporting_domain::report::Report;
use kinward_reporting_domain::rules::RPT_6;
use tonic::{Request, Response, Status};

/// Who decides.
const CIVIL_AFFAIRS: [Department; 1] = [Department::CivilAffairs];

pub(crate) struct Commendations {
    desk: Desk<Report>,
    index: Live<Index>,
}

impl Commendations {
    pub(crate) fn new(runtime: &Runtime, reports: Handler<Report>, index: Live<Index>) -> Self {
        Self { desk: Desk::new(runtime, reports), index }
    }
}

service! {
    CommendationService for Commendations {
        by CIVIL_AFFAIRS {
            grant_commendation: GrantCommendationRequest => GrantCommendationResponse,
                |step, _| CommendationGranted { forms: step.forms, unit_id: String::new() };
            refuse_commendation: RefuseCommendationRequest => RefuseCommendationResponse,
                |step, _| CommendationRefused { reason: step.reason, unit_id: String::new() };
        }
    }

    /// Whoever holds the code may claim: nothing else is known of an anonymous reporter.
    async fn claim_commendation(
        &self,
        request: Request<ClaimCommendationRequest>,
    ) -> Result<Response<ClaimCommendationResponse>, Status> {
        let (call, _) = self.desk.gate.command(&request, &ANYBODY)?;
        let request = request.into_inner();
        let hash = self.desk.gate.hashing().receipt(&request.receipt_code);
        let (report, _) = self.index.read(|index| index.report_of(&hash).map(str::to_owned));
        let Some(report) = report else {
            let none = Rejection::not_found(RPT_6, "没有此回执编号", "there is no such receipt code");
            return Err(status_of_rejection(&none));
        };
        let person_id = call.command_id.new_id("claimant");
        let claimed = CommendationClaimed {
            name: input::of(&person_id, request.name),
            phone: input::of(&person_id, request.phone),
            person_id,
        };
        // the office that the claimant came through is nothing that the log needs
        let call = Call { anonymous: true, ..call };
        let done = self.desk.execute(call, &report, &Report::record(claimed.into(), None)).await?;
        Ok(Response::new(ClaimCommendationResponse { receipt: done.receipt }))
    }

    async fn list_commendations(
        &self,
        request: Request<ListCommendationsRequest>,
    ) -> Result<Response<ListCommendationsResponse>, Status> {
        let caller = self.desk.gate.query(&request, &CIVIL_AFFAIRS)?;
        if caller.principal.area.is_empty() {
            return Err(caller.principal.denied());
        }
        let request = request.into_inner();
        let page = self.desk.gate.page(&caller, &request)?;
        caller.fresh(&self.index, request.freshness).await?;
        let ((commendations, next_page_token), position) = self.index.read(|index| {
            let mine = index.of(&caller.principal.area).into_iter();
            let shown = mine.filter(|(_, entry)| request.decided_too || !entry.is_decided());
            page.of(shown.map(|(report, entry)| commendation(report, entry)))
        });
        Ok(Response::new(ListCommendationsResponse { commendations, next_page_token, position: position.0 }))
    }
}

fn commendation(report_id: &str, entry: &CommendationEntry) -> Commendation {
    Commendation {
        report_id: report_id.to_owned(),
        incident_id: entry.incident_id.clone(),
        reporter_class: entry.class,
        state: entry.state,
        village_code: entry.village_code.clone(),
        proposed_at: Some(timestamp(entry.proposed_at)),
        position: entry.position,
    }
}
