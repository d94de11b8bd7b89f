//! What the emergency worklist shows, in which order, and what whoever watches it is told.

use super::OpenIncidents;
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::dispatch::v1::{
    IncidentAccepted, IncidentConcluded, IncidentEvent, IncidentOpened, Stage, UnitArrived, UnitDispatched,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{ClockMet, ClockStarted, Severity, Situation};
use kinward_eventsourcing::kit::history;
use kinward_eventsourcing::{Index as _, Position, Recorded};

fn minute(minutes: i64) -> DateTime<Utc> {
    "2026-11-24T04:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minutes)
}

fn opened(severity: Severity) -> IncidentEvent {
    IncidentEvent::from(IncidentOpened {
        report_id: "report".to_owned(),
        situations: vec![Situation::Other.into()],
        severity: severity.into(),
        village_code: Some("430903111201".to_owned()),
        ..IncidentOpened::default()
    })
}

fn clock(id: &str, due: i64) -> IncidentEvent {
    IncidentEvent::from(ClockStarted {
        clock_id: id.to_owned(),
        clock: id.to_owned(),
        started_at: Some(timestamp(minute(0))),
        due_at: Some(timestamp(minute(due))),
        ..ClockStarted::default()
    })
}

/// The events of several incidents, as one log.
fn log(incidents: Vec<(&str, Vec<IncidentEvent>)>) -> Vec<Recorded> {
    let all = incidents.into_iter().flat_map(|(id, events)| history(id, minute(0), events));
    all.zip(1..).map(|(event, at)| Recorded { position: Position(at), ..event }).collect()
}

fn fold(events: &[Recorded]) -> OpenIncidents {
    let mut index = OpenIncidents::default();
    for event in events {
        index.fold(event).unwrap();
    }
    index
}

fn ids(index: &OpenIncidents) -> Vec<&str> {
    index.worklist().into_iter().map(|(id, _)| id).collect()
}

#[test]
fn bey_5_the_most_urgent_comes_first_then_the_earliest_clock_then_who_came_first() {
    let index = fold(&log(vec![
        ("ordinary", vec![opened(Severity::Ordinary), clock("police-accept", 1)]),
        ("urgent-no-clock", vec![opened(Severity::Urgent)]),
        ("urgent-late", vec![opened(Severity::Urgent), clock("police-accept", 9)]),
        ("urgent-early", vec![opened(Severity::Urgent), clock("a", 60), clock("b", 5)]),
        ("urgent-same", vec![opened(Severity::Urgent), clock("police-accept", 9)]),
        ("immediate", vec![opened(Severity::Immediate), clock("police-accept", 90)]),
    ]));
    assert_eq!(
        ids(&index),
        ["immediate", "urgent-early", "urgent-late", "urgent-same", "urgent-no-clock", "ordinary"]
    );
    let (_, early) = index.worklist()[1];
    assert_eq!(early.earliest_clock(), Some(("b", minute(5))));
}

#[test]
fn dsp_1_an_entry_shows_how_far_police_are_and_leaves_when_they_are_done() {
    let mut events = vec![opened(Severity::Urgent), clock("police-accept", 10)];
    let mut stages = Vec::new();
    for next in [
        IncidentAccepted::default().into(),
        ClockMet { clock_id: "police-accept".to_owned() }.into(),
        UnitDispatched::default().into(),
        UnitArrived::default().into(),
    ] {
        events.push(next);
        let index = fold(&log(vec![("incident", events.clone())]));
        let (_, entry) = index.worklist()[0];
        stages.push((entry.stage, entry.earliest_clock().is_some(), entry.position));
    }
    let of = |stage: Stage| i32::from(stage);
    assert_eq!(
        stages,
        [
            (of(Stage::Accepted), true, 3),
            (of(Stage::Accepted), false, 4),
            (of(Stage::Dispatched), false, 5),
            (of(Stage::OnScene), false, 6),
        ]
    );
    events.push(IncidentConcluded::default().into());
    assert!(ids(&fold(&log(vec![("incident", events)]))).is_empty());
}

#[test]
fn bey_5_who_watches_from_a_position_is_told_every_change_and_conclusion_after_it_and_none_before() {
    let index = fold(&log(vec![
        ("over-before", vec![opened(Severity::Urgent), IncidentConcluded::default().into()]),
        ("untouched", vec![opened(Severity::Urgent)]),
        ("accepted", vec![opened(Severity::Urgent), IncidentAccepted::default().into()]),
        ("over-after", vec![opened(Severity::Urgent), IncidentConcluded::default().into()]),
    ]));
    let told = |after| {
        let (changed, concluded) = index.changed_after(after);
        (changed.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), concluded)
    };
    assert_eq!(told(0), (vec!["untouched", "accepted"], vec!["over-before", "over-after"]));
    assert_eq!(told(3), (vec!["accepted"], vec!["over-after"]));
    assert_eq!(told(5), (vec![], vec!["over-after"]));
    assert_eq!(told(7), (vec![], vec![]));
}

#[test]
fn bey_5_what_is_not_about_incidents_changes_nothing() {
    let index = fold(&log(vec![("never-opened", vec![IncidentAccepted::default().into()])]));
    assert_eq!(index, OpenIncidents::default());
}
