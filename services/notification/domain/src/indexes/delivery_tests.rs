//! Which endpoints a notice goes to, what is open, and who is an infringer in which file.

use super::{Deliveries, Infringers};
use chrono::{DateTime, Utc};
use kinward_contracts::EventMessage;
use kinward_contracts::custody::v1::{CaseEvent, CaseOpened, OrderEvent, ProtectionOrderAppliedFor};
use kinward_contracts::dispatch::v1::{
    IncidentConcluded, IncidentEvent, IncidentOpened, InfringementStopped, ViolenceStopped, WarningEvent,
    WarningIssued,
};
use kinward_contracts::notification::v1::{
    About, DeliveryAttempted, DeliveryDeadLettered, DeliveryOutcomeUnknown, DeliveryResendRequested,
    DeliverySucceeded, Endpoint, EndpointConfigured, EndpointEvent, EndpointWithdrawn, NoticeEscalated,
    NoticeEvent, NoticeSent, Recipient,
};
use kinward_contracts::reporting::v1::{OmissionCaseOpened, OmissionEvent};
use kinward_contracts::r#type::v1::{ChildReference, Department};
use kinward_eventsourcing::kit::history;
use kinward_eventsourcing::{Index, Position, Recorded};

fn at() -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse().unwrap()
}

/// Folds events of one aggregate, each at the next position of the log.
fn fold<I: Index, E: EventMessage>(index: &mut I, last: &mut u64, id: &str, events: Vec<E>) {
    for event in history(id, at(), events) {
        *last += 1;
        index.fold(&Recorded { position: Position(*last), ..event }).unwrap();
    }
}

fn configured(department: Department, area: &str, role: &str) -> EndpointEvent {
    let endpoint = Endpoint {
        department: department.into(),
        area: area.to_owned(),
        role: role.to_owned(),
        ..Endpoint::default()
    };
    EndpointConfigured { endpoint: Some(endpoint), ..EndpointConfigured::default() }.into()
}

fn recipient(department: Department, area: &str, role: &str) -> Recipient {
    Recipient { department: department.into(), area: area.to_owned(), role: role.to_owned() }
}

fn sent(department: Department, area: &str, role: &str, immediate: bool) -> NoticeEvent {
    let about = Some(About { immediate, ..About::default() });
    NoticeSent { recipient: Some(recipient(department, area, role)), about, ..NoticeSent::default() }.into()
}

fn open(index: &Deliveries) -> Vec<(&str, &str)> {
    index.open().into_iter().map(|(notice, endpoint, _)| (notice, endpoint)).collect()
}

#[test]
fn dsp_4_a_notice_goes_to_the_endpoints_of_its_department_area_and_role_that_were_there_when_it_was_told() {
    let (mut index, mut last) = (Deliveries::default(), 0);
    let police = Department::PublicSecurity;
    for (id, event) in [
        ("district", configured(police, "430903", "")),
        ("station", configured(police, "430903111", "")),
        ("other-station", configured(police, "430903112", "")),
        ("commander", configured(police, "430903", "duty-commander")),
        ("nowhere", configured(police, "", "")),
        ("township", configured(Department::Township, "430903111", "")),
        ("gone", configured(police, "430903", "")),
    ] {
        fold(&mut index, &mut last, id, vec![event]);
    }
    fold(&mut index, &mut last, "gone", vec![EndpointEvent::from(EndpointWithdrawn::default())]);
    fold(&mut index, &mut last, "plain", vec![sent(police, "430903111", "", false)]);
    assert_eq!(open(&index), [("plain", "district"), ("plain", "station")]);
    fold(&mut index, &mut last, "role", vec![sent(police, "430903", "duty-commander", true)]);
    // emergencies first
    let expected = [("role", "commander"), ("role", "district"), ("plain", "district"), ("plain", "station")];
    assert_eq!(open(&index), expected);
    fold(&mut index, &mut last, "late", vec![configured(police, "430903", "")]);
    assert_eq!(open(&index), expected, "what was told before is not sent there");
}

#[test]
fn dsp_4_an_escalated_notice_goes_to_the_superior_s_endpoints_too() {
    let (mut index, mut last) = (Deliveries::default(), 0);
    fold(&mut index, &mut last, "civil-affairs", vec![configured(Department::CivilAffairs, "430903", "")]);
    let escalated =
        NoticeEscalated { recipient: Some(recipient(Department::CivilAffairs, "430903", "")), level: 1 };
    let events = vec![sent(Department::Township, "430903111", "", false), escalated.into()];
    fold(&mut index, &mut last, "notice", events);
    assert_eq!(open(&index), [("notice", "civil-affairs")]);
}

