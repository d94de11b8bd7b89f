//! One rpc for each step: the request becomes the fact it asks to record. No rules, no storage.

use super::view::view;
use super::{history, lists};
use kinward_assessment_domain::assessment::{Assessment, Command};
use kinward_assessment_domain::indexes;
use kinward_assessment_domain::rules::ASM_1;
use kinward_chassis::{Gate, Runtime, occurred_at, receipt, status_of_log, status_of_rejection};
use kinward_contracts::assessment::v1::{
    AssessDimensionRequest, AssessDimensionResponse, AssessmentEvent, AssessmentFinalised, AssessmentOpened,
    ClosePlanRequest, ClosePlanResponse, CloseServiceRequest, CloseServiceResponse, DeclineInvitationRequest,
    DeclineInvitationResponse, DimensionAssessed, DrawUpPlanRequest, DrawUpPlanResponse,
    FinaliseAssessmentRequest, FinaliseAssessmentResponse, GetAssessmentRequest, GetAssessmentResponse,
    GiveInputRequest, GiveInputResponse, InputGiven, InvitationDeclined, InviteParticipantRequest,
    InviteParticipantResponse, ListAssessmentsRequest, ListAssessmentsResponse, Need, OpenAssessmentRequest,
    OpenAssessmentResponse, OrderServiceRequest, OrderServiceResponse, ParticipantInvited, PlanClosed,
    PlanDrawnUp, PlanItem, RecordDeliveryRequest, RecordDeliveryResponse, ReviewServiceRequest,
    ReviewServiceResponse, ServiceClosed, ServiceDelivered, ServiceOrdered, ServiceReviewed,
    assessment_event::Event,
};
use kinward_contracts::r#type::v1::{ChildReference, Department, Receipt, Sealed};
use kinward_contracts::{CommandRequest, EventMessage as _, Validate};
use kinward_contracts_grpc::assessment::v1::assessment_service_server::AssessmentService;
use kinward_eventlog::{Call, Handler, Live, Log};
use kinward_eventsourcing::{Folded, Rejection};
use kinward_privacy::Opener;
use tonic::{Request, Response, Status};

/// Who takes part (ASM-1, ASM-2); what each may do, the rules say.
const MAY: [Department; 15] = [
    Department::Township,
    Department::Village,
    Department::CivilAffairs,
    Department::PublicSecurity,
    Department::Education,
    Department::Health,
    Department::Justice,
    Department::WomensFederation,
    Department::YouthLeague,
    Department::DisabledPersonsFederation,
    Department::TradeUnion,
    Department::NextGenerationCommittee,
    Department::Finance,
    Department::Transport,
    Department::Court,
];
/// Who sees the assessments of an area in a list.
const HANDLERS: [Department; 3] =
    [Department::Township, Department::CivilAffairs, Department::PublicSecurity];

