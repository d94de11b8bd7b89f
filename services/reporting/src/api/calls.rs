//! Calls of the hotline: one rpc for each step; the request becomes the fact it asks to record.

use super::{ANYBODY, input};
use chrono::{DateTime, Utc};
use kinward_chassis::{
    Caller, Gate, Runtime, denied, occurred_at, receipt, status_of_log, status_of_rejection,
};
use kinward_contracts::reporting::v1::{
    AidGiven, AnswerCallRequest, AnswerCallResponse, Call as Listed, CallAnswered, CallClassified,
    CallClosed, CallFollowedUp, CallHungUp, CallRang, CallRegistered, CallReported, CallReturned,
    CallTransferred, ClassifyCallRequest, ClassifyCallResponse, CloseCallRequest, CloseCallResponse,
    FollowUpCallRequest, FollowUpCallResponse, GetCallReceiptRequest, GetCallReceiptResponse, GiveAidRequest,
    GiveAidResponse, HelpRequested, ListCallsRequest, ListCallsResponse, RecordHangUpRequest,
    RecordHangUpResponse, RecordRingRequest, RecordRingResponse, RegisterCallRequest, RegisterCallResponse,
    ReportCallRequest, ReportCallResponse, ReportSubmitted, RequestHelpRequest, RequestHelpResponse,
    ReturnCallRequest, ReturnCallResponse, TransferCallRequest, TransferCallResponse, call_event::Event,
};
use kinward_contracts::r#type::v1::{Department, Receipt, Sealed};
use kinward_contracts::{CommandRequest, Validate, timestamp};
use kinward_contracts_grpc::reporting::v1::call_service_server::CallService;
use kinward_eventlog::{Call as Command_, Handler, Live};
use kinward_eventsourcing::{Clock, Rejection};
use kinward_reporting_domain::call::{Call, Command, State};
use kinward_reporting_domain::indexes::{CallEntry, Calls as Index, Whose};
use kinward_reporting_domain::report::receipt_code;
use kinward_reporting_domain::rules::INF_3;
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// Who keeps the hotline.
const HOTLINE: [Department; 1] = [Department::CivilAffairs];

pub(crate) struct Calls {
    gate: Gate,
    clock: Arc<dyn Clock>,
    calls: Handler<Call>,
    index: Live<Index>,
}

/// The ids of what a step makes new, and whose data it carries.
struct New<'a> {
    call: &'a Command_,
    id: &'a str,
    state: &'a State,
}

impl New<'_> {
    /// Personal data of the child.
    fn of_child(&self, text: Option<String>) -> Option<Sealed> {
        input::of(self.state.child_person_id(), text)
    }

    /// Personal data of the caller.
    fn of_caller(&self, text: Option<String>) -> Option<Sealed> {
        input::of(&self.state.caller_person_id, text)
    }

    /// The report that was told in the call.
    fn reported(&self, step: ReportCallRequest) -> CallReported {
        let mut reporter = match step.reporter {
            Some(input) => input::reporter(Some(input), &self.state.caller_person_id),
            None => self.state.caller.clone().unwrap_or_default(),
        };
        if !reporter.anonymous && reporter.phone.is_none() {
            reporter.phone.clone_from(&self.state.phone);
        }
        let submitted = ReportSubmitted {
            receipt_code: receipt_code(&self.call.command_id),
            situations: step.situations,
            signs: step.signs,
            child: self.state.child.clone(),
            village_code: self.state.village_code.clone(),
            place: self.state.place.clone(),
            narrative: self.state.narrative.clone(),
            reporter: Some(reporter),
            call_id: Some(self.id.to_owned()),
            ..ReportSubmitted::default()
        };
        CallReported { report_id: self.call.command_id.new_id("report"), submitted: Some(submitted) }
    }
}

impl Calls {
    pub(crate) fn new(runtime: &Runtime, calls: Handler<Call>, index: Live<Index>) -> Self {
        Self { gate: runtime.gate.clone(), clock: Arc::clone(&runtime.clock), calls, index }
    }

    /// Records a fact; `event` makes it from the request.
    async fn step<M: CommandRequest + Validate>(
        &self,
        request: Request<M>,
        event: impl FnOnce(M, &New<'_>) -> Event + Send,
    ) -> Result<Option<Receipt>, Status> {
        let (call, principal) = self.gate.command(&request, &HOTLINE)?;
        let request = request.into_inner();
        let (id, occurred_at) = (request.aggregate_id().to_owned(), occurred_at(&request));
        let folded = self.calls.state(&id).await.map_err(|error| status_of_log(&error))?;
        if folded.exists() {
            Caller { principal, deadline: call.deadline }.must_cover(&folded.state.area)?;
        }
        let event = event(request, &New { call: &call, id: &id, state: &folded.state });
        let command = Command::Record { event: Box::new(event), occurred_at };
        let done = self.calls.execute(&call, &id, &command).await;
        done.map(receipt).map_err(|error| status_of_log(&error))
    }
}

#[tonic::async_trait]
impl CallService for Calls {
    async fn record_ring(
        &self,
        request: Request<RecordRingRequest>,
    ) -> Result<Response<RecordRingResponse>, Status> {
        let (call, principal) = self.gate.command(&request, &HOTLINE)?;
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
        let done = self.calls.create(&call, &id, &Command::Ring { rang, occurred_at }).await;
        let receipt = receipt(done.map_err(|error| status_of_log(&error))?);
        Ok(Response::new(RecordRingResponse { receipt }))
    }

