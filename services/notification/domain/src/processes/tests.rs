//! Who is told of what (DSP-4, DSP-2c, DSP-2e), and that nobody in a file ever is (BEY-4).

use super::{NotifyParties, escalated_to};
use crate::notice::Command;
use chrono::{DateTime, Utc};
use kinward_contracts::EventMessage;
use kinward_contracts::assessment::v1::AssessmentEvent;
use kinward_contracts::custody::v1::{
    CaseEvent, OrderEvent, ProtectionOrderExtended, ProtectionOrderGranted, ProtectionOrderRevoked,
    ProtectionOrderVaried,
};
use kinward_contracts::dispatch::v1::{
    AssistanceRequested, BulletinAddressee, ChildPlacedTemporarily, CivilAffairsAsked, IncidentConcluded,
    IncidentEvent, InfringementStopped, SearchEnded, SearchOpened, ViolenceStopped, WarningEvent,
    WarningIssued,
};
use kinward_contracts::notification::v1::{About, NoticeEvent, NoticeSent, Template};
use kinward_contracts::registry::v1::{
    AnomalyArea, AnomalyFound, ChildEvent, DropoutReportWritten, Household, HouseholdMoveRefused,
    HouseholdMoveRequested, HouseholdMoved, PsychologicalConcernRaised,
};
use kinward_contracts::reporting::v1::{
    CallEvent, CallTransferred, CommendationClaimed, CommendationProposed, OmissionCaseEscalated,
    OmissionCaseOpened, OmissionEvent, ReportEvent, Superior,
};
use kinward_contracts::r#type::v1::{ChildReference, ClockMissed, ClockWarned, Department, Severity};
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

/// One event, and who is told of it under which template.
fn assert_told<E: EventMessage>(
    event: impl Into<E>,
    template: Template,
    to: &[(Department, &str)],
) -> Vec<About> {
    let notices = notices::<E>(event);
    assert_eq!(told(&notices), to, "{template:?}");
    let about = notices.into_iter().map(|notice| {
        assert_eq!(notice.template(), template);
        notice.about.unwrap()
    });
    about.collect()
}

fn village() -> String {
    VILLAGE.to_owned()
}

#[test]
fn twn_3_dep_3_an_anomaly_and_a_concern_are_told_to_the_township_and_what_is_urgent_is_an_emergency() {
    let township = [(Department::Township, TOWNSHIP)];
    for (area, immediate) in [(AnomalyArea::Safety, true), (AnomalyArea::Schooling, false)] {
        let found =
            AnomalyFound { anomaly_area: area.into(), village_code: village(), ..AnomalyFound::default() };
        let about = assert_told::<ChildEvent>(found, Template::AnomalyFound, &township);
        assert_eq!(about[0].immediate, immediate, "{area:?}");
        assert_eq!(about[0].child.as_ref().unwrap().person_id, "thing", "the file it is about");
        assert_eq!(about[0].subject, "kw.registry.child.thing");
    }
    let raised = PsychologicalConcernRaised { urgent: true, village_code: village(), ..Default::default() };
    assert!(assert_told::<ChildEvent>(raised, Template::PsychologicalConcern, &township)[0].immediate);
    let nowhere = [(Department::CivilAffairs, DISTRICT)];
    assert_told::<ChildEvent>(AnomalyFound::default(), Template::AnomalyFound, &nowhere);
}

#[test]
fn fam_3_the_village_is_warned_before_a_week_without_contact_is_over() {
    let warned =
        |clock: &str| ClockWarned { clock_id: clock.to_owned(), clock: clock.to_owned(), area: village() };
    let to = [(Department::Village, VILLAGE)];
    let about = assert_told::<ChildEvent>(warned("parent-contact"), Template::ParentContactDue, &to);
    assert_eq!((about[0].clock.as_str(), about[0].immediate), ("parent-contact", false));
    assert!(notices::<ChildEvent>(warned("village-visit")).is_empty());
    // and when it is over
    let missed = missed("parent-contact", "village", VILLAGE);
    assert_told::<ChildEvent>(missed, Template::ClockMissed, &to);
}

#[test]
fn dep_2_the_written_report_of_a_drop_out_goes_to_the_education_department_and_to_the_township() {
    let written = DropoutReportWritten { village_code: village(), ..DropoutReportWritten::default() };
    let to = [(Department::Education, DISTRICT), (Department::Township, TOWNSHIP)];
    assert_told::<ChildEvent>(written, Template::DropoutReported, &to);
}

#[test]
fn inf_4_a_move_is_told_to_the_side_that_answers_its_answer_to_the_side_that_asked_and_its_end_to_both() {
    const NEXT: &str = "430903111202";
    let household = |code: &str| Some(Household { village_code: code.to_owned(), address: None });
    let asked = |side: &str| HouseholdMoveRequested {
        from_village_code: village(),
        household: household(NEXT),
        side_village_code: side.to_owned(),
        ..HouseholdMoveRequested::default()
    };
    for (side, other) in [(VILLAGE, NEXT), (NEXT, VILLAGE)] {
        let to = [(Department::Village, other)];
        assert_told::<ChildEvent>(asked(side), Template::MoveRequested, &to);
        let refused = HouseholdMoveRefused { asked_by_village_code: other.to_owned(), ..Default::default() };
        assert_told::<ChildEvent>(refused, Template::MoveRefused, &to);
    }
    let moved = |move_id: Option<String>| HouseholdMoved {
        move_id,
        household: household(NEXT),
        from_village_code: village(),
        ..HouseholdMoved::default()
    };
    let both = [(Department::Village, VILLAGE), (Department::Village, NEXT)];
    assert_told::<ChildEvent>(moved(Some("move".to_owned())), Template::Moved, &both);
    assert!(notices::<ChildEvent>(moved(None)).is_empty());
}

