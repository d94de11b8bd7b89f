//! Endpoints: a unit's own, and every unit's for civil affairs. Addresses go in and never come out.

use kinward_chassis::{ANYBODY, Gate, Runtime, occurred_at, receipt_of};
use kinward_contracts::notification::v1::{
    ConfigureEndpointRequest, ConfigureEndpointResponse, Endpoint as Written, ListEndpointsRequest,
    ListEndpointsResponse, ListedEndpoint, WithdrawEndpointRequest, WithdrawEndpointResponse,
};
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::notification::v1::endpoint_service_server::EndpointService;
use kinward_eventlog::{Handler, Live};
use kinward_notification_domain::endpoint::{Command, Endpoint};
use kinward_notification_domain::indexes::Deliveries;
use tonic::{Request, Response, Status};

pub(crate) struct Endpoints {
    gate: Gate,
    endpoints: Handler<Endpoint>,
    deliveries: Live<Deliveries>,
}

impl Endpoints {
    pub(crate) fn new(runtime: &Runtime, endpoints: Handler<Endpoint>, deliveries: Live<Deliveries>) -> Self {
        Self { gate: runtime.gate.clone(), endpoints, deliveries }
    }
}

#[tonic::async_trait]
impl EndpointService for Endpoints {
    async fn configure_endpoint(
        &self,
        request: Request<ConfigureEndpointRequest>,
    ) -> Result<Response<ConfigureEndpointResponse>, Status> {
        let (call, _) = self.gate.command(&request, &ANYBODY)?;
        let request = request.into_inner();
        let at = occurred_at(&request);
        let id = match request.endpoint_id.as_str() {
            "" => call.command_id.new_id("endpoint"),
            known => known.to_owned(),
        };
        let command = Command::Configure {
            endpoint: Written {
                unit_id: request.unit_id,
                role: request.role,
                channel: request.channel,
                language: request.language,
                quiet_hours: request.quiet_hours,
                holder_person_id: request.holder_person_id,
                names_child: request.names_child,
                ..Written::default()
            },
            address: request.address,
            secret: request.secret,
            occurred_at: at,
        };
        let done = self.endpoints.execute(&call, &id, &command).await;
        let receipt = receipt_of(done)?;
        Ok(Response::new(ConfigureEndpointResponse { receipt }))
    }

    async fn withdraw_endpoint(
        &self,
        request: Request<WithdrawEndpointRequest>,
    ) -> Result<Response<WithdrawEndpointResponse>, Status> {
        let (call, _) = self.gate.command(&request, &ANYBODY)?;
        let request = request.into_inner();
        let occurred_at = occurred_at(&request);
        let command = Command::Withdraw { reason_code: request.reason_code, occurred_at };
        let done = self.endpoints.execute(&call, &request.endpoint_id, &command).await;
        let receipt = receipt_of(done)?;
        Ok(Response::new(WithdrawEndpointResponse { receipt }))
    }

    async fn list_endpoints(
        &self,
        request: Request<ListEndpointsRequest>,
    ) -> Result<Response<ListEndpointsResponse>, Status> {
        let caller = self.gate.query(&request, &ANYBODY)?;
        let request = request.into_inner();
        let page = self.gate.page(&caller, &request)?;
        caller.fresh(&self.deliveries, request.freshness).await?;
        let ((endpoints, next_page_token), position) = self.deliveries.read(|index| {
            let mine = index
                .endpoints()
                .filter(|(_, known)| !known.withdrawn && sees(&caller.principal, &known.endpoint))
                .map(|(id, known)| ListedEndpoint {
                    endpoint_id: id.to_owned(),
                    endpoint: Some(known.endpoint.clone()),
                });
            page.of(mine)
        });
        Ok(Response::new(ListEndpointsResponse { endpoints, next_page_token, position: position.0 }))
    }
}

/// A department sees its own inside its area, civil affairs every one inside its area.
pub(super) fn sees(caller: &kinward_chassis::Principal, endpoint: &Written) -> bool {
    let department = caller.department();
    (department == Department::CivilAffairs || i32::from(department) == endpoint.department)
        && caller.covers(&endpoint.area)
}
