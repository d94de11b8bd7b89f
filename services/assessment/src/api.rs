//! One rpc for each step: the request becomes the fact it asks to record. No rules, no storage.

use kinward_assessment_domain::assessment::{Assessment, Command};
use kinward_chassis::{Gate, Runtime, occurred_at, receipt, status_of_log};
use kinward_contracts::assessment::v1::{
    AssessDimensionRequest, AssessDimensionResponse, AssessmentFinalised, ClosePlanRequest,
    ClosePlanResponse, CloseServiceRequest, CloseServiceResponse, DimensionAssessed, DrawUpPlanRequest,
    DrawUpPlanResponse, FinaliseAssessmentRequest, FinaliseAssessmentResponse, GiveInputRequest,
    GiveInputResponse, InputGiven, InviteParticipantRequest, InviteParticipantResponse, OrderServiceRequest,
    OrderServiceResponse, ParticipantInvited, PlanClosed, PlanDrawnUp, PlanItem, RecordDeliveryRequest,
    RecordDeliveryResponse, ReviewServiceRequest, ReviewServiceResponse, ServiceClosed, ServiceDelivered,
    ServiceOrdered, ServiceReviewed, assessment_event::Event,
};
use kinward_contracts::r#type::v1::{Department, Receipt, Sealed};
use kinward_contracts::{CommandRequest, Validate};
use kinward_contracts_grpc::assessment::v1::assessment_service_server::AssessmentService;
use kinward_eventlog::{Call, Handler};
use kinward_eventsourcing::Folded;
use tonic::{Request, Response, Status};

/// Who takes part (ASM-1, ASM-2); what each may do, the rules say.
const MAY: [Department; 8] = [
    Department::Township,
    Department::Village,
    Department::CivilAffairs,
    Department::PublicSecurity,
    Department::Education,
    Department::Health,
    Department::Justice,
    Department::WomensFederation,
];

pub(crate) struct Assessments {
    gate: Gate,
    assessments: Handler<Assessment>,
}

/// The ids of what a step makes new, and whose data it carries.
struct New<'a> {
    call: &'a Call,
    folded: &'a Folded<Assessment>,
}

impl New<'_> {
    /// Id of something new; the same on every retry.
    fn id(&self, noun: &str) -> String {
        self.call.command_id.new_id(noun)
    }

    /// Personal data of the child.
    fn of_child(&self, text: impl Into<String>) -> Sealed {
        Sealed::plain(&self.folded.state.child_person_id, text)
    }
}

impl Assessments {
    pub(crate) fn new(runtime: &Runtime, assessments: Handler<Assessment>) -> Self {
        Self { gate: runtime.gate.clone(), assessments }
    }