#[test]
fn rpt_5_inf_3_a_superior_and_whoever_a_call_went_to_are_told_in_their_own_area() {
    let superior = Superior {
        unit_id: "education-430903".to_owned(),
        department: Department::Education.into(),
        area: DISTRICT.to_owned(),
    };
    let to = [(Department::Education, DISTRICT)];
    let opened = OmissionCaseOpened { superior: Some(superior.clone()), ..OmissionCaseOpened::default() };
    assert_told::<OmissionEvent>(opened, Template::FailureToReport, &to);
    let escalated = OmissionCaseEscalated { superior: Some(superior), level: 1 };
    assert_told::<OmissionEvent>(escalated, Template::FailureToReport, &to);
    let transferred = CallTransferred {
        to_unit_id: "hospital-430903".to_owned(),
        department: Department::Health.into(),
        area: DISTRICT.to_owned(),
    };
    assert_told::<CallEvent>(transferred, Template::CallTransferred, &[(Department::Health, DISTRICT)]);
}

#[test]
fn rpt_6_civil_affairs_are_told_when_there_is_something_to_decide_and_never_of_whom() {
    let to = [(Department::CivilAffairs, DISTRICT)];
    let proposed = |anonymous| CommendationProposed { anonymous, ..CommendationProposed::default() };
    assert_told::<ReportEvent>(proposed(false), Template::CommendationProposed, &to);
    assert!(notices::<ReportEvent>(proposed(true)).is_empty(), "it waits for the receipt");
    let claimed = CommendationClaimed { person_id: "neighbour".to_owned(), ..Default::default() };
    let about = assert_told::<ReportEvent>(claimed, Template::CommendationProposed, &to);
    assert!(!format!("{about:?}").contains("neighbour"));
}

#[test]
fn dsp_2d_dsp_5_the_bulletin_its_end_and_a_request_for_help_reach_whom_they_name() {
    let to = |department: Department, area: &str| BulletinAddressee {
        department: department.into(),
        area: area.to_owned(),
    };
    let addressees = vec![to(Department::PublicSecurity, "430981"), to(Department::Transport, "430902")];
    let expected = [(Department::PublicSecurity, "430981"), (Department::Transport, "430902")];
    let opened = SearchOpened { addressees: addressees.clone(), ..SearchOpened::default() };
    let about = assert_told::<IncidentEvent>(opened, Template::SearchOpened, &expected);
    assert!(about.iter().all(|about| about.immediate));
    let ended = SearchEnded { addressees, ..SearchEnded::default() };
    assert_told::<IncidentEvent>(ended, Template::SearchEnded, &expected);
    let asked = |department: Department| AssistanceRequested {
        department: department.into(),
        area: TOWNSHIP.to_owned(),
        ..AssistanceRequested::default()
    };
    let school = [(Department::Education, TOWNSHIP)];
    assert_told::<IncidentEvent>(asked(Department::Education), Template::AssistanceRequested, &school);
    // one that the register does not know: civil affairs lead, and nothing is dropped
    let unknown = [(Department::CivilAffairs, DISTRICT)];
    assert_told::<IncidentEvent>(asked(Department::Unspecified), Template::AssistanceRequested, &unknown);
}

#[test]
fn law_2_law_4_bey_4_village_and_police_are_told_of_letters_and_orders_and_of_nobody_in_them() {
    let committee = (Department::Village, VILLAGE);
    let issued = WarningIssued {
        village_code: Some(village()),
        infringer_person_id: "infringer".to_owned(),
        ..WarningIssued::default()
    };
    let mut about = assert_told::<WarningEvent>(issued, Template::WarningIssued, &[committee]);
    let both = [(Department::PublicSecurity, DISTRICT), committee];
    let village_code = Some(village());
    let granted = ProtectionOrderGranted {
        village_code: village_code.clone(),
        respondent_person_id: "infringer".to_owned(),
        ..ProtectionOrderGranted::default()
    };
    about.extend(assert_told::<OrderEvent>(granted, Template::ProtectionOrderGranted, &both));
    let varied = ProtectionOrderVaried { village_code: village_code.clone(), ..Default::default() };
    about.extend(assert_told::<OrderEvent>(varied, Template::ProtectionOrderVaried, &both));
    let extended = ProtectionOrderExtended { village_code: village_code.clone(), ..Default::default() };
    about.extend(assert_told::<OrderEvent>(extended, Template::ProtectionOrderVaried, &both));
    let revoked = ProtectionOrderRevoked { village_code, ..Default::default() };
    about.extend(assert_told::<OrderEvent>(revoked, Template::ProtectionOrderRevoked, &both));
    assert!(!format!("{about:?}").contains("infringer"));
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
        // leadership only where the rules say so: "district", and superiors by unit
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
