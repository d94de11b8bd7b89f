//! An alleged infringer is told nothing and approves nothing.

use super::super::refusal;
use super::*;
use kinward_contracts::notification::v1::{AcknowledgeNoticeRequest, ResendDeliveryRequest};

#[tokio::test(flavor = "multi_thread")]
async fn bey_4_an_alleged_infringer_in_office_is_sent_nothing_sees_nothing_and_acknowledges_nothing() {
    let outside = Outside::start().await;
    let district = outside.district(|_| {}).await;
    let play = district.play(1);
    let mut story = play.register().await.unwrap();
    let (colleague, father) = (people::township(people::TOWNSHIP), story.parents[0].clone());
    // the father works at the township, and its notices go to his own phone too
    let infringer = Principal { person: father.clone(), ..colleague.clone() };
    let his = ConfigureEndpointRequest {
        holder_person_id: Some(father),
        ..endpoint(&colleague, Channel::Sms, "13900000004")
    };
    let his = configure(&district, &colleague, his).await;
    let office =
        configure(&district, &colleague, endpoint(&colleague, Channel::Email, "duty@township.example")).await;
    play.report(&mut story).await.unwrap();
    play.police(&mut story).await.unwrap();

    let told = delivery(&district, &office, DeliveryStatus::Delivered).await;
    let withheld = delivery(&district, &his, DeliveryStatus::Withheld).await;
    assert_eq!((withheld.attempts, &withheld.notice_id), (0, &told.notice_id));
    assert!(outside.post_box.came().is_empty());
    let again = ResendDeliveryRequest {
        request_id: "again".to_owned(),
        notice_id: withheld.notice_id.clone(),
        endpoint_id: his,
        ..Default::default()
    };
    let refused = district
        .clients
        .deliveries(&people::civil_affairs())
        .unwrap()
        .resend_delivery(again)
        .await
        .unwrap_err();
    assert_eq!(refusal(&refused), ("BEY-4".to_owned(), "NOT_ENTITLED".to_owned()));

    let position = district.position().await;
    assert!(open_notices(&district, &infringer, position).await.is_empty());
    assert_eq!(open_notices(&district, &colleague, position).await.len(), 1);
    let acknowledge = || AcknowledgeNoticeRequest {
        request_id: "acknowledge".to_owned(),
        notice_id: told.notice_id.clone(),
        ..Default::default()
    };
    let refused =
        district.clients.notices(&infringer).unwrap().acknowledge_notice(acknowledge()).await.unwrap_err();
    assert_eq!(refusal(&refused), ("BEY-4".to_owned(), "NOT_ENTITLED".to_owned()));
    district.clients.notices(&colleague).unwrap().acknowledge_notice(acknowledge()).await.unwrap();
}
