//! Mail, webhook and short message carry what the worklist shows.

use super::super::refusal;
use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use kinward_contracts::notification::v1::{
    AcknowledgeNoticeRequest, Language, ListEndpointsRequest, Template, WithdrawEndpointRequest,
};
use kinward_testkit::{Mail, Post};
use sha2::Sha256;

fn text(mail: &Mail) -> String {
    let body: String = mail.data.split("\r\n\r\n").skip(1).collect();
    assert_eq!(mail.header("Content-Transfer-Encoding"), Some("base64"), "{}", mail.data);
    String::from_utf8(STANDARD.decode(body.replace("\r\n", "")).unwrap()).unwrap()
}

fn assert_signed(post: &Post) {
    let key = STANDARD.decode(SECRET.trim_start_matches("whsec_")).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    let signed = format!("{}.{}.{}", post.header("webhook-id"), post.header("webhook-timestamp"), post.body);
    mac.update(signed.as_bytes());
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(post.header("webhook-signature"), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn dsp_4_dep_5_a_conclusion_reaches_township_and_civil_affairs_on_every_channel_they_configured() {
    let outside = Outside::start().await;
    let district = outside.district(|_| {}).await;
    let (township, civil_affairs) = (people::township(people::TOWNSHIP), people::civil_affairs());
    let named = ConfigureEndpointRequest {
        names_child: true,
        ..endpoint(&township, Channel::Email, "duty@township.example")
    };
    let mail_id = configure(&district, &township, named).await;
    let hook_id = configure(
        &district,
        &civil_affairs,
        endpoint(&civil_affairs, Channel::Webhook, &outside.post_box.url("/hook")),
    )
    .await;
    // civil affairs leads: it configures for others too, here the police, in English
    let english = ConfigureEndpointRequest {
        language: Language::En.into(),
        ..endpoint(&people::police(), Channel::Sms, "13900000002")
    };
    let sms_id = configure(&district, &civil_affairs, english).await;
    let other = endpoint(&civil_affairs, Channel::Email, "spy@other.example");
    let refused = district.clients.endpoints(&township).unwrap().configure_endpoint(other).await.unwrap_err();
    assert_eq!(refusal(&refused), ("DSP-4".to_owned(), "NOT_ENTITLED".to_owned()));

    let story = concluded(&district, 1).await;
    let delivered = delivery(&district, &mail_id, DeliveryStatus::Delivered).await;
    assert_eq!((delivered.attempts, delivered.code.as_str()), (1, "250"));
    let mails = outside.mailbox.came();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, ["duty@township.example"]);
    let expected = format!("<{}@heshan.example>", delivered.message_id);
    assert_eq!(mails[0].header("Message-ID"), Some(expected.as_str()));
    let text = text(&mails[0]);
    let name = district.play(1).child().name;
    assert!(text.contains(&name) && text.contains(&delivered.notice_id), "{text}");
    assert!(!text.contains("法定"), "{text}");

    // placed, asked, concluded
    let (_, all) = deliveries(&district, &hook_id, |_| true).await;
    assert!(!all.is_empty());
    let posts = outside.post_box.wait_for(3).await;
    let hooks: Vec<&Post> = posts.iter().filter(|post| post.path == "/hook").collect();
    assert_eq!(hooks.len(), 3);
    for post in &hooks {
        assert_signed(post);
        assert!(!post.body.contains(&name), "a webhook names nobody");
        let body: serde_json::Value = serde_json::from_str(&post.body).unwrap();
        assert_eq!(body["incident_id"], story.incident_id);
        assert_eq!(body["department"], "CIVIL_AFFAIRS");
    }
    assert!(hooks.iter().any(|post| post.body.contains("\"INCIDENT_CONCLUDED\"")));

    // what was sent is also on the worklist, and acknowledged there
    let position = district.position().await;
    let notices = open_notices(&district, &township, position).await;
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].template(), Template::IncidentConcluded);
    assert_eq!(notices[0].notice_id, delivered.notice_id);
    let acknowledge = AcknowledgeNoticeRequest {
        request_id: "acknowledge".to_owned(),
        notice_id: delivered.notice_id.clone(),
        ..Default::default()
    };
    let done = district.clients.notices(&township).unwrap().acknowledge_notice(acknowledge).await.unwrap();
    let position = done.into_inner().receipt.unwrap().position;
    assert!(open_notices(&district, &township, position).await.is_empty());

    // nobody acknowledges at civil affairs: the leadership is told; a missed clock of its own is nobody's mail here
    assert!(outside.post_box.came().iter().all(|post| post.path != "/sms"), "police were told nothing yet");
    let listed = ListEndpointsRequest { page_size: 200, ..Default::default() };
    let seen = district.clients.endpoints(&township).unwrap().list_endpoints(listed.clone()).await.unwrap();
    let seen: Vec<String> = seen.into_inner().endpoints.into_iter().map(|one| one.endpoint_id).collect();
    assert_eq!(seen, std::slice::from_ref(&mail_id), "a township sees its own");
    let seen = district.clients.endpoints(&civil_affairs).unwrap().list_endpoints(listed).await.unwrap();
    let shown = format!("{seen:?}");
    assert_eq!(seen.into_inner().endpoints.len(), 3);
    assert!(
        !shown.contains("13900000002") && !shown.contains("duty@") && !shown.contains("whsec_"),
        "{shown}"
    );

    // withdrawn, nothing is sent there any more
    let withdraw = WithdrawEndpointRequest {
        request_id: "withdraw".to_owned(),
        endpoint_id: sms_id,
        reason_code: "moved".to_owned(),
        ..Default::default()
    };
    district.clients.endpoints(&people::police()).unwrap().withdraw_endpoint(withdraw).await.unwrap();
    let stored = district.stored().await;
    let holds = |text: &str| stored.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(&delivered.message_id), "the log is read as it is stored");
    for secret in [SECRET, "duty@township.example", "13900000002", "/hook"] {
        assert!(!holds(secret), "{secret} stands in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dsp_4_quiet_hours_put_off_what_is_no_emergency_and_a_webhook_reaches_nothing_inside() {
    let outside = Outside::start().await;
    let district = outside.district(|settings| settings.channels.allow_internal = false).await;
    let civil_affairs = people::civil_affairs();
    // the district's clock stands at 20:00 in China
    let night =
        kinward_contracts::notification::v1::QuietHours { from_minute: 19 * 60, until_minute: 21 * 60 };
    let quiet = ConfigureEndpointRequest {
        quiet_hours: Some(night),
        ..endpoint(&civil_affairs, Channel::Sms, "13900000003")
    };
    let sms_id = configure(&district, &civil_affairs, quiet).await;
    let port = outside.post_box.url("").trim_start_matches("http://").to_owned();
    let inside = [format!("https://{port}/hook"), format!("http://{port}/hook")];
    let mut hooks = Vec::new();
    for address in &inside {
        hooks.push(
            configure(&district, &civil_affairs, endpoint(&civil_affairs, Channel::Webhook, address)).await,
        );
    }
    concluded(&district, 1).await;
    let (put_off, _) =
        deliveries(&district, &sms_id, |delivery| delivery.status() == DeliveryStatus::Deferred).await;
    let until = put_off.next_at.unwrap();
    assert_eq!(until.seconds, district.now().timestamp() + 3_600);
    // the request to civil affairs is an emergency
    let (emergency, _) =
        deliveries(&district, &sms_id, |delivery| delivery.status() == DeliveryStatus::Delivered).await;
    let posts = outside.post_box.wait_for(1).await;
    assert_eq!(posts[0].path, "/sms");
    assert_eq!(posts[0].header("idempotency-key"), emergency.message_id);
    assert_eq!(posts[0].header("authorization"), "Bearer gateway-token");
    assert!(posts[0].body.contains("【紧急】") && posts[0].body.contains("13900000003"), "{}", posts[0].body);
    for (hook, code) in hooks.iter().zip(["internal-address", "not-https"]) {
        let dead = delivery(&district, hook, DeliveryStatus::DeadLettered).await;
        assert_eq!((dead.attempts, dead.code.as_str()), (1, code));
    }
    district.alarms.advance(chrono::Duration::hours(1));
    let of_notice = |delivery: &Delivery| {
        delivery.notice_id == put_off.notice_id && delivery.status() == DeliveryStatus::Delivered
    };
    deliveries(&district, &sms_id, of_notice).await;
    assert!(outside.post_box.came().iter().all(|post| post.path == "/sms"), "no webhook got through");
}
