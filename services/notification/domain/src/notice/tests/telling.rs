//! Sending, acknowledging, escalating (DSP-4).

use super::*;
use crate::notice::superior;
use kinward_contracts::notification::v1::{NoticeAcknowledged, notice_event::Event};
use kinward_contracts::r#type::v1::Reason;
use kinward_statute::Outcome;

#[test]
fn dsp_4_a_notice_is_sent_once_and_its_clock_runs() {
    let reference = Reference::default();
    let scenario = Scenario::<Notice>::new("notice", noon(), &reference)
        .when(send(Department::Township, TOWNSHIP))
        .then_types(&["NoticeSent", "ClockStarted"]);
    let clock = scenario.state().clocks.get("notice-acknowledge-0").unwrap();
    assert_eq!(clock.due_at, noon() + Duration::hours(24));
    assert_eq!(clock.warn_at, Some(noon() + Duration::hours(12)));
    assert_eq!(clock.area, TOWNSHIP);
    scenario.when(send(Department::Township, TOWNSHIP)).then([]);
}

#[test]
fn dsp_4_the_recipient_acknowledges_and_again_is_no_error() {
    let reference = Reference::default();
    let scenario = sent(&reference)
        .by(actor(Department::Township, TOWNSHIP))
        .at(noon() + Duration::hours(24))
        .when(ACKNOWLEDGE)
        .then_types(&["NoticeAcknowledged", "ClockMet"]);
    scenario
        .at(noon() + Duration::hours(48))
        .when(ACKNOWLEDGE)
        .then([])
        .when(Command::ObserveClocks)
        .then([]);
}

#[test]
fn dsp_4_who_acknowledged_is_the_callers_own_unit() {
    let reference = Reference::default();
    let outcome = sent(&reference).by(actor(Department::Township, TOWNSHIP)).when(ACKNOWLEDGE);
    let expected = NoticeAcknowledged { unit_id: format!("unit-{TOWNSHIP}") };
    assert_eq!(outcome.facts()[0].event.event, Some(Event::NoticeAcknowledged(expected)));
}

#[test]
fn dsp_4_only_the_recipient_s_department_with_an_area_that_covers_it_acknowledges() {
    let reference = Reference::default();
    // the district's own officer of the same department covers the township
    sent(&reference)
        .by(actor(Department::Township, DISTRICT))
        .when(ACKNOWLEDGE)
        .then_types(&["NoticeAcknowledged", "ClockMet"]);
    for other in [
        actor(Department::Township, "430903112"),
        actor(Department::Township, "430903111201"),
        actor(Department::Township, ""),
        actor(Department::CivilAffairs, DISTRICT),
        actor(Department::Kinward, DISTRICT),
        Actor::default(),
    ] {
        let refused = sent(&reference).by(other.clone()).when(ACKNOWLEDGE).then_refused("DSP-4");
        assert_eq!(refused.reason, Reason::NotEntitled, "{other:?}");
        // not even after the recipient did
        let done = sent(&reference).by(actor(Department::Township, TOWNSHIP)).given([ACKNOWLEDGE]);
        done.by(other).when(ACKNOWLEDGE).then_refused("DSP-4");
    }
}

#[test]
fn dsp_4_what_was_never_sent_is_not_found() {
    let reference = Reference::default();
    for command in [ACKNOWLEDGE, Command::ObserveClocks] {
        let scenario = Scenario::<Notice>::new("notice", noon(), &reference);
        assert_eq!(scenario.when(command).then_refused("DSP-4").reason, Reason::NotFound);
    }
}

#[test]
fn bey_1_an_acknowledgement_lies_neither_before_the_sending_nor_in_the_future() {
    let reference = Reference::default();
    for wrong in [noon() - Duration::seconds(1), noon() + Duration::minutes(3)] {
        let scenario = sent(&reference).by(actor(Department::Township, TOWNSHIP));
        let acknowledge = Command::Acknowledge {
            occurred_at: Some(wrong),
            infringers: BTreeSet::new(),
            person_id: String::new(),
        };
        let refused = scenario.when(acknowledge).then_refused("BEY-1");
        assert_eq!(refused.reason, Reason::TimeInvalid);
    }
}

