//! What the emergency worklist shows, in which order, and what whoever watches it is told.

use super::{AssistanceWaiting, Gap, HandOver, HandOvers, OpenIncidents, gaps};
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::custody::v1::{
    ChildHandedOver, PlacementForm, TemporaryGuardianshipBegan, TemporaryGuardianshipEvent,
};
use kinward_contracts::dispatch::v1::{
    AssistanceAnswered, AssistanceDeclined, AssistanceRequested, ChildIdentified, ChildPlacedTemporarily,
    IncidentAccepted, IncidentConcluded, IncidentEvent, IncidentJoined, IncidentLinked, IncidentOpened,
    IncidentParted, IncidentUnlinked, LinkReason, PlacementEnd, PlacementEnded, Stage, UnitArrived,
    UnitDispatched,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{ChildReference, ClockMet, ClockStarted, Severity, Situation};
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
        let ids = |(id, _)| id;
        (
            changed.into_iter().map(|(id, _)| id).collect::<Vec<_>>(),
            concluded.into_iter().map(ids).collect::<Vec<_>>(),
        )
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

fn reported(child: Option<&str>, village: Option<&str>, situation: Situation) -> IncidentEvent {
    IncidentEvent::from(IncidentOpened {
        situations: vec![situation.into()],
        severity: Severity::Urgent.into(),
        village_code: village.map(str::to_owned),
        child: Some(ChildReference { child_id: child.map(str::to_owned), person_id: "person".to_owned() }),
        ..IncidentOpened::default()
    })
}

fn follows(main: &str) -> IncidentEvent {
    IncidentLinked { main_incident_id: main.to_owned(), ..IncidentLinked::default() }.into()
}

fn joined(id: &str, severity: Severity) -> IncidentEvent {
    IncidentJoined { incident_id: id.to_owned(), severity: severity.into(), ..IncidentJoined::default() }
        .into()
}

#[test]
fn rpt_4_who_follows_leaves_the_top_level_stays_under_the_main_one_and_lends_it_its_urgency() {
    let one = vec![opened(Severity::Ordinary)];
    let two = vec![opened(Severity::Immediate)];
    let three = vec![opened(Severity::Urgent)];
    let with = |more_of_one: Vec<IncidentEvent>, more_of_two: Vec<IncidentEvent>| {
        fold(&log(vec![
            ("one", [one.clone(), more_of_one].concat()),
            ("two", [two.clone(), more_of_two].concat()),
            ("three", three.clone()),
        ]))
    };
    assert_eq!(ids(&with(vec![], vec![])), ["two", "three", "one"]);
    let linked = with(vec![joined("two", Severity::Immediate)], vec![follows("one")]);
    assert_eq!(ids(&linked), ["one", "three"], "the most urgent report counts");
    let (_, main) = linked.worklist()[0];
    let under: Vec<&str> = linked.following(main).into_iter().map(|(id, _)| id).collect();
    assert_eq!(under, ["two"]);
    let parted = IncidentParted { incident_id: "two".to_owned() }.into();
    let apart = with(
        vec![joined("two", Severity::Immediate), parted],
        vec![follows("one"), IncidentUnlinked::default().into()],
    );
    assert_eq!(ids(&apart), ["two", "three", "one"], "as it was");
}

#[test]
fn rpt_4_candidates_are_of_the_same_child_or_near_in_time_alike_and_not_known_to_be_elsewhere() {
    const HERE: Option<&str> = Some("430903111201");
    let missing = Situation::Missing;
    let index = fold(&log(vec![
        ("this", vec![reported(Some("child"), HERE, missing)]),
        ("same-child-elsewhere", vec![reported(Some("child"), Some("430903112201"), Situation::Other)]),
        ("same-village", vec![reported(None, HERE, missing)]),
        ("no-place", vec![reported(None, None, missing)]),
        ("elsewhere", vec![reported(None, Some("430903112201"), missing)]),
        ("other-child", vec![reported(Some("another"), HERE, missing)]),
        ("other-kind", vec![reported(None, HERE, Situation::Other)]),
        ("follows-already", vec![reported(None, HERE, missing), follows("no-place")]),
    ]));
    let found: Vec<(&str, Vec<LinkReason>)> =
        index.link_candidates("this").into_iter().map(|(id, _, reasons)| (id, reasons)).collect();
    let near = LinkReason::NearInTime;
    assert_eq!(
        found,
        [
            ("same-child-elsewhere", vec![LinkReason::SameChild, near]),
            ("same-village", vec![LinkReason::SameVillage, near, LinkReason::SameSituation]),
            ("no-place", vec![near, LinkReason::SameSituation]),
        ]
    );
    assert!(index.link_candidates("nothing").is_empty());
}

#[test]
fn rpt_4_the_same_kind_of_thing_in_the_same_village_two_days_later_is_another_event() {
    let mut index = OpenIncidents::default();
    let village = Some("430903111201");
    for (id, hours) in [("old", 0), ("new", 25), ("newer", 49)] {
        for event in history(id, minute(60 * hours), [reported(None, village, Situation::Missing)]) {
            index.fold(&event).unwrap();
        }
    }
    let ids = |id| index.link_candidates(id).into_iter().map(|(id, ..)| id).collect::<Vec<_>>();
    assert!(ids("old").is_empty());
    assert_eq!(ids("new"), ["newer"], "exactly a day is near");
}

fn placed(id: &str, from: i64) -> IncidentEvent {
    let from = Some(timestamp(minute(from)));
    ChildPlacedTemporarily { placement_id: id.to_owned(), from_at: from, ..ChildPlacedTemporarily::default() }
        .into()
}

fn ended(id: &str, until: i64, end: PlacementEnd) -> IncidentEvent {
    let until = Some(timestamp(minute(until)));
    PlacementEnded { placement_id: id.to_owned(), end: end.into(), until_at: until }.into()
}

fn hand_overs(incidents: Vec<(&str, Vec<IncidentEvent>)>) -> HandOvers {
    let mut index = HandOvers::default();
    for event in log(incidents) {
        index.fold(&event).unwrap();
    }
    index
}

#[test]
fn bey_3_a_child_s_hand_overs_are_listed_through_all_its_incidents_in_order() {
    let child = || reported(Some("child"), None, Situation::Other);
    let unknown = || reported(None, None, Situation::Other);
    let identified = ChildIdentified { child_id: "child".to_owned() }.into();
    let index = hand_overs(vec![
        ("later", vec![child(), placed("c", 100)]),
        ("first", vec![unknown(), placed("a", 0), ended("a", 10, PlacementEnd::Returned), identified]),
        ("another-child", vec![unknown(), placed("x", 5)]),
    ]);
    let ids = |list: Vec<HandOver>| list.into_iter().map(|all| all.placement_id).collect::<Vec<_>>();
    assert_eq!(ids(index.of_child("child")), ["a", "c"]);
    assert_eq!(ids(index.of_incident("another-child")), ["x"]);
    assert!(gaps(&index.of_child("child")).is_empty(), "who returned to the parents is in no gap");
    assert!(index.of_incident("none").is_empty());
}

#[test]
fn bey_3_nobody_or_two_who_hold_a_child_are_shown_as_a_gap() {
    let of =
        |events: Vec<IncidentEvent>| gaps(&hand_overs(vec![("incident", events)]).of_incident("incident"));
    let gap = |after: &str, from: i64, until: Option<i64>, overlap| Gap {
        after_placement_id: after.to_owned(),
        from: minute(from),
        until: until.map(minute),
        overlap,
    };
    let handed_on = || vec![placed("a", 0), ended("a", 10, PlacementEnd::HandedOn)];
    assert_eq!(of(handed_on()), [gap("a", 10, None, false)]);
    assert_eq!(of([handed_on(), vec![placed("b", 10)]].concat()), []);
    assert_eq!(of([handed_on(), vec![placed("b", 12)]].concat()), [gap("a", 10, Some(12), false)]);
    assert_eq!(of([handed_on(), vec![placed("b", 8)]].concat()), [gap("a", 8, Some(10), true)]);
    assert_eq!(of(vec![placed("a", 0), placed("b", 5)]), [gap("a", 5, None, true)]);
    // handed on at the very moment it came: the record's order counts, not the ids
    let at_once = vec![placed("z", 0), ended("z", 0, PlacementEnd::HandedOn), placed("a", 0)];
    assert_eq!(of(at_once), []);
    // the shorter one inside a longer one hides nothing
    let inside = vec![placed("a", 0), placed("b", 2), ended("b", 4, PlacementEnd::Returned)];
    assert_eq!(
        of([inside, vec![placed("c", 6)]].concat()),
        [gap("a", 2, Some(4), true), gap("a", 6, None, true)]
    );
}

#[test]
fn bey_3_law_3_temporary_care_and_temporary_guardianship_are_one_chain_of_hands() {
    let child = || Some(ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() });
    let stay = |incident_id: Option<&str>| {
        let began = TemporaryGuardianshipBegan {
            child: child(),
            village_code: Some("430903111201".to_owned()),
            incident_id: incident_id.map(str::to_owned),
            ..TemporaryGuardianshipBegan::default()
        };
        let handed = |id: &str| ChildHandedOver {
            placement_id: id.to_owned(),
            form: PlacementForm::Relative.into(),
            ..ChildHandedOver::default()
        };
        let began: [TemporaryGuardianshipEvent; 2] = [began.into(), handed("b").into()];
        // each commit of a guardianship at its own time
        let commits = [(20, began.to_vec()), (30, vec![handed("c").into()])];
        commits.into_iter().flat_map(|(at, events)| history("child", minute(at), events))
    };
    let of = |police: Vec<IncidentEvent>, incident_id: Option<&str>| {
        let mut index = hand_overs(vec![("incident", police)]);
        for (number, event) in stay(incident_id).enumerate() {
            index.fold(&Recorded { position: Position(1_000 + number as u64), ..event }).unwrap();
        }
        index
    };
    let reported = || reported(Some("child"), None, Situation::Other);
    let taken_over = vec![reported(), placed("a", 0), ended("a", 20, PlacementEnd::CustodyCase)];
    let index = of(taken_over.clone(), Some("incident"));
    for list in [index.of_child("child"), index.of_incident("incident")] {
        let ids: Vec<&str> = list.iter().map(|one| one.placement_id.as_str()).collect();
        assert_eq!(ids, ["a", "b", "c"]);
        assert!(gaps(&list).is_empty(), "neither overlap nor gap");
        assert_eq!((list[1].until, list[1].end), (Some(minute(30)), PlacementEnd::HandedOn.into()));
        assert_eq!(index.village_of(&list[1]), Some("430903111201"), "whoever asks must cover it");
    }
    // without an incident named it is found by the child; what overlaps or gapes is shown
    let index = of(vec![reported(), placed("a", 0)], None);
    assert_eq!(index.of_incident("incident").len(), 1);
    assert!(gaps(&index.of_child("child"))[0].overlap);
    let early = vec![reported(), placed("a", 0), ended("a", 15, PlacementEnd::CustodyCase)];
    let shown = gaps(&of(early.clone(), None).of_child("child"));
    assert_eq!((shown[0].from, shown[0].until), (minute(15), Some(minute(20))));
    // and so is that nobody took over at all
    assert_eq!(gaps(&hand_overs(vec![("incident", early)]).of_child("child"))[0].until, None);
}

#[test]
fn dsp_5_what_waits_for_a_unit_is_there_until_it_answers_or_declines() {
    let asked = |id: &str, unit: &str| {
        IncidentEvent::from(AssistanceRequested {
            assistance_id: id.to_owned(),
            unit_id: unit.to_owned(),
            ..AssistanceRequested::default()
        })
    };
    let answered =
        AssistanceAnswered { assistance_id: "a".to_owned(), answer: None, village_code: None }.into();
    let declined =
        AssistanceDeclined { assistance_id: "c".to_owned(), reason: None, village_code: None }.into();
    let mut index = AssistanceWaiting::default();
    for event in log(vec![
        ("one", vec![asked("a", "school"), asked("b", "school"), answered]),
        ("two", vec![asked("c", "hospital"), declined, asked("d", "school")]),
    ]) {
        index.fold(&event).unwrap();
    }
    let waiting = |unit| index.of_unit(unit).into_iter().map(|(_, id)| id).collect::<Vec<_>>();
    assert_eq!(waiting("school"), ["b", "d"]);
    assert!(waiting("hospital").is_empty());
}
