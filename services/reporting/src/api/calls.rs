//! Calls of the hotline: one rpc for each step; the request becomes the fact it asks to record.

use super::input;
use chrono::{DateTime, Utc};
use kinward_chassis::{ANYBODY, Desk, New, Runtime, occurred_at, receipt_of, service, status_of_rejection};
use kinward_contracts::reporting::v1::{
    AidGiven, AnswerCallRequest, AnswerCallResponse, Call as Listed, CallAnswered, CallClassified,
    CallClosed, CallFollowedUp, CallHungUp, CallRang, CallRegistered, CallReported, CallReturned,
    CallTransferred, ClassifyCallRequest, ClassifyCallResponse, CloseCallRequest, CloseCallResponse,
    FollowUpCallRequest, FollowUpCallResponse, GetCallReceiptRequest, GetCallReceiptResponse, GiveAidRequest,
    GiveAidResponse, HelpRequested, ListCallsRequest, ListCallsResponse, RecordHangUpRequest,
    RecordHangUpResponse, RecordRingRequest, RecordRingResponse, RegisterCallRequest, RegisterCallResponse,
    ReportCallRequest, ReportCallResponse, ReportSubmitted, RequestHelpRequest, RequestHelpResponse,
    ReturnCallRequest, ReturnCallResponse, TransferCallRequest, TransferCallResponse,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::reporting::v1::call_service_server::CallService;
use kinward_eventlog::{Handler, Live};
use kinward_eventsourcing::Rejection;
use kinward_reporting_domain::call::{Call, Command};
use kinward_reporting_domain::indexes::{CallEntry, Calls as Index, Whose};
use kinward_reporting_domain::rules::INF_3;
use tonic::{Request, Response, Status};

/// Who keeps the hotline.
const HOTLINE: [Department; 1] = [Department::CivilAffairs];

pub(crate) struct Calls {
    desk: Desk<Call>,
    index: Live<Index>,
}

impl Calls {
    pub(crate) fn new(runtime: &Runtime, calls: Handler<Call>, index: Live<Index>) -> Self {
        Self { desk: Desk::new(runtime, calls), index }
    }
}

/// The report that was told in a call.
fn reported(step: ReportCallRequest, new: &New<'_, Call>, receipt_code_hash: String) -> CallReported {
    let call = new.state;
    let mut reporter = match step.reporter {
        Some(input) => input::reporter(Some(input), &call.caller_person_id),
        None => call.caller.clone().unwrap_or_default(),
    };
    if !reporter.anonymous && reporter.phone.is_none() {
        reporter.phone.clone_from(&call.phone);
    }
    let submitted = ReportSubmitted {
        receipt_code_hash,
        situations: step.situations,
        signs: step.signs,
        child: call.child.clone(),
        village_code: call.village_code.clone(),
        place: call.place.clone(),
        narrative: call.narrative.clone(),
        reporter: Some(reporter),
        call_id: Some(new.aggregate_id.to_owned()),
        ..ReportSubmitted::default()
    };
    CallReported { report_id: new.id("report"), submitted: Some(submitted) }
}

service! {
    CallService for Calls {
        by HOTLINE {
            answer_call: AnswerCallRequest => AnswerCallResponse, |_, _| CallAnswered {};
            record_hang_up: RecordHangUpRequest => RecordHangUpResponse, |_, _| CallHungUp {};
            return_call: ReturnCallRequest => ReturnCallResponse,
                |step, _| CallReturned { outcome: step.outcome };
            classify_call: ClassifyCallRequest => ClassifyCallResponse,
                |step, _| CallClassified { functions: step.functions };
            transfer_call: TransferCallRequest => TransferCallResponse,
                |step, _| CallTransferred {
                    to_unit_id: step.to_unit_id,
                    ..CallTransferred::default()
                };
            request_help: RequestHelpRequest => RequestHelpResponse { help_request_id: "help-request" },
                |step, new| HelpRequested {
                    help_request_id: new.id("help-request"),
                    kinds: step.kinds,
                    child: new.state.child.clone().and_then(|child| child.reference),
                    village_code: new.state.village_code.clone(),
                    details: Some(new.of_child(step.details)),
                };
            give_aid: GiveAidRequest => GiveAidResponse,
                |step, new| AidGiven {
                    function: step.function,
                    details: Some(new.of_child(step.details)),
                };
            follow_up_call: FollowUpCallRequest => FollowUpCallResponse,
                |step, new| CallFollowedUp {
                    result: step.result,
                    details: step.details.map(|details| new.of_child(details)),
                };
            close_call: CloseCallRequest => CloseCallResponse,
                |step, new| CallClosed {
                    means: step.means,
                    feedback: input::of(&new.state.caller_person_id, step.feedback),
                };
        }
    }

    async fn record_ring(
        &self,
        request: Request<RecordRingRequest>,
    ) -> Result<Response<RecordRingResponse>, Status> {
        let (call, principal) = self.desk.gate.command(&request, &HOTLINE)?;
        let request = request.into_inner();
        let occurred_at = occurred_at(&request);
        let caller_person_id = call.command_id.new_id("caller");
        let rang = CallRang {
            unit_id: principal.unit,
            area: principal.area,
            phone: input::of(&caller_person_id, request.phone),
            caller_person_id,
        };
        let id = call.command_id.new_id("call");
        let done = self.desk.handler.create(&call, &id, &Command::Ring { rang, occurred_at }).await;
        let receipt = receipt_of(done)?;
        Ok(Response::new(RecordRingResponse { receipt }))
    }

    async fn register_call(
        &self,
        request: Request<RegisterCallRequest>,
    ) -> Result<Response<RegisterCallResponse>, Status> {
        let hashing = self.desk.gate.hashing();
        let registered = self.desk.step(&HOTLINE, request, |step, new| {
            let (child, person_id) = input::child(step.child, new.command_id());
            CallRegistered {
                receipt_code_hash: input::receipt(hashing, new.command_id()).1,
                caller: Some(input::reporter(step.caller, &new.state.caller_person_id)),
                child: Some(child),
                village_code: step.village_code,
                place: input::of(&person_id, step.place),
                narrative: input::of(&person_id, step.narrative),
            }
        });
        let done = registered.await?;
        let (receipt_code, _) = input::receipt(hashing, &done.command_id);
        Ok(Response::new(RegisterCallResponse { receipt: done.receipt, receipt_code }))
    }

    async fn report_call(
        &self,
        request: Request<ReportCallRequest>,
    ) -> Result<Response<ReportCallResponse>, Status> {
        let hashing = self.desk.gate.hashing();
        let fact = |step, new: &New<'_, Call>| reported(step, new, input::receipt(hashing, new.command_id()).1);
        let done = self.desk.step(&HOTLINE, request, fact).await?;
        let (report_id, (receipt_code, _)) = (done.id("report"), input::receipt(hashing, &done.command_id));
        Ok(Response::new(ReportCallResponse { receipt: done.receipt, report_id, receipt_code }))
    }

    async fn get_call_receipt(
        &self,
        request: Request<GetCallReceiptRequest>,
    ) -> Result<Response<GetCallReceiptResponse>, Status> {
        let caller = self.desk.gate.query(&request, &ANYBODY)?;
        let GetCallReceiptRequest { receipt_code, freshness } = request.into_inner();
        let hash = self.desk.gate.hashing().receipt(&receipt_code);
        caller.fresh(&self.index, freshness).await?;
        let (found, position) = self.index.read(|index| index.receipt(&hash).cloned());
        let Some(found) = found else {
            let none = Rejection::not_found(INF_3, "没有此回执编号", "there is no such receipt code");
            return Err(status_of_rejection(&none));
        };
        Ok(Response::new(GetCallReceiptResponse {
            state: found.state,
            registered_at: Some(timestamp(found.received_at)),
            state_since: Some(timestamp(found.state_since)),
            position: position.0,
        }))
    }

    async fn list_calls(
        &self,
        request: Request<ListCallsRequest>,
    ) -> Result<Response<ListCallsResponse>, Status> {
        let caller = self.desk.gate.query(&request, &ANYBODY)?;
        let principal = &caller.principal;
        let whose = if HOTLINE.contains(&principal.department()) {
            Whose::HotlinesIn(&principal.area)
        } else {
            Whose::GivenTo(&principal.unit)
        };
        if principal.area.is_empty() || principal.unit.is_empty() {
            return Err(principal.denied());
        }
        let request = request.into_inner();
        let page = self.desk.gate.page(&caller, &request)?;
        caller.fresh(&self.index, request.freshness).await?;
        let now = self.desk.clock.now();
        let ((calls, next_page_token), position) = self.index.read(|index| {
            let mine = index.list(whose, request.filter(), now).into_iter();
            page.of(mine.map(|(id, entry)| listed(id, entry, now)))
        });
        Ok(Response::new(ListCallsResponse { calls, next_page_token, position: position.0 }))
    }
}

fn listed(id: &str, entry: &CallEntry, now: DateTime<Utc>) -> Listed {
    Listed {
        call_id: id.to_owned(),
        state: entry.state,
        rang_at: Some(timestamp(entry.rang_at)),
        functions: entry.functions.clone(),
        village_code: entry.village_code.clone(),
        report_ids: entry.report_ids.clone(),
        to_unit_ids: entry.to_unit_ids.clone(),
        follow_ups: entry.follow_ups,
        due_at: entry.due_at().map(timestamp),
        overdue: entry.is_overdue(now),
        position: entry.position,
    }
}