pub(crate) struct Assessments {
    gate: Gate,
    log: Log,
    opener: Opener,
    assessments: Handler<Assessment>,
    all: Live<indexes::Assessments>,
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
    pub(crate) fn new(
        runtime: &Runtime,
        assessments: Handler<Assessment>,
        all: Live<indexes::Assessments>,
    ) -> Self {
        let (gate, log, opener) = (runtime.gate.clone(), runtime.log.clone(), runtime.opener.clone());
        Self { gate, log, opener, assessments, all }
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
    async fn open_assessment(
        &self,
        request: Request<OpenAssessmentRequest>,
    ) -> Result<Response<OpenAssessmentResponse>, Status> {
        let (call, _) = self.gate.command(&request, &MAY)?;
        let request = request.into_inner();
        let occurred_at = occurred_at(&request);
        let person_id = request.child_id.clone();
        let opened = AssessmentOpened {
            concern: Some(Sealed::plain(&person_id, request.concern)),
            child: Some(ChildReference { child_id: Some(request.child_id), person_id }),
            village_code: Some(request.village_code),
            immediate: request.immediate,
            reason: request.reason,
            ..AssessmentOpened::default()
        };
        let id = call.command_id.new_id("assessment");
        let done = self.assessments.create(&call, &id, &Command::OpenByHand { opened, occurred_at }).await;
        let receipt = receipt(done.map_err(|error| status_of_log(&error))?);
        Ok(Response::new(OpenAssessmentResponse { receipt }))
    }

    async fn invite_participant(
        &self,
        request: Request<InviteParticipantRequest>,
    ) -> Result<Response<InviteParticipantResponse>, Status> {
        let mut participant_id = String::new();
        let receipt = self
            .step(request, |step, new| {
                let state = &new.folded.state;
                let by_person = |person: &String| {
                    state.participants.iter().find(|(_, one)| one.person_id.as_ref() == Some(person))
                };
                let known = match &step.person_id {
                    Some(person) => by_person(person).map(|(id, _)| id.clone()),
                    None => state.participant_of(step.department, &step.unit_id).map(|(id, _)| id.to_owned()),
                };
                participant_id = known.unwrap_or_else(|| new.id("participant"));
                Event::ParticipantInvited(ParticipantInvited {
                    department: step.department,
                    unit_id: step.unit_id,
                    participant_id: participant_id.clone(),
                    kind: step.kind,
                    person_id: step.person_id,
                    relation: step.relation,
                })
            })
            .await?;
        Ok(Response::new(InviteParticipantResponse { receipt, participant_id }))
    }

    async fn decline_invitation(
        &self,
        request: Request<DeclineInvitationRequest>,
    ) -> Result<Response<DeclineInvitationResponse>, Status> {
        let receipt = self
            .step(request, |step, new| {
                Event::InvitationDeclined(InvitationDeclined {
                    participant_id: step.participant_id.unwrap_or_default(),
                    reason: Some(new.of_child(step.reason)),
                })
            })
            .await?;
        Ok(Response::new(DeclineInvitationResponse { receipt }))
    }

    async fn give_input(
        &self,
        request: Request<GiveInputRequest>,
    ) -> Result<Response<GiveInputResponse>, Status> {
        let receipt = self
            .step(request, |step, new| {
                Event::InputGiven(InputGiven {
                    department: 0,
                    statement: Some(new.of_child(step.statement)),
                    participant_id: step.participant_id,
                })
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
                    evidence_ids: step.evidence_ids,
                    economic_hardship: step.economic_hardship,
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
                let plan = plan(step, new);
                made = plan.items.iter().map(|item| item.item_id.clone()).collect();
                Event::PlanDrawnUp(plan)
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
            .step(request, |step, new| {
                Event::ServiceReviewed(ServiceReviewed {
                    item_id: step.item_id,
                    continue_service: step.continue_service,
                    findings: step.findings.map(|findings| new.of_child(findings)),
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
        let receipt = self.step(request, |_, _| Event::PlanClosed(PlanClosed {})).await?;
        Ok(Response::new(ClosePlanResponse { receipt }))
    }

    async fn get_assessment(
        &self,
        request: Request<GetAssessmentRequest>,
    ) -> Result<Response<GetAssessmentResponse>, Status> {
        let caller = self.gate.query(&request, &MAY)?;
        let id = request.into_inner().assessment_id;
        let events = history(&self.log, AssessmentEvent::AGGREGATE, &id).await?;
        let position = events.last().map(|event| event.position.0).unwrap_or_default();
        let assessment = view(&events, &caller, &self.opener).await?.ok_or_else(|| {
            let none = Rejection::not_found(ASM_1, "没有此评估", "there is no such assessment");
            status_of_rejection(&none)
        })?;
        Ok(Response::new(GetAssessmentResponse { assessment: Some(assessment), position }))
    }

    async fn list_assessments(
        &self,
        request: Request<ListAssessmentsRequest>,
    ) -> Result<Response<ListAssessmentsResponse>, Status> {
        let caller = self.gate.query(&request, &HANDLERS)?;
        let request = request.into_inner();
        let page = self.gate.page(&caller, &request)?;
        caller.fresh(&self.all, request.freshness).await?;
        let ((assessments, next_page_token), position) =
            self.all.read(|index| page.of(lists::wanted(index, &request, &caller.principal.area)));
        let position = position.0;
        Ok(Response::new(ListAssessmentsResponse { assessments, next_page_token, position }))
    }
}

/// Needs and their services, each with its id.
fn plan(request: DrawUpPlanRequest, new: &New<'_>) -> PlanDrawnUp {
    let (mut needs, mut items) = (Vec::new(), Vec::new());
    for (index, need) in request.needs.into_iter().enumerate() {
        let need_id = new.id(&format!("need-{index}"));
        for service in need.services {
            let item_id = new.id(&format!("item-{}", items.len()));
            items.push(PlanItem { item_id, service, need_id: need_id.clone() });
        }
        needs.push(Need {
            need_id,
            dimension: need.dimension,
            description: Some(new.of_child(need.description)),
            no_service_reason: need.no_service_reason.map(|reason| new.of_child(reason)),
        });
    }
    PlanDrawnUp { goals: Some(new.of_child(request.goals)), items, needs }
}