#[test]
fn dsp_4_a_notice_nobody_acknowledges_climbs_level_by_level_and_stays_open_at_the_top() {
    let reference = Reference::default();
    let day = |days: i64| noon() + Duration::days(days);
    let escalated = ["ClockMissed", "NoticeEscalated", "ClockStarted"];
    let scenario = sent(&reference)
        .at(noon() + Duration::hours(12))
        .when(Command::ObserveClocks)
        .then_types(&["ClockWarned"])
        .at(day(1) - Duration::seconds(1))
        .when(Command::ObserveClocks)
        .then([])
        .at(day(1))
        .when(Command::ObserveClocks)
        .then_types(&escalated)
        .when(Command::ObserveClocks)
        .then([])
        .at(day(2))
        .when(Command::ObserveClocks)
        .then_types(&escalated)
        .at(day(3))
        .when(Command::ObserveClocks)
        .then_types(&["ClockMissed"])
        .at(day(30))
        .when(Command::ObserveClocks)
        .then([]);
    let told: Vec<(i32, &str)> =
        scenario.state().told.iter().map(|(department, area)| (*department, area.as_str())).collect();
    assert_eq!(
        told,
        [
            (Department::Township.into(), TOWNSHIP),
            (Department::CivilAffairs.into(), DISTRICT),
            (Department::DistrictLeadership.into(), DISTRICT)
        ]
    );
    assert!(!scenario.state().acknowledged, "open and visible");
    // whoever was told on the way can still acknowledge
    scenario.by(actor(Department::Township, TOWNSHIP)).when(ACKNOWLEDGE).then_types(&["NoticeAcknowledged"]);
}

#[test]
fn dsp_4_a_superior_acknowledges_and_its_clock_is_met() {
    let reference = Reference::default();
    let scenario = sent(&reference)
        .at(noon() + Duration::days(1))
        .given([Command::ObserveClocks])
        .by(actor(Department::CivilAffairs, DISTRICT))
        .when(ACKNOWLEDGE)
        .then_types(&["NoticeAcknowledged", "ClockMet"]);
    let outcome = |level: &str| scenario.state().clocks.get(level).unwrap().outcome;
    assert_eq!(outcome("notice-acknowledge-0"), Some(Outcome::Missed));
    assert_eq!(outcome("notice-acknowledge-1"), Some(Outcome::Met));
}

#[test]
fn dsp_4_an_acknowledgement_that_comes_late_misses_the_clock_and_escalates_nothing() {
    let reference = Reference::default();
    // the alarm has not fired yet
    sent(&reference)
        .by(actor(Department::Township, TOWNSHIP))
        .at(noon() + Duration::hours(24) + Duration::seconds(1))
        .when(ACKNOWLEDGE)
        .then_types(&["NoticeAcknowledged", "ClockMissed"])
        .when(Command::ObserveClocks)
        .then([]);
}

#[test]
fn dsp_4_every_department_has_a_way_up_to_the_leadership() {
    let district = DISTRICT.to_owned();
    let civil_affairs = Some((Department::CivilAffairs, district.clone()));
    assert_eq!(superior(Department::Township, TOWNSHIP), civil_affairs);
    assert_eq!(superior(Department::Village, "430903111201"), civil_affairs);
    let police = Some((Department::PublicSecurity, district.clone()));
    assert_eq!(superior(Department::PublicSecurity, TOWNSHIP), police);
    let leadership = Some((Department::DistrictLeadership, district));
    assert_eq!(superior(Department::PublicSecurity, DISTRICT), leadership);
    for number in 1..=17 {
        let (mut department, mut area) = (Department::try_from(number).unwrap(), "430903111201".to_owned());
        let mut levels = 0;
        while let Some(above) = superior(department, &area) {
            (department, area) = above;
            levels += 1;
            assert!(levels <= 3, "{department:?} climbs for ever");
        }
        assert_eq!(department, Department::DistrictLeadership);
    }
}
