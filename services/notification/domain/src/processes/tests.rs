//! Who is told of what (DSP-4, DSP-2c, DSP-2e), and that nobody in a file ever is (BEY-4).

use super::{NotifyParties, escalated_to};
use crate::notice::Command;
use chrono::{DateTime, Utc};
use kinward_contracts::EventMessage;
use kinward_contracts::assessment::v1::AssessmentEvent;
use kinward_contracts::custody::v1::CaseEvent;
use kinward_contracts::dispatch::v1::{
    ChildPlacedTemporarily, CivilAffairsAsked, IncidentConcluded, IncidentEvent, InfringementStopped,
    ViolenceStopped,
};
use kinward_contracts::notification::v1::{NoticeEvent, NoticeSent, Template};
use kinward_contracts::registry::v1::ChildEvent;
use kinward_contracts::reporting::v1::ReportEvent;
use kinward_contracts::r#type::v1::{ChildReference, ClockMissed, Department, Severity};
use kinward_eventsourcing::kit::{ends_the_same, history, reactions};
use kinward_statute::{Catalogue, Reference};
use std::collections::BTreeMap;

const VILLAGE: &str = "430903111201";
const TOWNSHIP: &str = "430903111";
const DISTRICT: &str = "430903";

fn at() -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse().unwrap()
}

/// Notices that an event of the aggregate `thing` calls for.
fn notices<E: EventMessage>(event: impl Into<E>) -> Vec<NoticeSent> {
    let reactions = reactions::<NotifyParties>(&history("thing", at(), [event.into()]));
    let sent = reactions.into_iter().map(|reaction| match reaction.command {
        Command::Send(sent) => *sent,
        other => panic!("{other:?}"),
    });
    sent.collect()
}

fn told(notices: &[NoticeSent]) -> Vec<(Department, &str)> {
    let recipients = notices.iter().map(|notice| notice.recipient.as_ref().unwrap());
    recipients.map(|recipient| (recipient.department(), recipient.area.as_str())).collect()
}

fn child() -> ChildReference {
    ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() }
}

fn concluded(village_code: Option<&str>, severity: Severity) -> IncidentConcluded {
    IncidentConcluded {
        village_code: village_code.map(str::to_owned),
        child: Some(child()),
        severity: severity.into(),
        ..IncidentConcluded::default()
    }
}

fn missed(clock: &str, role: &str, area: &str) -> ClockMissed {
    ClockMissed {
        clock_id: clock.to_owned(),
        clock: clock.to_owned(),
        escalates_to: role.to_owned(),
        area: area.to_owned(),
    }
}

#[test]
fn dsp_4_a_conclusion_is_told_to_the_township_of_the_place_and_to_civil_affairs() {
    let notices = notices::<IncidentEvent>(concluded(Some(VILLAGE), Severity::Urgent));
    assert_eq!(told(&notices), [(Department::Township, TOWNSHIP), (Department::CivilAffairs, DISTRICT)]);
    for notice in &notices {
        assert_eq!(notice.template(), Template::IncidentConcluded);
        let about = notice.about.as_ref().unwrap();
        assert_eq!(
            (about.incident_id.as_deref(), about.village_code.as_deref()),
            (Some("thing"), Some(VILLAGE))
        );
        assert_eq!(about.child, Some(child()));
        assert!(!about.immediate);
        assert!(!notice.source_event_id.is_empty());
    }
}

#[test]
fn dsp_4_without_a_place_the_district_s_police_and_civil_affairs_are_told_so_nothing_is_dropped() {
    let notices = notices::<IncidentEvent>(concluded(None, Severity::Ordinary));
    assert_eq!(
        told(&notices),
        [(Department::PublicSecurity, DISTRICT), (Department::CivilAffairs, DISTRICT)]
    );
}

#[test]
fn dsp_4_an_immediate_incident_makes_an_emergency_of_its_notices() {
    let notices = notices::<IncidentEvent>(concluded(Some(VILLAGE), Severity::Immediate));
    assert!(notices.iter().all(|notice| notice.about.as_ref().unwrap().immediate));
}