    async fn register_call(
        &self,
        request: Request<RegisterCallRequest>,
    ) -> Result<Response<RegisterCallResponse>, Status> {
        let mut code = String::new();
        let receipt = self
            .step(request, |step, new| {
                code = receipt_code(&new.call.command_id);
                let (child, person_id) = input::child(step.child, &new.call.command_id);
                Event::CallRegistered(CallRegistered {
                    receipt_code: code.clone(),
                    caller: Some(input::reporter(step.caller, &new.state.caller_person_id)),
                    child: Some(child),
                    village_code: step.village_code,
                    place: input::of(&person_id, step.place),
                    narrative: input::of(&person_id, step.narrative),
                })
            })
            .await?;
        Ok(Response::new(RegisterCallResponse { receipt, receipt_code: code }))
    }

    async fn report_call(
        &self,
        request: Request<ReportCallRequest>,
    ) -> Result<Response<ReportCallResponse>, Status> {
        let (mut report_id, mut code) = (String::new(), String::new());
        let receipt = self
            .step(request, |step, new| {
                let reported = new.reported(step);
                report_id.clone_from(&reported.report_id);
                code = receipt_code(&new.call.command_id);
                Event::CallReported(reported)
            })
            .await?;
        Ok(Response::new(ReportCallResponse { receipt, report_id, receipt_code: code }))
    }

    async fn request_help(
        &self,
        request: Request<RequestHelpRequest>,
    ) -> Result<Response<RequestHelpResponse>, Status> {
        let mut help_request_id = String::new();
        let receipt = self
            .step(request, |step, new| {
                help_request_id = new.call.command_id.new_id("help-request");
                Event::HelpRequested(HelpRequested {
                    help_request_id: help_request_id.clone(),
                    kinds: step.kinds,
                    child: new.state.child.clone().and_then(|child| child.reference),
                    village_code: new.state.village_code.clone(),
                    details: new.of_child(Some(step.details)),
                })
            })
            .await?;
        Ok(Response::new(RequestHelpResponse { receipt, help_request_id }))
    }

    async fn answer_call(
        &self,
        request: Request<AnswerCallRequest>,
    ) -> Result<Response<AnswerCallResponse>, Status> {
        let receipt = self.step(request, |_, _| Event::CallAnswered(CallAnswered {})).await?;
        Ok(Response::new(AnswerCallResponse { receipt }))
    }

    async fn record_hang_up(
        &self,
        request: Request<RecordHangUpRequest>,
    ) -> Result<Response<RecordHangUpResponse>, Status> {
        let receipt = self.step(request, |_, _| Event::CallHungUp(CallHungUp {})).await?;
        Ok(Response::new(RecordHangUpResponse { receipt }))
    }

    async fn return_call(
        &self,
        request: Request<ReturnCallRequest>,
    ) -> Result<Response<ReturnCallResponse>, Status> {
        let receipt =
            self.step(request, |step, _| Event::CallReturned(CallReturned { outcome: step.outcome })).await?;
        Ok(Response::new(ReturnCallResponse { receipt }))
    }

    async fn classify_call(
        &self,
        request: Request<ClassifyCallRequest>,
    ) -> Result<Response<ClassifyCallResponse>, Status> {
        let receipt = self
            .step(request, |step, _| Event::CallClassified(CallClassified { functions: step.functions }))
            .await?;
        Ok(Response::new(ClassifyCallResponse { receipt }))
    }

    async fn transfer_call(
        &self,
        request: Request<TransferCallRequest>,
    ) -> Result<Response<TransferCallResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::CallTransferred(CallTransferred {
                    to_unit_id: step.to_unit_id,
                    ..CallTransferred::default()
                })
            })
            .await?;
        Ok(Response::new(TransferCallResponse { receipt }))
    }

    async fn give_aid(&self, request: Request<GiveAidRequest>) -> Result<Response<GiveAidResponse>, Status> {
        let receipt = self
            .step(request, |step, new| {
                Event::AidGiven(AidGiven {
                    function: step.function,
                    details: new.of_child(Some(step.details)),
                })
            })
            .await?;
        Ok(Response::new(GiveAidResponse { receipt }))
    }

    async fn follow_up_call(
        &self,
        request: Request<FollowUpCallRequest>,
    ) -> Result<Response<FollowUpCallResponse>, Status> {
        let receipt = self
            .step(request, |step, new| {
                Event::CallFollowedUp(CallFollowedUp {
                    result: step.result,
                    details: new.of_child(step.details),
                })
            })
            .await?;
        Ok(Response::new(FollowUpCallResponse { receipt }))
    }

    async fn close_call(
        &self,
        request: Request<CloseCallRequest>,
    ) -> Result<Response<CloseCallResponse>, Status> {
        let receipt = self
            .step(request, |step, new| {
                Event::CallClosed(CallClosed { means: step.means, feedback: new.of_caller(step.feedback) })
            })
            .await?;
        Ok(Response::new(CloseCallResponse { receipt }))
    }

    async fn get_call_receipt(
        &self,
        request: Request<GetCallReceiptRequest>,
    ) -> Result<Response<GetCallReceiptResponse>, Status> {
        let caller = self.gate.query(&request, &ANYBODY)?;
        let GetCallReceiptRequest { receipt_code, freshness } = request.into_inner();
        caller.fresh(&self.index, freshness).await?;
        let (found, position) = self.index.read(|index| index.receipt(&receipt_code).cloned());
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
        let caller = self.gate.query(&request, &ANYBODY)?;
        let principal = &caller.principal;
        let whose = if HOTLINE.contains(&principal.department()) {
            Whose::HotlinesIn(&principal.area)
        } else {
            Whose::GivenTo(&principal.unit)
        };
        if principal.area.is_empty() || principal.unit.is_empty() {
            return Err(denied());
        }
        let request = request.into_inner();
        let page = self.gate.page(&caller, &request)?;
        caller.fresh(&self.index, request.freshness).await?;
        let now = self.clock.now();
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
