//! Taking reports, telling the reporter how far they are, and showing them to police.

use super::input;
use kinward_chassis::{ANYBODY, Desk, Runtime, receipt_of, status_of_log, status_of_rejection};
use kinward_contracts::reporting::v1::{
    GetReceiptRequest, GetReceiptResponse, GetReportRequest, GetReportResponse, ReportSubmitted,
    SubmitReportRequest, SubmitReportResponse,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::reporting::v1::report_service_server::ReportService;
use kinward_eventlog::{Call, Handler, Live};
use kinward_eventsourcing::{CommandId, Rejection};
use kinward_reporting_domain::indexes::{Commendations, Receipts};
use kinward_reporting_domain::report::{Command, Report};
use kinward_reporting_domain::rules::{LAW_1, RPT_3};
use tonic::{Request, Response, Status};

/// Who reads what was reported.
const POLICE: [Department; 1] = [Department::PublicSecurity];

pub(crate) struct Reports {
    desk: Desk<Report>,
    receipts: Live<Receipts>,
    commendations: Live<Commendations>,
}

impl Reports {
    pub(crate) fn new(
        runtime: &Runtime,
        reports: Handler<Report>,
        receipts: Live<Receipts>,
        commendations: Live<Commendations>,
    ) -> Self {
        Self { desk: Desk::new(runtime, reports), receipts, commendations }
    }
}

#[tonic::async_trait]
impl ReportService for Reports {
    async fn submit_report(
        &self,
        request: Request<SubmitReportRequest>,
    ) -> Result<Response<SubmitReportResponse>, Status> {
        let (call, _) = self.desk.gate.command(&request, &ANYBODY)?;
        // an anonymous reporter's office, unit and place would tell who it is
        let anonymous = request.get_ref().reporter.as_ref().is_some_and(|reporter| reporter.anonymous);
        let call = Call { anonymous, ..call };
        let (receipt_code, hash) = input::receipt(self.desk.gate.hashing(), &call.command_id);
        let submitted = submitted(request.into_inner(), &call.command_id, hash);
        let id = call.command_id.new_id("report");
        let done = self.desk.handler.create(&call, &id, &Command::Submit(Box::new(submitted))).await;
        let receipt = receipt_of(done)?;
        Ok(Response::new(SubmitReportResponse { receipt, receipt_code }))
    }

    async fn get_receipt(
        &self,
        request: Request<GetReceiptRequest>,
    ) -> Result<Response<GetReceiptResponse>, Status> {
        let caller = self.desk.gate.query(&request, &ANYBODY)?;
        let GetReceiptRequest { receipt_code, freshness } = request.into_inner();
        let hash = self.desk.gate.hashing().receipt(&receipt_code);
        caller.fresh(&self.receipts, freshness).await?;
        caller.fresh(&self.commendations, freshness).await?;
        let (found, position) = self.receipts.read(|receipts| receipts.get(&hash));
        let Some(found) = found else {
            let none = Rejection::not_found(LAW_1, "没有此回执编号", "there is no such receipt code");
            return Err(status_of_rejection(&none));
        };
        let (commendation, _) = self.commendations.read(|all| all.state_of(&hash));
        Ok(Response::new(GetReceiptResponse {
            state: found.state,
            received_at: Some(timestamp(found.received_at)),
            state_since: Some(timestamp(found.state_since)),
            position: position.0,
            commendation: commendation.into(),
            feedback: found.feedback.map(|(result, _)| result).unwrap_or_default(),
            feedback_at: found.feedback.map(|(_, at)| timestamp(at)),
        }))
    }

    /// The sealed texts open for police of the area; the reporter's identity is not among them.
    async fn get_report(
        &self,
        request: Request<GetReportRequest>,
    ) -> Result<Response<GetReportResponse>, Status> {
        let caller = self.desk.gate.query(&request, &POLICE)?;
        let report_id = request.into_inner().report_id;
        let folded = self.desk.handler.sought(&report_id).await.map_err(status_of_log)?;
        let report = &folded.state;
        if !report.exists() {
            let none = Rejection::not_found(RPT_3, "没有此报告", "there is no such report");
            return Err(status_of_rejection(&none));
        }
        // a report without a place, or with one of no district that is known here, is every station's: as its incident
        // is (BEY-5)
        let village = report.village_code.as_deref().unwrap_or_default();
        let covered = self.desk.reference.read(|index| match index.0.home(village) {
            "" => Ok(()),
            home => caller.principal.must_cover(home),
        });
        covered.0?;
        let child = report.child.clone().unwrap_or_default();
        Ok(Response::new(GetReportResponse {
            revision: folded.revision.0,
            position: folded.position.0,
            situations: report.situations.clone(),
            signs: report.signs,
            child_id: child.reference.and_then(|reference| reference.child_id),
            child_name: self.desk.text(child.name.as_ref()).await?,
            approximate_age: self.desk.text(child.approximate_age.as_ref()).await?,
            sex: child.sex,
            village_code: report.village_code.clone(),
            place: self.desk.text(report.place.as_ref()).await?,
            narrative: self.desk.text(report.narrative.as_ref()).await?,
            reporter_class: report.class,
            mandated_by: report.mandated_by.clone(),
            discovered_at: report.discovered_at.map(timestamp),
        }))
    }
}

fn submitted(
    request: SubmitReportRequest,
    command_id: &CommandId,
    receipt_code_hash: String,
) -> ReportSubmitted {
    let (child, person_id) = input::child(request.child, command_id);
    ReportSubmitted {
        receipt_code_hash,
        situations: request.situations,
        signs: request.signs,
        place: input::of(&person_id, request.place),
        narrative: input::of(&person_id, request.narrative),
        child: Some(child),
        village_code: request.village_code,
        reporter: Some(input::reporter(request.reporter, &command_id.new_id("reporter"))),
        discovered_at: request.discovered_at,
        ..ReportSubmitted::default()
    }
}
