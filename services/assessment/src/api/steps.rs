//! One rpc for each step: the request becomes the fact it asks to record. No rules, no storage.

use super::view::view;
use super::{history, lists};
use kinward_assessment_domain::assessment::{Assessment, Command, Participant};
use kinward_assessment_domain::indexes;
use kinward_chassis::{Desk, New, Runtime, service, status_of_rejection};
use kinward_contracts::assessment::v1::{
    AssessDimensionRequest, AssessDimensionResponse, AssessmentFinalised, AssessmentOpened, ClosePlanRequest,
    ClosePlanResponse, CloseServiceRequest, CloseServiceResponse, DeclineInvitationRequest,
    DeclineInvitationResponse, DimensionAssessed, DrawUpPlanRequest, DrawUpPlanResponse,
    FinaliseAssessmentRequest, FinaliseAssessmentResponse, GetAssessmentRequest, GetAssessmentResponse,
    GiveInputRequest, GiveInputResponse, InputGiven, InvitationDeclined, InviteParticipantRequest,
    InviteParticipantResponse, ListAssessmentsRequest, ListAssessmentsResponse, Need, OpenAssessmentRequest,
    OpenAssessmentResponse, OrderServiceRequest, OrderServiceResponse, ParticipantInvited, PlanClosed,
    PlanDrawnUp, PlanItem, RecordDeliveryRequest, RecordDeliveryResponse, ReviewServiceRequest,
    ReviewServiceResponse, ServiceClosed, ServiceDelivered, ServiceOrdered, ServiceReviewed,
};
use kinward_contracts::r#type::v1::{ChildReference, Department, Sealed};
use kinward_contracts_grpc::assessment::v1::assessment_service_server::AssessmentService;
use kinward_eventlog::{Handler, Live};
use kinward_eventsourcing::Recording as _;
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
    desk: Desk<Assessment>,
    all: Live<indexes::Assessments>,
}

impl Assessments {
    pub(crate) fn new(
        runtime: &Runtime,
        assessments: Handler<Assessment>,
        all: Live<indexes::Assessments>,
    ) -> Self {
        Self { desk: Desk::new(runtime, assessments), all }
    }
}

