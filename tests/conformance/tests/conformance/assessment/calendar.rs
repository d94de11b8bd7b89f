//! BEY-1: a holiday notice moves the clocks that run, soon after it came and not only when they would have run out.

use super::super::district;
use super::{assessments_of, lead, open};
use kinward::people;
use kinward_contracts::assessment::v1::ListAssessmentsRequest;
use kinward_contracts::registry::v1::{CalendarDay, PublishHolidayNoticeRequest};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::Freshness;
use kinward_statute::end_of_day;

#[tokio::test(flavor = "multi_thread")]
async fn bey_1_a_holiday_notice_moves_a_running_clock_to_an_earlier_day_before_its_alarm_fires() {
    let district = district().await;
    let story = district.play(1).register().await.unwrap();
    // Friday, 27 November 2026: fifteen days end on a Saturday, so the Monday after is the last
    district.advance(chrono::Duration::days(3));
    open(&district, &lead(), &story.child_id, "open").await.unwrap();
    let due = |day: &str| Some(timestamp(end_of_day(day.parse().unwrap())));
    let before = assessments_of(&district, &story.child_id, 1).await.remove(0);
    assert_eq!((before.clock.as_str(), before.clock_due_at), ("assessment", due("2026-12-14")));
    // the notice for 2027 reaches back: that Saturday is worked
    let notice = PublishHolidayNoticeRequest {
        request_id: "holidays-2027".to_owned(),
        year: 2027,
        days: vec![CalendarDay { date: "2026-12-12".to_owned(), name: "元旦".to_owned(), off: false }],
        ..Default::default()
    };
    let mut reference = district.clients.reference(&people::civil_affairs()).unwrap();
    let published = reference.publish_holiday_notice(notice).await.unwrap().into_inner().receipt.unwrap();
    let mut assessments = district.clients.assessments(&lead()).unwrap();
    let mut position = published.position;
    // the district's clock stands still: no alarm is due
    loop {
        let freshness = Some(Freshness::at_least(position));
        let request = ListAssessmentsRequest { freshness, ..Default::default() };
        let answer = assessments.list_assessments(request).await.unwrap().into_inner();
        if answer.assessments[0].clock_due_at == due("2026-12-12") {
            break;
        }
        assert_eq!(answer.assessments[0].clock_due_at, due("2026-12-14"));
        position = answer.position + 1;
    }
}
