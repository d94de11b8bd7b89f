//! The notification service: telling departments, and knowing that they know.

mod api;
mod channels;
mod sender;

use channels::Channels;
use kinward_chassis::{Runtime, Service, StartError, Wiring};
use kinward_contracts_grpc::notification::v1::delivery_service_server::DeliveryServiceServer;
use kinward_contracts_grpc::notification::v1::endpoint_service_server::EndpointServiceServer;
use kinward_contracts_grpc::notification::v1::notice_service_server::NoticeServiceServer;
use kinward_notification_domain::notice::Command;
use kinward_notification_domain::processes::NotifyParties;
use sender::Sender;
use std::sync::Arc;

/// Notification.
#[derive(Clone, Copy, Debug)]
pub struct Notification;

impl Service for Notification {
    const NAME: &'static str = "notification";

    async fn build(runtime: &Runtime) -> Result<Wiring, StartError> {
        let (notices, endpoints) = (runtime.handler(), runtime.handler());
        runtime.process::<NotifyParties>(&notices);
        runtime.alarms(&notices, || Command::ObserveClocks);
        let (open, infringers, deliveries) =
            (runtime.index().await, runtime.index().await, runtime.index().await);
        let sender = Sender::new(
            runtime,
            notices.clone(),
            endpoints.clone(),
            deliveries.clone(),
            infringers.clone(),
            Channels::new(&runtime.settings)?,
        );
        let sender = Arc::new(sender);
        runtime.alone(sender::NAME, move |stop| Arc::clone(&sender).run(stop));
        let delivery_api = api::Deliveries::new(runtime, notices.clone(), deliveries.clone());
        let endpoint_api = api::Endpoints::new(runtime, endpoints, deliveries);
        let notice_api = api::Notices::new(runtime, notices, open, infringers);
        Ok(Wiring::default()
            .serve(NoticeServiceServer::new(notice_api))
            .serve(EndpointServiceServer::new(endpoint_api))
            .serve(DeliveryServiceServer::new(delivery_api)))
    }
}