service! {
    AssessmentService for Assessments {
        by MAY {
            decline_invitation: DeclineInvitationRequest => DeclineInvitationResponse,
                |step, new| InvitationDeclined {
                    participant_id: step.participant_id.unwrap_or_default(),
                    reason: Some(new.of_child(step.reason)),
                };
            give_input: GiveInputRequest => GiveInputResponse,
                |step, new| InputGiven {
                    department: 0,
                    statement: Some(new.of_child(step.statement)),
                    participant_id: step.participant_id,
                };
            assess_dimension: AssessDimensionRequest => AssessDimensionResponse,
                |step, new| DimensionAssessed {
                    dimension: step.dimension,
                    score: step.score,
                    findings: Some(new.of_child(step.findings)),
                };
            finalise_assessment: FinaliseAssessmentRequest => FinaliseAssessmentResponse,
                |step, _| AssessmentFinalised {
                    risk: step.risk,
                    grounds: step.grounds,
                    guardian_person_ids: step.guardian_person_ids,
                    evidence_ids: step.evidence_ids,
                    economic_hardship: step.economic_hardship,
                    ..AssessmentFinalised::default()
                };
            order_service: OrderServiceRequest => OrderServiceResponse,
                |step, _| ServiceOrdered {
                    item_id: step.item_id,
                    provider_unit_id: step.provider_unit_id,
                };
            record_delivery: RecordDeliveryRequest => RecordDeliveryResponse,
                |step, new| ServiceDelivered {
                    item_id: step.item_id,
                    report: Some(new.of_child(step.report)),
                };
            review_service: ReviewServiceRequest => ReviewServiceResponse,
                |step, new| ServiceReviewed {
                    item_id: step.item_id,
                    continue_service: step.continue_service.unwrap_or_default(),
                    findings: step.findings.map(|findings| new.of_child(findings)),
                };
            close_service: CloseServiceRequest => CloseServiceResponse,
                |step, _| ServiceClosed { item_id: step.item_id, outcome: step.outcome };
            close_plan: ClosePlanRequest => ClosePlanResponse, |_, _| PlanClosed {};
        }
    }

    async fn open_assessment(
        &self,
        request: Request<OpenAssessmentRequest>,
    ) -> Result<Response<OpenAssessmentResponse>, Status> {
        // whose the place is, the rules say
        let opened = self.desk.open(&MAY, request, |_| None, |opening, call, occurred_at| {
            let person_id = opening.child_id.clone();
            let opened = AssessmentOpened {
                concern: Some(Sealed::plain(&person_id, opening.concern)),
                child: Some(ChildReference { child_id: Some(opening.child_id), person_id }),
                village_code: Some(opening.village_code),
                immediate: opening.immediate,
                reason: opening.reason,
                ..AssessmentOpened::default()
            };
            (call.command_id.new_id("assessment"), Command::OpenByHand { opened, occurred_at })
        });
        Ok(Response::new(OpenAssessmentResponse { receipt: opened.await?.receipt }))
    }

    async fn invite_participant(
        &self,
        request: Request<InviteParticipantRequest>,
    ) -> Result<Response<InviteParticipantResponse>, Status> {
        let mut participant_id = String::new();
        let invited = self.desk.step(&MAY, request, |step, new| {
            let known = if let Some(person) = &step.person_id {
                let of_person = |one: &&Participant| one.person_id.as_ref() == Some(person);
                new.state.participants.iter().find(|(_, one)| of_person(one)).map(|(id, _)| id.clone())
            } else {
                new.state.participant_of(step.department, &step.unit_id).map(|(id, _)| id.to_owned())
            };
            participant_id = known.unwrap_or_else(|| new.id("participant"));
            ParticipantInvited {
                department: step.department,
                unit_id: step.unit_id,
                participant_id: participant_id.clone(),
                kind: step.kind,
                person_id: step.person_id,
                relation: step.relation,
            }
        });
        Ok(Response::new(InviteParticipantResponse { receipt: invited.await?.receipt, participant_id }))
    }

    async fn draw_up_plan(
        &self,
        request: Request<DrawUpPlanRequest>,
    ) -> Result<Response<DrawUpPlanResponse>, Status> {
        let mut item_ids = Vec::new();
        let drawn = self.desk.step(&MAY, request, |step, new| {
            let plan = plan(step, new);
            item_ids = plan.items.iter().map(|item| item.item_id.clone()).collect();
            plan
        });
        Ok(Response::new(DrawUpPlanResponse { receipt: drawn.await?.receipt, item_ids }))
    }

    async fn get_assessment(
        &self,
        request: Request<GetAssessmentRequest>,
    ) -> Result<Response<GetAssessmentResponse>, Status> {
        let caller = self.desk.gate.query(&request, &MAY)?;
        let id = request.into_inner().assessment_id;
        let events = history::<Assessment>(&self.desk.log, &id).await?;
        let position = events.last().map(|event| event.position.0).unwrap_or_default();
        let assessment = view(&events, &caller, &self.desk).await?.ok_or_else(|| status_of_rejection(&Assessment::unknown()))?;
        Ok(Response::new(GetAssessmentResponse { assessment: Some(assessment), position }))
    }

    async fn list_assessments(
        &self,
        request: Request<ListAssessmentsRequest>,
    ) -> Result<Response<ListAssessmentsResponse>, Status> {
        let caller = self.desk.gate.query(&request, &HANDLERS)?;
        let request = request.into_inner();
        let page = self.desk.gate.page(&caller, &request)?;
        caller.fresh(&self.all, request.freshness).await?;
        let ((assessments, next_page_token), position) =
            self.all.read(|index| page.of(lists::wanted(index, &request, &caller.principal.area)));
        let position = position.0;
        Ok(Response::new(ListAssessmentsResponse { assessments, next_page_token, position }))
    }
}

/// Needs and their services, each with its id.
fn plan(request: DrawUpPlanRequest, new: &New<'_, Assessment>) -> PlanDrawnUp {
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