#[test]
fn dsp_4_open_is_what_is_due_or_has_an_attempt_without_an_outcome() {
    let (mut index, mut last) = (Deliveries::default(), 0);
    fold(&mut index, &mut last, "box", vec![configured(Department::Township, "430903111", "")]);
    fold(&mut index, &mut last, "notice", vec![sent(Department::Township, "430903111", "", false)]);
    let endpoint_id = || "box".to_owned();
    let attempted: NoticeEvent =
        DeliveryAttempted { endpoint_id: endpoint_id(), number: 1, ..DeliveryAttempted::default() }.into();
    let retry_at = Some(kinward_contracts::timestamp(at()));
    let steps: Vec<(NoticeEvent, bool)> = vec![
        (attempted.clone(), true),
        (
            DeliveryOutcomeUnknown { endpoint_id: endpoint_id(), ..DeliveryOutcomeUnknown::default() }.into(),
            true,
        ),
        (attempted.clone(), true),
        (
            DeliveryOutcomeUnknown {
                endpoint_id: endpoint_id(),
                retry_at,
                ..DeliveryOutcomeUnknown::default()
            }
            .into(),
            false,
        ),
        (
            DeliveryDeadLettered { endpoint_id: endpoint_id(), ..DeliveryDeadLettered::default() }.into(),
            false,
        ),
        (DeliveryResendRequested { endpoint_id: endpoint_id() }.into(), true),
        (attempted, true),
        (DeliverySucceeded { endpoint_id: endpoint_id(), ..DeliverySucceeded::default() }.into(), false),
    ];
    for (event, is_open) in steps {
        let name = event.event_type();
        fold(&mut index, &mut last, "notice", vec![event]);
        assert_eq!(!open(&index).is_empty(), is_open, "{name}");
        assert_eq!(index.all().len(), 1);
        assert_eq!(index.all()[0].2.position, last, "{name}");
    }
    let again: Deliveries = serde_json::from_str(&serde_json::to_string(&index).unwrap()).unwrap();
    assert_eq!(again, index, "a snapshot restores it");
}

#[test]
fn bey_4_an_infringer_is_one_in_the_incident_and_in_every_other_of_the_same_child() {
    let (mut index, mut last) = (Infringers::default(), 0);
    let child =
        || Some(ChildReference { child_id: Some("child".to_owned()), person_id: "person".to_owned() });
    let opened = || IncidentEvent::from(IncidentOpened { child: child(), ..IncidentOpened::default() });
    let violent = ViolenceStopped { infringer_person_id: Some("father".to_owned()) };
    fold(&mut index, &mut last, "first", vec![opened(), violent.into()]);
    fold(&mut index, &mut last, "second", vec![opened()]);
    let stopped = InfringementStopped { infringer_person_id: Some("stranger".to_owned()) };
    let concluded = IncidentConcluded { child: child(), ..IncidentConcluded::default() };
    // the child was not identified when it was opened
    let unidentified = IncidentEvent::from(IncidentOpened::default());
    fold(&mut index, &mut last, "third", vec![unidentified, stopped.into(), concluded.into()]);
    let of = |incident: Option<&str>, child: Option<ChildReference>| {
        let incident_id = incident.map(str::to_owned);
        let found = index.of(&About { incident_id, child, ..About::default() });
        found.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(of(Some("first"), None), ["father"]);
    assert_eq!(of(Some("second"), child()), ["father", "stranger"]);
    assert_eq!(of(None, child()), ["father", "stranger"]);
    assert!(of(Some("second"), None).is_empty());
    assert!(of(None, Some(ChildReference::default())).is_empty(), "an unidentified child is nobody else");
}

#[test]
fn bey_4_who_is_warned_restrained_or_before_the_court_is_one_too() {
    let (mut index, mut last) = (Infringers::default(), 0);
    let child = |id: &str| Some(ChildReference { child_id: Some(id.to_owned()), person_id: id.to_owned() });
    let warned = WarningIssued {
        incident_id: "incident".to_owned(),
        child: child("one"),
        infringer_person_id: "uncle".to_owned(),
        ..WarningIssued::default()
    };
    fold(&mut index, &mut last, "warning", vec![WarningEvent::from(warned)]);
    let applied = ProtectionOrderAppliedFor {
        child: child("two"),
        respondent_person_id: "father".to_owned(),
        ..ProtectionOrderAppliedFor::default()
    };
    fold(&mut index, &mut last, "order", vec![OrderEvent::from(applied)]);
    let case = CaseOpened {
        child: child("three"),
        guardian_person_ids: vec!["mother".to_owned()],
        ..CaseOpened::default()
    };
    fold(&mut index, &mut last, "case", vec![CaseEvent::from(case)]);
    let omission =
        OmissionCaseOpened { incident_id: Some("violent".to_owned()), ..OmissionCaseOpened::default() };
    fold(&mut index, &mut last, "omission", vec![OmissionEvent::from(omission)]);
    let violent = ViolenceStopped { infringer_person_id: Some("teacher".to_owned()) };
    fold(&mut index, &mut last, "violent", vec![IncidentEvent::from(violent)]);
    let of = |about: About| index.of(&about).into_iter().collect::<Vec<_>>();
    let of_child = |id: &str| of(About { child: child(id), ..About::default() });
    assert_eq!(
        (of_child("one"), of_child("two"), of_child("three")),
        (vec!["uncle".to_owned()], vec!["father".to_owned()], vec!["mother".to_owned()],)
    );
    let incident_id = Some("incident".to_owned());
    assert_eq!(of(About { incident_id, ..About::default() }), ["uncle"]);
    // by the aggregate itself, as a missed clock has it
    for (subject, person) in [
        ("kw.custody.order.order", "father"),
        ("kw.custody.case.case", "mother"),
        ("kw.registry.child.three", "mother"),
        ("kw.reporting.omission.omission", "teacher"),
    ] {
        assert_eq!(of(About { subject: subject.to_owned(), ..About::default() }), [person], "{subject}");
    }
}
