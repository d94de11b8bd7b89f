//! What became of every notice on every channel, and sending one again.

use super::endpoints::sees;
use kinward_chassis::{ANYBODY, Gate, Principal, Runtime, occurred_at, receipt_of};
use kinward_contracts::notification::v1::{
    Delivery, DeliveryStatus, ListDeliveriesRequest, ListDeliveriesResponse, ResendDeliveryRequest,
    ResendDeliveryResponse,
};
use kinward_contracts::timestamp;
use kinward_contracts_grpc::notification::v1::delivery_service_server::DeliveryService;
use kinward_eventlog::{Handler, Live};
use kinward_notification_domain::indexes::{self, DeliveryEntry, Known};
use kinward_notification_domain::notice::{Command, Notice, Phase, message_id};
use tonic::{Request, Response, Status};

pub(crate) struct Deliveries {
    gate: Gate,
    notices: Handler<Notice>,
    deliveries: Live<indexes::Deliveries>,
}

impl Deliveries {
    pub(crate) fn new(
        runtime: &Runtime,
        notices: Handler<Notice>,
        deliveries: Live<indexes::Deliveries>,
    ) -> Self {
        Self { gate: runtime.gate.clone(), notices, deliveries }
    }

    fn must_see(&self, caller: &Principal, endpoint_id: &str) -> Result<(), Status> {
        let (seen, _) = self
            .deliveries
            .read(|index| index.endpoint(endpoint_id).is_some_and(|known| sees(caller, &known.endpoint)));
        if seen { Ok(()) } else { Err(caller.denied()) }
    }
}

#[tonic::async_trait]
impl DeliveryService for Deliveries {
    async fn list_deliveries(
        &self,
        request: Request<ListDeliveriesRequest>,
    ) -> Result<Response<ListDeliveriesResponse>, Status> {
        let caller = self.gate.query(&request, &ANYBODY)?;
        let request = request.into_inner();
        let page = self.gate.page(&caller, &request)?;
        caller.fresh(&self.deliveries, request.freshness).await?;
        let wanted = |notice: &str, endpoint: &str, entry: &DeliveryEntry| {
            request.notice_id.as_ref().is_none_or(|id| id == notice)
                && request.endpoint_id.as_ref().is_none_or(|id| id == endpoint)
                && (request.status == 0 || request.status == i32::from(status(&entry.delivery.phase)))
        };
        let ((deliveries, next_page_token), position) = self.deliveries.read(|index| {
            let all = index.all().into_iter().filter_map(|(notice, endpoint, entry)| {
                let known = index.endpoint(endpoint)?;
                let shown = sees(&caller.principal, &known.endpoint) && wanted(notice, endpoint, entry);
                shown.then(|| delivery(notice, endpoint, entry, known))
            });
            page.of(all)
        });
        Ok(Response::new(ListDeliveriesResponse { deliveries, next_page_token, position: position.0 }))
    }

    async fn resend_delivery(
        &self,
        request: Request<ResendDeliveryRequest>,
    ) -> Result<Response<ResendDeliveryResponse>, Status> {
        let (call, principal) = self.gate.command(&request, &ANYBODY)?;
        let request = request.into_inner();
        self.must_see(&principal, &request.endpoint_id)?;
        let occurred_at = occurred_at(&request);
        let command = Command::Resend { endpoint_id: request.endpoint_id, occurred_at };
        let done = self.notices.execute(&call, &request.notice_id, &command).await;
        let receipt = receipt_of(done)?;
        Ok(Response::new(ResendDeliveryResponse { receipt }))
    }
}

fn status(phase: &Phase) -> DeliveryStatus {
    match phase {
        Phase::Due => DeliveryStatus::Pending,
        Phase::Attempting { .. } => DeliveryStatus::Unknown,
        Phase::Waiting { .. } => DeliveryStatus::Retrying,
        Phase::Deferred { .. } => DeliveryStatus::Deferred,
        Phase::Delivered => DeliveryStatus::Delivered,
        Phase::DeadLettered => DeliveryStatus::DeadLettered,
        Phase::Withheld => DeliveryStatus::Withheld,
    }
}

fn delivery(notice_id: &str, endpoint_id: &str, entry: &DeliveryEntry, known: &Known) -> Delivery {
    let delivery = &entry.delivery;
    Delivery {
        notice_id: notice_id.to_owned(),
        endpoint_id: endpoint_id.to_owned(),
        channel: known.endpoint.channel,
        status: status(&delivery.phase).into(),
        attempts: delivery.attempts,
        message_id: message_id(notice_id, endpoint_id),
        code: delivery.code.clone(),
        attempted_at: delivery.attempted_at.map(timestamp),
        next_at: delivery.until().map(timestamp),
        position: entry.position,
        outcome_unknown: delivery.unknown,
    }
}