#[test]
fn dsp_4_each_notice_has_an_id_of_its_own_that_is_the_same_every_time() {
    let history = history("thing", at(), [IncidentEvent::from(concluded(Some(VILLAGE), Severity::Urgent))]);
    let ids: Vec<String> = reactions::<NotifyParties>(&history).into_iter().map(|one| one.id).collect();
    let again: Vec<String> = reactions::<NotifyParties>(&history).into_iter().map(|one| one.id).collect();
    assert_eq!(ids, again);
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn dsp_2c_a_temporary_placement_is_told_to_civil_affairs() {
    let placed = ChildPlacedTemporarily { child: Some(child()), ..ChildPlacedTemporarily::default() };
    let notices = notices::<IncidentEvent>(placed);
    assert_eq!(told(&notices), [(Department::CivilAffairs, DISTRICT)]);
    assert_eq!(notices[0].template(), Template::ChildPlaced);
}

#[test]
fn dsp_2e_civil_affairs_is_asked_at_once() {
    let asked = CivilAffairsAsked { village_code: Some(VILLAGE.to_owned()), ..CivilAffairsAsked::default() };
    let notices = notices::<IncidentEvent>(asked);
    assert_eq!(told(&notices), [(Department::CivilAffairs, DISTRICT)]);
    assert_eq!(notices[0].template(), Template::CivilAffairsAsked);
    assert!(notices[0].about.as_ref().unwrap().immediate);
}

#[test]
fn bey_1_a_missed_clock_of_any_context_is_told_to_whom_it_escalates() {
    let missed = || missed("reassessment", "township", VILLAGE);
    let every = [
        notices::<IncidentEvent>(missed()),
        notices::<AssessmentEvent>(missed()),
        notices::<CaseEvent>(missed()),
        notices::<ReportEvent>(missed()),
        notices::<ChildEvent>(missed()),
    ];
    for notices in every {
        assert_eq!(told(&notices), [(Department::Township, TOWNSHIP)]);
        assert_eq!(notices[0].template(), Template::ClockMissed);
        assert_eq!(notices[0].recipient.as_ref().unwrap().role, "township");
        let about = notices[0].about.as_ref().unwrap();
        assert_eq!(about.clock, "reassessment");
        assert!(about.subject.starts_with("kw.") && about.subject.ends_with("thing"), "{}", about.subject);
        assert_eq!(about.incident_id.is_some(), about.subject.starts_with("kw.dispatch.incident."));
    }
}

#[test]
fn bey_1_a_missed_clock_of_the_emergency_itself_is_an_emergency() {
    let immediate = |clock: &str| {
        let notices = notices::<IncidentEvent>(missed(clock, "duty-commander", ""));
        assert_eq!(told(&notices), [(Department::PublicSecurity, DISTRICT)]);
        notices[0].about.as_ref().unwrap().immediate
    };
    assert!(immediate("police-accept") && immediate("police-on-scene") && immediate("missing-search-review"));
    assert!(!immediate("temporary-care-review"));
}

#[test]
fn dsp_4_a_notice_s_own_clock_calls_for_no_other_notice() {
    assert!(notices::<NoticeEvent>(missed("notice-acknowledge", "superior", TOWNSHIP)).is_empty());
}

#[test]
fn bey_1_every_role_of_the_catalogue_is_a_department_and_a_missing_place_drops_nothing() {
    for entry in Catalogue::default_entries() {
        let (department, area) = escalated_to(&entry.escalates_to, VILLAGE, DISTRICT);
        // leadership only where the rules say so: "district", and superiors that issue B knows by unit
        let to_leadership =
            ["district", "superior-of-superior", "superior"].contains(&entry.escalates_to.as_str());
        assert_eq!(department == Department::DistrictLeadership, to_leadership, "{}", entry.escalates_to);
        assert!(VILLAGE.starts_with(&area));
        let (without, area) = escalated_to(&entry.escalates_to, "", DISTRICT);
        assert!(![Department::Township, Department::Village].contains(&without), "no place, no township");
        assert_eq!(area, DISTRICT);
    }
    assert_eq!(escalated_to("village", VILLAGE, DISTRICT), (Department::Village, VILLAGE.to_owned()));
    assert_eq!(escalated_to("village", TOWNSHIP, DISTRICT), (Department::Township, TOWNSHIP.to_owned()));
}

#[test]
fn bey_4_an_alleged_infringer_is_never_told() {
    let infringer = || Some("infringer".to_owned());
    let stopped = ViolenceStopped { infringer_person_id: infringer() };
    assert!(notices::<IncidentEvent>(stopped).is_empty());
    let stopped = InfringementStopped { infringer_person_id: infringer() };
    assert!(notices::<IncidentEvent>(stopped).is_empty());
    // a recipient is a department in an area; a relative who took the child is named nowhere
    let placed = ChildPlacedTemporarily { taker_person_id: infringer(), ..ChildPlacedTemporarily::default() };
    for notice in notices::<IncidentEvent>(placed) {
        assert!(!format!("{notice:?}").contains("infringer"));
    }
}

#[test]
fn a_step_repeated_or_begun_again_leaves_the_same_end() {
    let told = history("thing", at(), [IncidentEvent::from(concluded(Some(VILLAGE), Severity::Urgent))]);
    let end = ends_the_same::<NotifyParties>(&told, &BTreeMap::new(), at(), &Reference::default());
    assert_eq!(end.len(), 2, "the township and civil affairs");
}
