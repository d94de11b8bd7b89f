//! DSP-2d: the rapid search for a missing child.

use super::*;
use kinward_contracts::dispatch::v1::{
    EndSearchRequest, OpenSearchRequest, RecordSightingRequest, ReviewSearchRequest, SearchEnd,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::Severity;

#[tokio::test(flavor = "multi_thread")]
async fn dsp_2d_a_missing_child_is_searched_for_with_bulletin_sightings_reviews_and_an_end() {
    let district = district().await;
    let mut scene = here(&district, &[Situation::Missing]).await;
    // before anybody is on the scene
    scene.accept().await;
    assert_eq!(scene.incident().await.severity(), Severity::Immediate);
    let sighting = |id: &str, seen: chrono::DateTime<chrono::Utc>| RecordSightingRequest {
        request_id: next(),
        incident_id: id.to_owned(),
        seen_at: Some(timestamp(seen)),
        place: "益阳汽车站".to_owned(),
        account: Some("独自候车，背蓝书包".to_owned()),
        ..RecordSightingRequest::default()
    };
    let hour = chrono::Duration::hours(1);
    let early = sighting(&scene.id, district.now());
    assert_eq!(said(&scene.inquiries.record_sighting(early).await.unwrap_err()), "DSP-2d WRONG_STATE");
    let open = OpenSearchRequest {
        request_id: next(),
        incident_id: scene.id.clone(),
        bulletin_no: "赫公协查〔2026〕7号".to_owned(),
        areas: vec!["430902".to_owned(), "430981".to_owned(), "430903112".to_owned()],
        ..OpenSearchRequest::default()
    };
    scene.police.open_search(open.clone()).await.unwrap();
    let told = notice_of(&district, &people::police(), Template::SearchOpened).await;
    assert_eq!(told.recipient.as_ref().unwrap().area, "430903112", "police of each area are told");
    assert!(told.about.as_ref().unwrap().immediate);
    let twice = OpenSearchRequest { request_id: next(), ..open };
    assert_eq!(said(&scene.police.open_search(twice).await.unwrap_err()), "DSP-2d WRONG_STATE");
    let future = sighting(&scene.id, district.now() + hour);
    assert_eq!(said(&scene.inquiries.record_sighting(future).await.unwrap_err()), "BEY-1 TIME_INVALID");
    for seen in [district.now() - hour * 20, district.now()] {
        let seen = sighting(&scene.id, seen);
        scene.inquiries.record_sighting(seen).await.unwrap();
    }
    assert_eq!(scene.incident().await.sightings, 2);
    assert_eq!(scene.lacks().await, ["DSP-2d search-ended"]);

    // nobody reviews it within a day
    district.advance(hour * 24);
    scene.clock_is("missing-search-review", ClockOutcome::Missed).await;
    let review = ReviewSearchRequest {
        request_id: next(),
        incident_id: scene.id.clone(),
        findings: Some("调取车站监控".to_owned()),
        ..ReviewSearchRequest::default()
    };
    scene.police.review_search(review).await.unwrap();
    let end = EndSearchRequest {
        request_id: next(),
        incident_id: scene.id.clone(),
        end: SearchEnd::Found.into(),
        ..EndSearchRequest::default()
    };
    scene.police.end_search(end).await.unwrap();
    notice_of(&district, &people::police(), Template::SearchEnded).await;
    scene.clock_is("missing-search-review", ClockOutcome::Met).await;
    assert!(scene.lacks().await.is_empty());
}
