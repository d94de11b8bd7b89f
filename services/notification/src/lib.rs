//! The notification service: telling departments, and knowing that they know.

mod api;

use kinward_chassis::{Runtime, Service, StartError, Wiring};
use kinward_contracts_grpc::notification::v1::notice_service_server::NoticeServiceServer;
use kinward_notification_domain::notice::Command;
use kinward_notification_domain::processes::NotifyParties;

/// Notification.
#[derive(Clone, Copy, Debug)]
pub struct Notification;

impl Service for Notification {
    const NAME: &'static str = "notification";

    async fn build(runtime: &Runtime) -> Result<Wiring, StartError> {
        let notices = runtime.handler();
        runtime.process::<NotifyParties>(&notices);
        runtime.alarms(&notices, || Command::ObserveClocks);
        let open = runtime.index().await;
        Ok(Wiring::default().serve(NoticeServiceServer::new(api::Notices::new(runtime, notices, open))))
    }
}
