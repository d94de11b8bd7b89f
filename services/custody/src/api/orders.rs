//! Protection orders (LAW-4).

use kinward_chassis::{Desk, Runtime, service};
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
    VaryProtectionOrderRequest, VaryProtectionOrderResponse,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{ChildReference, Department, Sealed};
use kinward_contracts_grpc::custody::v1::order_service_server::OrderService;
use kinward_custody_domain::order::{self, Command, Order};
use kinward_eventlog::Handler;
use kinward_statute::Duty;
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
pub(crate) struct Orders {
    desk: Desk<Order>,
}

impl Orders {
    pub(crate) fn new(runtime: &Runtime, orders: Handler<Order>) -> Self {
        Self { desk: Desk::new(runtime, orders) }
    }
}

service! {
    OrderService for Orders {
        by MAY {
            accept_order_application: AcceptOrderApplicationRequest => AcceptOrderApplicationResponse,
                |step, _| OrderApplicationAccepted { urgent: step.urgent };
            grant_protection_order: GrantProtectionOrderRequest => GrantProtectionOrderResponse,
                |step, new| ProtectionOrderGranted {
                    measures: step.measures,
                    other_measures: step.other_measures.map(|text| new.of_child(text)),
                    valid_until: step.valid_until,
                    ..ProtectionOrderGranted::default()
                };
            refuse_protection_order: RefuseProtectionOrderRequest => RefuseProtectionOrderResponse,
                |step, new| ProtectionOrderRefused { reason: Some(new.of_child(step.reason)) };
            serve_protection_order: ServeProtectionOrderRequest => ServeProtectionOrderResponse,
                |step, _| ProtectionOrderServed { served_on: step.served_on };
            extend_protection_order: ExtendProtectionOrderRequest => ExtendProtectionOrderResponse,
                |step, _| ProtectionOrderExtended {
                    valid_until: step.valid_until,
                    ..ProtectionOrderExtended::default()
                };
            vary_protection_order: VaryProtectionOrderRequest => VaryProtectionOrderResponse,
                |step, new| ProtectionOrderVaried {
                    measures: step.measures,
                    other_measures: step.other_measures.map(|text| new.of_child(text)),
                    ..ProtectionOrderVaried::default()
                };
            revoke_protection_order: RevokeProtectionOrderRequest => RevokeProtectionOrderResponse,
                |_, _| ProtectionOrderRevoked::default();
            sanction_breach: SanctionBreachRequest => SanctionBreachResponse,
                |step, _| BreachSanctioned {
                    breach_id: step.breach_id,
                    sanction: step.sanction,
                    fine_yuan: step.fine_yuan,
                    detention_days: step.detention_days,
                };
            request_review: RequestReviewRequest => RequestReviewResponse,
                |step, _| ReviewRequested { by_respondent: step.by_respondent };
            decide_review: DecideReviewRequest => DecideReviewResponse,
                |step, _| ReviewDecided { outcome: step.outcome };
            record_breach: RecordBreachRequest => RecordBreachResponse { breach_id: "breach" },
                |step, new| ProtectionOrderBreached {
                    breach_id: new.id("breach"),
                    description: Some(new.of_child(step.description)),
                    ..ProtectionOrderBreached::default()
                };
        }
    }

    async fn apply_for_protection_order(
        &self,
        request: Request<ApplyForProtectionOrderRequest>,
    ) -> Result<Response<ApplyForProtectionOrderResponse>, Status> {
        let done = self
            .desk
            .open(
                &MAY,
                request,
                |applying| Some(applying.village_code.as_str()),
                |applying, call, occurred_at| {
                    let person_id = applying.child_id.clone();
                    let applied = ProtectionOrderAppliedFor {
                        facts: Some(Sealed::plain(&person_id, applying.facts)),
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
        Ok(Response::new(ApplyForProtectionOrderResponse { receipt: done.receipt }))
    }

    async fn get_protection_order(
        &self,
        request: Request<GetProtectionOrderRequest>,
    ) -> Result<Response<GetProtectionOrderResponse>, Status> {
        let folded = self.desk.read(&MAY, &request, &request.get_ref().order_id).await?;
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
        let id = &request.get_ref().order_id;
        let folded = self.desk.read(&MAY, &request, id).await?;
        let duties = Duty::of::<Order>(id, order::duties(&folded.state), self.desk.clock.now());
        Ok(Response::new(ListProtectionOrderDutiesResponse { duties, position: folded.position.0 }))
    }
}
