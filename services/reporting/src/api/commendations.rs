//! Commendations of voluntary reporters.

use super::{ANYBODY, input};
use kinward_chassis::{
    Caller, Gate, Runtime, denied, occurred_at, receipt, status_of_log, status_of_rejection,
};
use kinward_contracts::reporting::v1::{
    ClaimCommendationRequest, ClaimCommendationResponse, Commendation, CommendationClaimed,
    CommendationGranted, CommendationRefused, GrantCommendationRequest, GrantCommendationResponse,
    ListCommendationsRequest, ListCommendationsResponse, RefuseCommendationRequest,
    RefuseCommendationResponse, report_event::Event,
};
use kinward_contracts::r#type::v1::{Department, Receipt};
use kinward_contracts::{CommandRequest, Validate, timestamp};
use kinward_contracts_grpc::reporting::v1::commendation_service_server::CommendationService;
use kinward_eventlog::{Handler, Live};
use kinward_eventsourcing::Rejection;
use kinward_reporting_domain::indexes::{CommendationEntry, Commendations as Index};
use kinward_reporting_domain::report::{Command, Report};
use kinward_reporting_domain::rules::RPT_6;
use tonic::{Request, Response, Status};

/// Who decides.
const CIVIL_AFFAIRS: [Department; 1] = [Department::CivilAffairs];

pub(crate) struct Commendations {
    gate: Gate,
    reports: Handler<Report>,
    index: Live<Index>,
}

impl Commendations {
    pub(crate) fn new(runtime: &Runtime, reports: Handler<Report>, index: Live<Index>) -> Self {
        Self { gate: runtime.gate.clone(), reports, index }
    }

    async fn decide<M: CommandRequest + Validate>(
        &self,
        request: Request<M>,
        event: impl FnOnce(M) -> Event + Send,
    ) -> Result<Option<Receipt>, Status> {
        let (call, principal) = self.gate.command(&request, &CIVIL_AFFAIRS)?;
        let request = request.into_inner();
        let (id, occurred_at) = (request.aggregate_id().to_owned(), occurred_at(&request));
        let folded = self.reports.state(&id).await.map_err(|error| status_of_log(&error))?;
        let caller = Caller { principal, deadline: call.deadline };
        caller.must_cover(folded.state.village_code.as_deref().unwrap_or_default())?;
        let command = Command::Record { event: event(request), occurred_at };
        let done = self.reports.execute(&call, &id, &command).await;
        done.map(receipt).map_err(|error| status_of_log(&error))
    }
}

#[tonic::async_trait]
impl CommendationService for Commendations {
    /// Whoever holds the code may claim: nothing else is known of an anonymous reporter.
    async fn claim_commendation(
        &self,
        request: Request<ClaimCommendationRequest>,
    ) -> Result<Response<ClaimCommendationResponse>, Status> {
        let (call, _) = self.gate.command(&request, &ANYBODY)?;
        let request = request.into_inner();
        let (report, _) = self.index.read(|index| index.report_of(&request.receipt_code).map(str::to_owned));
        let Some(report) = report else {
            let none = Rejection::not_found(RPT_6, "没有此回执编号", "there is no such receipt code");
            return Err(status_of_rejection(&none));
        };
        let person_id = call.command_id.new_id("claimant");
        let event = Event::CommendationClaimed(CommendationClaimed {
            name: input::of(&person_id, request.name),
            phone: input::of(&person_id, request.phone),
            person_id,
        });
        let done = self.reports.execute(&call, &report, &Command::Record { event, occurred_at: None }).await;
        let receipt = receipt(done.map_err(|error| status_of_log(&error))?);
        Ok(Response::new(ClaimCommendationResponse { receipt }))
    }

    async fn grant_commendation(
        &self,
        request: Request<GrantCommendationRequest>,
    ) -> Result<Response<GrantCommendationResponse>, Status> {
        let granted = |request: GrantCommendationRequest| {
            Event::CommendationGranted(CommendationGranted { forms: request.forms, unit_id: String::new() })
        };
        let receipt = self.decide(request, granted).await?;
        Ok(Response::new(GrantCommendationResponse { receipt }))
    }

    async fn refuse_commendation(
        &self,
        request: Request<RefuseCommendationRequest>,
    ) -> Result<Response<RefuseCommendationResponse>, Status> {
        let refused = |request: RefuseCommendationRequest| {
            Event::CommendationRefused(CommendationRefused { reason: request.reason, unit_id: String::new() })
        };
        let receipt = self.decide(request, refused).await?;
        Ok(Response::new(RefuseCommendationResponse { receipt }))
    }

    async fn list_commendations(
        &self,
        request: Request<ListCommendationsRequest>,
    ) -> Result<Response<ListCommendationsResponse>, Status> {
        let caller = self.gate.query(&request, &CIVIL_AFFAIRS)?;
        if caller.principal.area.is_empty() {
            return Err(denied());
        }
        let request = request.into_inner();
        let page = self.gate.page(&caller, &request)?;
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
        class: entry.class,
        state: entry.state,
        village_code: entry.village_code.clone(),
        proposed_at: Some(timestamp(entry.proposed_at)),
        position: entry.position,
    }
}
