//! From requests to commands and back. No rules, no storage.

use kinward_chassis::{Gate, Runtime, receipt, status_of_log, status_of_rejection, unavailable_read_model};
use kinward_contracts::reporting::v1::{
    GetReceiptRequest, GetReceiptResponse, ReportSubmitted, ReportedChild, Reporter, SubmitReportRequest,
    SubmitReportResponse,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{ChildReference, Department, Sealed};
use kinward_contracts_grpc::reporting::v1::report_service_server::ReportService;
use kinward_eventlog::{Handler, Live};
use kinward_eventsourcing::{CommandId, Position, Rejection};
use kinward_reporting_domain::indexes::Receipts;
use kinward_reporting_domain::report::{Report, Submit, receipt_code};
use kinward_reporting_domain::rules::{LAW_1, RPT_3};
use tonic::{Request, Response, Status};

/// Everybody may report.
const ANYBODY: [Department; 16] = [
    Department::CivilAffairs,
    Department::PublicSecurity,
    Department::Education,
    Department::Health,
    Department::Justice,
    Department::Township,
    Department::Village,
    Department::WomensFederation,
    Department::YouthLeague,
    Department::DistrictLeadership,
    Department::Court,
    Department::Finance,
    Department::Transport,
    Department::DisabledPersonsFederation,
    Department::TradeUnion,
    Department::NextGenerationCommittee,
];

pub(crate) struct Reports {
    gate: Gate,
    reports: Handler<Report>,
    receipts: Live<Receipts>,
}

impl Reports {
    pub(crate) fn new(runtime: &Runtime, receipts: Live<Receipts>) -> Self {
        Self { gate: runtime.gate.clone(), reports: runtime.handler(), receipts }
    }
}

#[tonic::async_trait]
impl ReportService for Reports {
    async fn submit_report(
        &self,
        request: Request<SubmitReportRequest>,
    ) -> Result<Response<SubmitReportResponse>, Status> {
        let (call, _) = self.gate.command(&request, &ANYBODY)?;
        let submitted = submitted(request.into_inner(), &call.command_id);
        let receipt_code = submitted.receipt_code.clone();
        let id = call.command_id.new_id("report");
        let done = self.reports.create(&call, &id, &Submit(Box::new(submitted))).await;
        let receipt = receipt(done.map_err(|error| status_of_log(&error))?);
        Ok(Response::new(SubmitReportResponse { receipt, receipt_code }))
    }

    async fn get_receipt(
        &self,
        request: Request<GetReceiptRequest>,
    ) -> Result<Response<GetReceiptResponse>, Status> {
        let caller = self.gate.query(&request, &ANYBODY)?;
        let request = request.into_inner();
        let wanted =
            Position(request.freshness.map(|freshness| freshness.at_least_as_fresh).unwrap_or_default());
        let fresh = tokio::time::timeout_at(caller.deadline, self.receipts.wait_for(wanted)).await;
        fresh.map_err(|_| unavailable_read_model(&"the receipts are not as fresh as asked"))?;
        let (found, position) = self.receipts.read(|receipts| receipts.get(&request.receipt_code));
        let Some(found) = found else {
            let none = Rejection::not_found(LAW_1, "没有此回执编号", "there is no such receipt code");
            return Err(status_of_rejection(&none));
        };
        Ok(Response::new(GetReceiptResponse {
            state: found.state,
            received_at: Some(timestamp(found.received_at)),
            state_since: Some(timestamp(found.state_since)),
            position: position.0,
            feedback: found.feedback.map(|(result, _)| result).unwrap_or_default(),
            feedback_at: found.feedback.map(|(_, at)| timestamp(at)),
        }))
    }
}

/// The report's facts, personal ones plain until the append seals them.
fn submitted(request: SubmitReportRequest, command_id: &CommandId) -> ReportSubmitted {
    debug_assert_eq!(RPT_3.id, "RPT-3");
    let input = request.child.unwrap_or_default();
    // a child that is not on file gets a person of its own, under which its data can be erased
    let person_id = input.child_id.clone().unwrap_or_else(|| command_id.new_id("child"));
    let of_child = |text: Option<String>| text.map(|text| Sealed::plain(&person_id, text));
    let child = ReportedChild {
        name: of_child(input.name),
        approximate_age: of_child(input.approximate_age.map(|age| age.to_string())),
        identity_number: of_child(input.identity_number),
        sex: input.sex,
        reference: Some(ChildReference { child_id: input.child_id, person_id: person_id.clone() }),
    };
    let who = request.reporter.unwrap_or_default();
    let reporter_id = command_id.new_id("reporter");
    let of_reporter = |text: Option<String>| text.map(|text| Sealed::plain(&reporter_id, text));
    let reporter = Reporter {
        class: who.class,
        anonymous: who.anonymous,
        unit_id: who.unit_id,
        name: of_reporter(who.name),
        phone: of_reporter(who.phone),
        person_id: (!who.anonymous).then_some(reporter_id.clone()),
    };
    ReportSubmitted {
        receipt_code: receipt_code(command_id),
        situations: request.situations,
        signs: request.signs,
        place: of_child(request.place),
        narrative: of_child(request.narrative),
        child: Some(child),
        village_code: request.village_code,
        reporter: Some(reporter),
        discovered_at: request.discovered_at,
        source_event_id: None,
    }
}
