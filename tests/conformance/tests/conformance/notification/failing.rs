//! Servers that refuse, say nothing, or lose us in between.

use super::super::refusal;
use super::*;
use kinward_contracts::notification::v1::{ResendDeliveryRequest, WithdrawEndpointRequest};
use kinward_testkit::Answer;

fn resend(number: u32, delivery: &Delivery) -> ResendDeliveryRequest {
    ResendDeliveryRequest {
        request_id: format!("resend-{number}"),
        notice_id: delivery.notice_id.clone(),
        endpoint_id: delivery.endpoint_id.clone(),
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dsp_4_what_is_refused_or_unanswered_is_tried_again_dead_lettered_and_sent_again_on_request() {
    let outside = Outside::start().await;
    let district = outside.district(|settings| settings.channels.attempt_timeout_ms = 1_000).await;
    let township = people::township(people::TOWNSHIP);
    let mail_id =
        configure(&district, &township, endpoint(&township, Channel::Email, "duty@township.example")).await;
    let hook_id = configure(
        &district,
        &township,
        endpoint(&township, Channel::Webhook, &outside.post_box.url("/hook")),
    )
    .await;
    outside.mailbox.answer(Answer::Status(451));
    outside.post_box.answer(Answer::Silence);
    concluded(&district, 1).await;

    let refused = delivery(&district, &mail_id, DeliveryStatus::Retrying).await;
    assert_eq!((refused.attempts, refused.code.as_str()), (1, "451"));
    assert_eq!(refused.next_at.unwrap().seconds, district.now().timestamp() + 30);
    // nobody knows whether the silent one has it
    let silent = delivery(&district, &hook_id, DeliveryStatus::Retrying).await;
    assert_eq!((silent.attempts, silent.code.as_str()), (1, "time-out"));
    assert!(silent.outcome_unknown && !refused.outcome_unknown);
    let mut deliveries_ = district.clients.deliveries(&township).unwrap();
    let early = deliveries_.resend_delivery(resend(1, &refused)).await.unwrap_err();
    assert_eq!(refusal(&early), ("DSP-4".to_owned(), "WRONG_STATE".to_owned()));

    outside.mailbox.answer(Answer::Status(550));
    outside.post_box.answer(Answer::Status(200));
    district.alarms.advance(chrono::Duration::seconds(30));
    let again = delivery(&district, &hook_id, DeliveryStatus::Delivered).await;
    assert_eq!((again.attempts, again.message_id.as_str()), (2, silent.message_id.as_str()));
    let posts = outside.post_box.wait_for(2).await;
    assert_eq!(posts[0].header("webhook-id"), posts[1].header("webhook-id"));
    assert_ne!(posts[0].header("webhook-timestamp"), posts[1].header("webhook-timestamp"));
    assert_ne!(posts[0].header("webhook-signature"), posts[1].header("webhook-signature"));

    let dead = delivery(&district, &mail_id, DeliveryStatus::DeadLettered).await;
    assert_eq!((dead.attempts, dead.code.as_str()), (2, "550"));
    let dead_letters = ListDeliveriesRequest {
        status: DeliveryStatus::DeadLettered.into(),
        ..ListDeliveriesRequest::default()
    };
    let seen = deliveries_.list_deliveries(dead_letters.clone()).await.unwrap().into_inner().deliveries;
    assert_eq!(seen, std::slice::from_ref(&dead));
    // another unit neither sees nor sends them
    let other = people::township("430903112");
    let mut others = district.clients.deliveries(&other).unwrap();
    assert!(others.list_deliveries(dead_letters).await.unwrap().into_inner().deliveries.is_empty());
    assert_eq!(
        others.resend_delivery(resend(2, &dead)).await.unwrap_err().code(),
        tonic::Code::PermissionDenied
    );

    outside.mailbox.answer(Answer::Status(250));
    deliveries_.resend_delivery(resend(3, &dead)).await.unwrap();
    let sent = delivery(&district, &mail_id, DeliveryStatus::Delivered).await;
    assert_eq!((sent.attempts, sent.message_id.as_str()), (3, dead.message_id.as_str()));
    let mails = outside.mailbox.came();
    let ids: std::collections::BTreeSet<_> = mails.iter().map(|mail| mail.header("Message-ID")).collect();
    assert_eq!((mails.len(), ids.len()), (3, 1));

    // nothing is dropped in silence when the endpoint is gone, however often it is asked for
    let withdraw = WithdrawEndpointRequest {
        request_id: "withdraw".to_owned(),
        endpoint_id: mail_id.clone(),
        reason_code: "moved".to_owned(),
        ..Default::default()
    };
    district.clients.endpoints(&township).unwrap().withdraw_endpoint(withdraw).await.unwrap();
    let mut position = 0;
    for number in 4..=5 {
        deliveries_.resend_delivery(resend(number, &dead)).await.unwrap();
        let gone = |delivery: &Delivery| {
            delivery.status() == DeliveryStatus::DeadLettered && delivery.position > position
        };
        let (gone, _) = deliveries(&district, &mail_id, gone).await;
        assert_eq!((gone.attempts, gone.code.as_str()), (3, "endpoint-withdrawn"));
        position = gone.position;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dsp_4_an_attempt_whose_outcome_nobody_saw_is_unknown_and_made_again_under_the_same_id() {
    let outside = Outside::start().await;
    let mut district = outside.district(|settings| settings.channels.attempt_timeout_ms = 60_000).await;
    let township = people::township(people::TOWNSHIP);
    let hook_id = configure(
        &district,
        &township,
        endpoint(&township, Channel::Webhook, &outside.post_box.url("/hook")),
    )
    .await;
    let mail_id =
        configure(&district, &township, endpoint(&township, Channel::Email, "duty@township.example")).await;
    outside.post_box.answer(Answer::Silence);
    concluded(&district, 1).await;
    // the post is there, its answer is not: the attempt was recorded before
    outside.post_box.wait_for(1).await;
    let unknown = delivery(&district, &hook_id, DeliveryStatus::Unknown).await;
    assert_eq!(unknown.attempts, 1);
    // one that hangs delays no other
    delivery(&district, &mail_id, DeliveryStatus::Delivered).await;

    district.stop_service("notification").await;
    outside.post_box.answer(Answer::Status(200));
    district.start_service("notification").await.unwrap();
    let delivered = delivery(&district, &hook_id, DeliveryStatus::Delivered).await;
    assert_eq!((delivered.attempts, &delivered.message_id), (2, &unknown.message_id));
    let posts = outside.post_box.came();
    assert_eq!(posts.len(), 2);
    assert!(posts.iter().all(|post| post.header("webhook-id") == unknown.message_id));
    // what was done is not done again
    assert_eq!(outside.mailbox.came().len(), 1);
}