    /// Records a fact; `event` makes it from the request.
    async fn step<M: CommandRequest + Validate>(
        &self,
        request: Request<M>,
        event: impl FnOnce(M, &New<'_>) -> Event + Send,
    ) -> Result<Option<Receipt>, Status> {
        let (call, _) = self.gate.command(&request, &MAY)?;
        let request = request.into_inner();
        let (id, occurred_at) = (request.aggregate_id().to_owned(), occurred_at(&request));
        let folded = self.assessments.state(&id).await.map_err(|error| status_of_log(&error))?;
        let event = event(request, &New { call: &call, folded: &folded });
        let done = self.assessments.execute(&call, &id, &Command::Record { event, occurred_at }).await;
        done.map(receipt).map_err(|error| status_of_log(&error))
    }
}

#[tonic::async_trait]
impl AssessmentService for Assessments {
    async fn invite_participant(
        &self,
        request: Request<InviteParticipantRequest>,
    ) -> Result<Response<InviteParticipantResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::ParticipantInvited(ParticipantInvited {
                    department: step.department,
                    unit_id: step.unit_id,
                })
            })
            .await?;
        Ok(Response::new(InviteParticipantResponse { receipt }))
    }

    async fn give_input(
        &self,
        request: Request<GiveInputRequest>,
    ) -> Result<Response<GiveInputResponse>, Status> {
        let receipt = self
            .step(request, |step, new| {
                Event::InputGiven(InputGiven { department: 0, statement: Some(new.of_child(step.statement)) })
            })
            .await?;
        Ok(Response::new(GiveInputResponse { receipt }))
    }

    async fn assess_dimension(
        &self,
        request: Request<AssessDimensionRequest>,
    ) -> Result<Response<AssessDimensionResponse>, Status> {
        let receipt = self
            .step(request, |step, new| {
                Event::DimensionAssessed(DimensionAssessed {
                    dimension: step.dimension,
                    score: step.score,
                    findings: Some(new.of_child(step.findings)),
                })
            })
            .await?;
        Ok(Response::new(AssessDimensionResponse { receipt }))
    }

    async fn finalise_assessment(
        &self,
        request: Request<FinaliseAssessmentRequest>,
    ) -> Result<Response<FinaliseAssessmentResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::AssessmentFinalised(AssessmentFinalised {
                    risk: step.risk,
                    grounds: step.grounds,
                    guardian_person_ids: step.guardian_person_ids,
                    ..AssessmentFinalised::default()
                })
            })
            .await?;
        Ok(Response::new(FinaliseAssessmentResponse { receipt }))
    }

    async fn draw_up_plan(
        &self,
        request: Request<DrawUpPlanRequest>,
    ) -> Result<Response<DrawUpPlanResponse>, Status> {
        let mut made = Vec::new();
        let receipt = self
            .step(request, |step, new| {
                let items: Vec<PlanItem> = step
                    .services
                    .iter()
                    .enumerate()
                    .map(|(index, service)| PlanItem {
                        item_id: new.id(&format!("item-{index}")),
                        service: *service,
                    })
                    .collect();
                made = items.iter().map(|item| item.item_id.clone()).collect();
                Event::PlanDrawnUp(PlanDrawnUp { goals: Some(new.of_child(step.goals)), items })
            })
            .await?;
        Ok(Response::new(DrawUpPlanResponse { receipt, item_ids: made }))
    }

    async fn order_service(
        &self,
        request: Request<OrderServiceRequest>,
    ) -> Result<Response<OrderServiceResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::ServiceOrdered(ServiceOrdered {
                    item_id: step.item_id,
                    provider_unit_id: step.provider_unit_id,
                })
            })
            .await?;
        Ok(Response::new(OrderServiceResponse { receipt }))
    }

    async fn record_delivery(
        &self,
        request: Request<RecordDeliveryRequest>,
    ) -> Result<Response<RecordDeliveryResponse>, Status> {
        let receipt = self
            .step(request, |step, new| {
                Event::ServiceDelivered(ServiceDelivered {
                    item_id: step.item_id,
                    report: Some(new.of_child(step.report)),
                })
            })
            .await?;
        Ok(Response::new(RecordDeliveryResponse { receipt }))
    }

    async fn review_service(
        &self,
        request: Request<ReviewServiceRequest>,
    ) -> Result<Response<ReviewServiceResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::ServiceReviewed(ServiceReviewed {
                    item_id: step.item_id,
                    continue_service: step.continue_service,
                })
            })
            .await?;
        Ok(Response::new(ReviewServiceResponse { receipt }))
    }

    async fn close_service(
        &self,
        request: Request<CloseServiceRequest>,
    ) -> Result<Response<CloseServiceResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::ServiceClosed(ServiceClosed { item_id: step.item_id, outcome: step.outcome })
            })
            .await?;
        Ok(Response::new(CloseServiceResponse { receipt }))
    }

    async fn close_plan(
        &self,
        request: Request<ClosePlanRequest>,
    ) -> Result<Response<ClosePlanResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                let _ = step;
                Event::PlanClosed(PlanClosed {})
            })
            .await?;
        Ok(Response::new(ClosePlanResponse { receipt }))
    }
}
