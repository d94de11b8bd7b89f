//! The rules of notification, against a real mail server and a real HTTP endpoint.

mod channels;
mod failing;
mod infringer;
mod watching;

use super::district;
use kinward::people;
use kinward::story::Story;
use kinward_chassis::{Principal, Settings, SmtpTls};
use kinward_contracts::notification::v1::{
    Channel, ConfigureEndpointRequest, Delivery, DeliveryStatus, ListDeliveriesRequest, ListNoticesRequest,
    Notice,
};
use kinward_contracts::r#type::v1::Freshness;
use kinward_story::District;
use kinward_testkit::{Mailbox, PostBox};
use std::time::Duration;
use tonic::Request;

const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// A mail server, an HTTP endpoint, and a district that knows them.
struct Outside {
    mailbox: Mailbox,
    post_box: PostBox,
}

impl Outside {
    async fn start() -> Self {
        Self { mailbox: Mailbox::start().await, post_box: PostBox::start().await }
    }

    async fn district(&self, change: impl FnOnce(&mut Settings)) -> District {
        let settings = |settings: &mut Settings| {
            settings.channels.allow_internal = true;
            settings.channels.smtp.host = self.mailbox.address().ip().to_string();
            settings.channels.smtp.port = self.mailbox.address().port();
            settings.channels.smtp.tls = SmtpTls::None;
            settings.channels.smtp.from = "kinward@heshan.example".to_owned();
            settings.channels.sms.url = self.post_box.url("/sms");
            settings.channels.sms.token = kinward_chassis::Secret("gateway-token".to_owned());
            change(settings);
        };
        District::start_with(settings).await.unwrap()
    }
}

/// What a unit configures.
fn endpoint(unit: &Principal, channel: Channel, address: &str) -> ConfigureEndpointRequest {
    let secret = if channel == Channel::Webhook { SECRET } else { "" };
    ConfigureEndpointRequest {
        request_id: format!("endpoint-{address}"),
        unit_id: unit.unit.clone(),
        channel: channel.into(),
        address: address.to_owned(),
        secret: secret.to_owned(),
        ..ConfigureEndpointRequest::default()
    }
}

/// Configures an endpoint, by its own unit.
async fn configure(district: &District, unit: &Principal, request: ConfigureEndpointRequest) -> String {
    let mut endpoints = district.clients.endpoints(unit).unwrap();
    let answer = endpoints.configure_endpoint(request).await.unwrap().into_inner();
    answer.receipt.unwrap().id
}

/// The story up to the conclusion of the incident.
async fn concluded(district: &District, number: u64) -> Story {
    let play = district.play(number);
    let mut story = play.register().await.unwrap();
    play.report(&mut story).await.unwrap();
    play.police(&mut story).await.unwrap();
    story
}

/// Open notices to a caller, everything of the log so far considered.
async fn open_notices(district: &District, caller: &Principal, position: u64) -> Vec<Notice> {
    let freshness = Some(Freshness::at_least(position));
    let request = ListNoticesRequest { freshness, page_size: 200, page_token: String::new() };
    district.clients.notices(caller).unwrap().list_notices(long(request)).await.unwrap().into_inner().notices
}

/// The deliveries to an endpoint, when one of them is as wanted; asks at one position after the other.
async fn deliveries(
    district: &District,
    endpoint_id: &str,
    wanted: impl Fn(&Delivery) -> bool,
) -> (Delivery, Vec<Delivery>) {
    let mut reading = district.clients.deliveries(&people::civil_affairs()).unwrap();
    let mut position = 0;
    loop {
        let request = ListDeliveriesRequest {
            freshness: Some(Freshness::at_least(position)),
            page_size: 200,
            endpoint_id: Some(endpoint_id.to_owned()),
            ..ListDeliveriesRequest::default()
        };
        let answer = reading.list_deliveries(long(request)).await.unwrap().into_inner();
        if let Some(found) = answer.deliveries.iter().find(|delivery| wanted(delivery)) {
            return (found.clone(), answer.deliveries);
        }
        position = answer.position + 1;
    }
}

/// The delivery to an endpoint, when it is in a status.
async fn delivery(district: &District, endpoint_id: &str, status: DeliveryStatus) -> Delivery {
    deliveries(district, endpoint_id, |delivery| delivery.status() == status).await.0
}

fn long<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(Duration::from_secs(50));
    request
}
