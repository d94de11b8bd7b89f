//! Who sees which open notice.

use super::OpenNotices;
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::notification::v1::{
    About, NoticeAcknowledged, NoticeEscalated, NoticeEvent, NoticeSent, Recipient,
};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::Index as _;
use kinward_eventsourcing::kit::history;

fn at(hours: i64) -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::hours(hours)
}

fn recipient(department: Department, area: &str) -> Recipient {
    Recipient { department: department.into(), area: area.to_owned(), role: "role".to_owned() }
}

fn sent(department: Department, area: &str, immediate: bool) -> NoticeEvent {
    let about = Some(About { immediate, ..About::default() });
    NoticeEvent::from(NoticeSent {
        recipient: Some(recipient(department, area)),
        about,
        ..NoticeSent::default()
    })
}

fn index(notices: &[(&str, i64, Vec<NoticeEvent>)]) -> OpenNotices {
    let mut index = OpenNotices::default();
    for (id, hours, events) in notices {
        for event in history(id, at(*hours), events.clone()) {
            index.fold(&event).unwrap();
        }
    }
    index
}

fn ids<'a>(index: &'a OpenNotices, department: Department, area: &str) -> Vec<&'a str> {
    index.of(department.into(), area).into_iter().map(|(id, _)| id).collect()
}

#[test]
fn dsp_4_a_department_sees_its_open_notices_inside_its_area_emergencies_first_then_the_oldest() {
    let index = index(&[
        ("late", 3, vec![sent(Department::Township, "430903111", false)]),
        ("early", 1, vec![sent(Department::Township, "430903111", false)]),
        ("emergency", 2, vec![sent(Department::Township, "430903112", true)]),
        ("police", 0, vec![sent(Department::PublicSecurity, "430903", true)]),
    ]);
    assert_eq!(ids(&index, Department::Township, "430903"), ["emergency", "early", "late"]);
    assert_eq!(ids(&index, Department::Township, "430903111"), ["early", "late"]);
    assert_eq!(ids(&index, Department::PublicSecurity, "430903"), ["police"]);
    assert!(
        ids(&index, Department::PublicSecurity, "430903111").is_empty(),
        "the district's, not the station's"
    );
}

#[test]
fn dsp_4_an_escalated_notice_is_seen_by_both_and_an_acknowledged_one_by_nobody() {
    let escalated = NoticeEvent::from(NoticeEscalated {
        recipient: Some(recipient(Department::CivilAffairs, "430903")),
        level: 1,
    });
    let acknowledged = NoticeEvent::from(NoticeAcknowledged::default());
    let first = sent(Department::Township, "430903111", false);
    let open = index(&[("notice", 0, vec![first.clone(), escalated.clone()])]);
    assert_eq!(ids(&open, Department::Township, "430903111"), ["notice"]);
    assert_eq!(ids(&open, Department::CivilAffairs, "430903"), ["notice"]);
    let (_, entry) = open.of(Department::CivilAffairs.into(), "430903")[0];
    assert_eq!((entry.told.len(), entry.position, entry.role.as_str()), (2, 2, "role"));
    let closed = index(&[("notice", 0, vec![first, escalated, acknowledged])]);
    assert!(ids(&closed, Department::Township, "430903111").is_empty());
    assert!(ids(&closed, Department::CivilAffairs, "430903").is_empty());
}
