//! Protection orders (LAW-4).

use super::desk::{Desk, New, open_duties};
use super::service;
use kinward_chassis::Runtime;
use kinward_contracts::custody::v1::{
    AcceptOrderApplicationRequest, AcceptOrderApplicationResponse, ApplyForProtectionOrderRequest,
    ApplyForProtectionOrderResponse, BreachSanctioned, DecideReviewRequest, DecideReviewResponse,
    ExtendProtectionOrderRequest, ExtendProtectionOrderResponse, GetProtectionOrderRequest,
    GetProtectionOrderResponse, GrantProtectionOrderRequest, GrantProtectionOrderResponse,
    ListProtectionOrderDutiesRequest, ListProtectionOrderDutiesResponse, OrderApplicationAccepted,
    ProtectionOrderAppliedFor, ProtectionOrderBreached, ProtectionOrderExtended, ProtectionOrderGranted,
    ProtectionOrderRefused, ProtectionOrderRevoked, ProtectionOrderServed, ProtectionOrderVaried,
    RecordBreachRequest, RecordBreachResponse, RefuseProtectionOrderRequest, RefuseProtectionOrderResponse,
    RequestReviewRequest, RequestReviewResponse, ReviewDecided, ReviewRequested,
    RevokeProtectionOrderRequest, RevokeProtectionOrderResponse, SanctionBreachRequest,
    SanctionBreachResponse, ServeProtectionOrderRequest, ServeProtectionOrderResponse,
    VaryProtectionOrderRequest, VaryProtectionOrderResponse, order_event::Event,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{ChildReference, Department, Sealed};
use kinward_contracts_grpc::custody::v1::order_service_server::OrderService;
use kinward_custody_domain::order::{self, Command, Order};
use kinward_eventlog::Handler;
use tonic::{Request, Response, Status};

/// Who takes part; what each may do, the rules say.
const MAY: [Department; 7] = [
    Department::Court,
    Department::PublicSecurity,
    Department::Village,
    Department::Township,
    Department::CivilAffairs,
    Department::WomensFederation,
    Department::Justice,
];

/// The service.
pub(crate) type Orders = Desk<Order>;

impl Orders {
    pub(crate) fn of(runtime: &Runtime, orders: Handler<Order>) -> Self {
        Self::new(runtime, orders, &MAY)
    }
}

service! {
    OrderService for Orders {
        accept_order_application: AcceptOrderApplicationRequest => AcceptOrderApplicationResponse,
            |step, _: &New<'_>| {
                Event::OrderApplicationAccepted(OrderApplicationAccepted { urgent: step.urgent })
            };
        grant_protection_order: GrantProtectionOrderRequest => GrantProtectionOrderResponse,
            |step, new: &New<'_>| {
                Event::ProtectionOrderGranted(ProtectionOrderGranted {
                    measures: step.measures,
                    other_measures: step.other_measures.map(|text| new.of_child(text)),
                    valid_until: step.valid_until,
                    ..ProtectionOrderGranted::default()
                })
            };
        refuse_protection_order: RefuseProtectionOrderRequest => RefuseProtectionOrderResponse,
            |step, new: &New<'_>| {
                let reason = Some(new.of_child(step.reason));
                Event::ProtectionOrderRefused(ProtectionOrderRefused { reason })
            };
        serve_protection_order: ServeProtectionOrderRequest => ServeProtectionOrderResponse,
            |step, _: &New<'_>| {
                Event::ProtectionOrderServed(ProtectionOrderServed { served_on: step.served_on })
            };
        extend_protection_order: ExtendProtectionOrderRequest => ExtendProtectionOrderResponse,
            |step, _: &New<'_>| {
                let valid_until = step.valid_until;
                let extended = ProtectionOrderExtended { valid_until, ..ProtectionOrderExtended::default() };
                Event::ProtectionOrderExtended(extended)
            };
        vary_protection_order: VaryProtectionOrderRequest => VaryProtectionOrderResponse,
            |step, new: &New<'_>| {
                Event::ProtectionOrderVaried(ProtectionOrderVaried {
                    measures: step.measures,
                    other_measures: step.other_measures.map(|text| new.of_child(text)),
                    ..ProtectionOrderVaried::default()
                })
            };
        revoke_protection_order: RevokeProtectionOrderRequest => RevokeProtectionOrderResponse,
            |_, _: &New<'_>| Event::ProtectionOrderRevoked(ProtectionOrderRevoked::default());
        sanction_breach: SanctionBreachRequest => SanctionBreachResponse, |step, _: &New<'_>| {
            Event::BreachSanctioned(BreachSanctioned {
                breach_id: step.breach_id,
                sanction: step.sanction,
                fine_yuan: step.fine_yuan,
                detention_days: step.detention_days,
            })
        };
        request_review: RequestReviewRequest => RequestReviewResponse, |step, _: &New<'_>| {
            Event::ReviewRequested(ReviewRequested { by_respondent: step.by_respondent })
        };
        decide_review: DecideReviewRequest => DecideReviewResponse, |step, _: &New<'_>| {
            Event::ReviewDecided(ReviewDecided { outcome: step.outcome })
        };
    }

    async fn apply_for_protection_order(
        &self,
        request: Request<ApplyForProtectionOrderRequest>,
    ) -> Result<Response<ApplyForProtectionOrderResponse>, Status> {
        let receipt = self
            .open(
                request,
                |applying| Some(applying.village_code.clone()),
                |applying, call, occurred_at| {
                    let person_id = applying.child_id.clone();
                    let applied = ProtectionOrderAppliedFor {
                        grounds: Some(Sealed::plain(&person_id, applying.grounds)),
                        child: Some(ChildReference { child_id: Some(applying.child_id), person_id }),
                        village_code: Some(applying.village_code),
                        respondent_person_id: applying.respondent_person_id,
                        applicant: applying.applicant,
                        applicant_unit_id: None,
                        court_unit_id: applying.court_unit_id,
                        case_id: applying.case_id,
                        incident_id: applying.incident_id,
                    };
                    (call.command_id.new_id("order"), Command::Apply { applied, occurred_at })
                },
            )
            .await?;
        Ok(Response::new(ApplyForProtectionOrderResponse { receipt }))
    }

    async fn record_breach(
        &self,
        request: Request<RecordBreachRequest>,
    ) -> Result<Response<RecordBreachResponse>, Status> {
        let mut breach_id = String::new();
        let receipt = self
            .step(request, |step, new| {
                breach_id = new.id("breach");
                Event::ProtectionOrderBreached(ProtectionOrderBreached {
                    breach_id: breach_id.clone(),
                    description: Some(new.of_child(step.description)),
                    ..ProtectionOrderBreached::default()
                })
            })
            .await?;
        Ok(Response::new(RecordBreachResponse { receipt, breach_id }))
    }

    async fn get_protection_order(
        &self,
        request: Request<GetProtectionOrderRequest>,
    ) -> Result<Response<GetProtectionOrderResponse>, Status> {
        let folded = self.read(&request, &request.get_ref().order_id).await?;
        let state = &folded.state;
        Ok(Response::new(GetProtectionOrderResponse {
            stage: state.stage,
            measures: state.measures.clone(),
            granted_at: state.granted_at.map(timestamp),
            valid_until: state.valid_until.map(|day| day.to_string()).unwrap_or_default(),
            served_on: state.served.iter().copied().collect(),
            breaches: u32::try_from(state.breaches.len()).unwrap_or(u32::MAX),
            position: folded.position.0,
        }))
    }

    async fn list_protection_order_duties(
        &self,
        request: Request<ListProtectionOrderDutiesRequest>,
    ) -> Result<Response<ListProtectionOrderDutiesResponse>, Status> {
        let folded = self.read(&request, &request.get_ref().order_id).await?;
        let duties = open_duties(order::duties(&folded.state));
        Ok(Response::new(ListProtectionOrderDutiesResponse { duties, position: folded.position.0 }))
    }
}
