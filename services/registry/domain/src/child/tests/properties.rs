//! What holds for every history of a file.

use super::*;
use crate::child::{Age, gap, status};
use kinward_contracts::registry::v1::{
    AbsenceRecorded, ChildReturnedToSchool, ContactRecorded, DropoutRegistered, DuplicateLinked,
    DuplicateUnlinked, GuardianRecorded, KeyCaseEnded, KeyCaseFlagged, KeyCaseVisitor, VisitRecorded,
};
use kinward_eventsourcing::Recorded;
use kinward_statute::Outcome as Ended;
use kinward_statute::day_of;
use proptest::prelude::*;

/// Any facts, contradictory ones too: those are refused.
fn any_facts() -> impl Strategy<Value = ParentFacts> {
    (0..=6_i32, 0..=2_i32, any::<bool>(), prop::option::of(0..40_u64)).prop_map(
        |(whereabouts, capacity, lives_with_child, since)| ParentFacts {
            whereabouts,
            capacity,
            lives_with_child,
            since_on: since.map(|days| (day("2026-02-20") + Days::new(days)).to_string()),
        },
    )
}

/// Facts that contradict nothing.
fn sound_facts() -> impl Strategy<Value = ParentFacts> {
    any_facts().prop_map(|facts| ParentFacts {
        lives_with_child: facts.lives_with_child && !crate::child::carer::is_elsewhere(facts.whereabouts()),
        since_on: None,
        ..facts
    })
}

fn any_person() -> impl Strategy<Value = String> {
    prop::sample::select([FATHER, MOTHER, GRANDMOTHER, "stranger"].as_slice()).prop_map(str::to_owned)
}

fn of_age(event: impl Into<ChildEvent>, birth_date: NaiveDate) -> Command {
    let event: ChildEvent = event.into();
    Command::Record { event: event.event.unwrap(), birth_date: Some(birth_date), occurred_at: None }
}

fn any_command(birth_date: NaiveDate) -> impl Strategy<Value = Command> {
    let recorded = (any_person(), any_facts()).prop_map(move |(person_id, facts)| Command::RecordParent {
        person_id,
        facts,
        birth_date,
        occurred_at: None,
    });
    let ruled = (any_person(), any_person(), 0..3_u8).prop_map(|(revoked_person_id, designated, case)| {
        Command::FollowRuling(Box::new(Ruling {
            case_id: format!("case-{case}"),
            ruled_at: noon(),
            ruled_on: "2026-03-10".to_owned(),
            revoked_person_id,
            designated: Guardian { person_id: designated, ..grandmother(Capacity::Full, false) },
        }))
    });
    let restored = (any_person(), any_person(), 0..3_u8).prop_map(|(person_id, ended_person_id, case)| {
        let case_id = format!("case-{case}");
        let restored_on = "2026-03-10".to_owned();
        let restored = GuardianRestored { person_id, ended_person_id, case_id, restored_on };
        Command::FollowRestoration(Box::new(Restoration { ruled_at: noon(), restored }))
    });
    let guardian = (0..=2_i32, any::<bool>(), prop::sample::select([GRANDMOTHER, "aunt"].as_slice()))
        .prop_map(move |(capacity, lives_with_child, person_id)| {
            let capacity = Capacity::try_from(capacity).unwrap();
            let basis = GuardianshipBasis::OrderOfLaw.into();
            let guardian = Guardian {
                person_id: person_id.to_owned(),
                basis,
                ..grandmother(capacity, lives_with_child)
            };
            of_age(GuardianRecorded { guardian: Some(guardian) }, birth_date)
        });
    let cared = prop_oneof![
        Just(of_age(
            ContactRecorded { person_id: FATHER.to_owned(), kind: 1, facilitated_by: 1 },
            birth_date
        )),
        Just(of_age(VisitRecorded { kind: 1, role: 4, finding: 1, ..VisitRecorded::default() }, birth_date)),
        Just(of_age(
            KeyCaseFlagged {
                visitor: Some(KeyCaseVisitor { role: 4, ..KeyCaseVisitor::default() }),
                ..KeyCaseFlagged::default()
            },
            birth_date
        )),
        Just(of_age(KeyCaseEnded::default(), birth_date)),
        Just(of_age(DuplicateLinked { of_child_id: "other".to_owned() }, birth_date)),
        Just(of_age(DuplicateUnlinked { of_child_id: "other".to_owned() }, birth_date)),
        Just(of_age(
            AbsenceRecorded { on_date: "2026-03-01".to_owned(), ..AbsenceRecorded::default() },
            birth_date
        )),
        Just(of_age(
            DropoutRegistered { since_on: "2026-03-01".to_owned(), cause: 2, ..DropoutRegistered::default() },
            birth_date
        )),
        Just(of_age(ChildReturnedToSchool { on_date: "2026-03-01".to_owned() }, birth_date)),
    ];
    prop_oneof![
        6 => recorded,
        3 => guardian,
        3 => cared,
        2 => ruled,
        2 => restored,
        1 => Just(Command::ObserveClocks { birth_date: Some(birth_date) }),
        1 => Just(register(family(Vec::new(), Vec::new()))),
    ]
}

/// A child of any age at noon, and what happens to its file, with the days that pass before each.
fn any_history() -> impl Strategy<Value = (NaiveDate, ChildRegistered, Vec<(Command, i64)>)> {
    let born = (0..17 * 366_u64).prop_map(|days| day("2026-03-10") - Days::new(days));
    born.prop_flat_map(|born| {
        let parents = (prop::option::of(sound_facts()), prop::option::of(sound_facts()));
        let carer = prop::option::of((0..=2_i32, any::<bool>()));
        let registered = (parents, carer).prop_map(|((father, mother), carer)| {
            let parents = father.map(|facts| parent(FATHER, facts)).into_iter();
            let guardian = carer.map(|(capacity, lives_with_child)| {
                grandmother(Capacity::try_from(capacity).unwrap(), lives_with_child)
            });
            family(
                parents.chain(mother.map(|facts| parent(MOTHER, facts))).collect(),
                guardian.into_iter().collect(),
            )
        });
        let commands = prop::collection::vec((any_command(born), 0..60_i64), 0..25);
        (Just(born), registered, commands)
    })
}

/// The kit folds every history again after each command.
fn play(
    reference: &Reference,
    (born, registered, commands): (NaiveDate, ChildRegistered, Vec<(Command, i64)>),
) -> (Scenario<'_, Child>, DateTime<Utc>) {
    let first = Command::Register { registered: Box::new(registered), birth_date: born, occurred_at: None };
    let mut now = noon();
    let mut scenario = Scenario::<Child>::new("child", now, reference).given([first]);
    for (command, days) in commands {
        now += Duration::days(days);
        scenario = scenario.at(now).tried([command]);
    }
    (scenario, now)
}

fn events(recorded: &[Recorded]) -> impl Iterator<Item = (&Recorded, Event)> {
    recorded.iter().map(|event| (event, event.decode::<ChildEvent>().unwrap().unwrap().event.unwrap()))
}

proptest! {
    #[test]
    fn def_1_the_status_is_what_the_facts_and_the_age_amount_to_whatever_the_history(history in any_history()) {
        let reference = reference();
        let born = history.0;
        let (scenario, now) = play(&reference, history);
        // a recording looks at the age of its day; so does this one, and then nothing can be stale
        let observed = Command::RecordParent {
            person_id: scenario.state().parents().next().map_or(String::new(), |(id, _)| id.to_owned()),
            facts: at_home(),
            birth_date: born,
            occurred_at: None,
        };
        let without_parents = scenario.state().parents().next().is_none();
        let unlinked = of_age(DuplicateUnlinked { of_child_id: "other".to_owned() }, born);
        let scenario = scenario.tried([unlinked, observed]);
        let state = scenario.state();
        let age = Age::on(born, day_of(now));
        prop_assume!(!without_parents);
        prop_assert_eq!(status_of(&scenario), status(state, age));
        prop_assert_eq!(open_gap(&scenario), gap(state, age));
        // facts and age decide, not the status, the gap or the rulings before
        let facts_only = State { carers: state.carers.clone(), ..State::default() };
        prop_assert_eq!(status(&facts_only, age), status(state, age));
    }

    #[test]
    fn def_1_the_way_to_the_facts_does_not_matter(
        first in (sound_facts(), sound_facts()),
        second in (sound_facts(), sound_facts()),
    ) {
        let reference = reference();
        let registered = |(father, mother): &(ParentFacts, ParentFacts)| {
            on_file(&reference, vec![parent(FATHER, father.clone()), parent(MOTHER, mother.clone())], Vec::new())
        };
        let at_once = registered(&second);
        let (father, mother) = (record(FATHER, second.0.clone()), record(MOTHER, second.1.clone()));
        let one_way = registered(&first).given([father.clone(), mother.clone()]);
        let other_way = registered(&first).given([mother, father]);
        for scenario in [one_way, other_way] {
            prop_assert_eq!(status_of(&scenario), status_of(&at_once));
            prop_assert_eq!(open_gap(&scenario), open_gap(&at_once));
        }
    }

    #[test]
    fn def_1_left_behind_is_never_at_sixteen(history in any_history()) {
        let reference = reference();
        let born = history.0;
        let (scenario, _) = play(&reference, history);
        prop_assert_ne!(status(scenario.state(), Age::SixteenOrMore), ChildStatus::LeftBehind);
        let mut ended = false;
        for (recorded, event) in events(&scenario.recorded()) {
            let Event::StatusChanged(changed) = event else { continue };
            prop_assert!(!ended, "sixteen is for good (DEF-2)");
            ended = changed.to_status() == ChildStatus::TurnedSixteen;
            // a ruling goes by the age last seen
            let first = &recorded.commit.events[0].r#type;
            if !first.ends_with("GuardianRevoked") && !first.ends_with("GuardianRestored") {
                let of_age = Age::on(born, day_of(recorded.recorded_at())) == Age::SixteenOrMore;
                prop_assert_eq!(of_age, ended);
            }
        }
    }

    #[test]
    fn def_2_each_change_starts_from_the_status_before_and_says_why(history in any_history()) {
        let reference = reference();
        let (scenario, _) = play(&reference, history);
        let mut before = ChildStatus::Unspecified;
        for (_, event) in events(&scenario.recorded()) {
            let Event::StatusChanged(changed) = event else { continue };
            prop_assert_eq!(changed.from_status(), before);
            prop_assert_ne!(changed.to_status(), before);
            prop_assert_ne!(changed.reason(), StatusReason::Unspecified);
            before = changed.to_status();
        }
        prop_assert_eq!(status_of(&scenario), before);
    }

    #[test]
    fn fam_2_gaps_are_raised_and_closed_in_turn_each_with_an_id_of_its_own(history in any_history()) {
        let reference = reference();
        let (scenario, _) = play(&reference, history);
        let recorded = scenario.recorded();
        let ids: Vec<&str> = recorded.iter().map(|event| event.event().event_id.as_str()).collect();
        let (mut open, mut raised) = (None, 0);
        for (_, event) in events(&recorded) {
            match event {
                Event::GuardianshipGapRaised(gap) => {
                    raised += 1;
                    prop_assert_eq!(&gap.gap_id, &format!("gap-{raised}"));
                    prop_assert_eq!(open.replace(gap.gap_id), None);
                }
                Event::GuardianshipGapClosed(gap) => {
                    prop_assert_eq!(open.take(), Some(gap.gap_id));
                    prop_assert!(ids.contains(&gap.by_event_id.as_str()), "it names an event of the file");
                }
                _ => {}
            }
        }
        prop_assert_eq!(open, scenario.state().gap.as_ref().map(|gap| gap.gap_id.clone()));
    }

    #[test]
    fn cus_4_a_person_is_revoked_once_per_case_unless_restored(history in any_history()) {
        let reference = reference();
        let (scenario, _) = play(&reference, history);
        let mut seen = std::collections::BTreeSet::new();
        for (_, event) in events(&scenario.recorded()) {
            match event {
                Event::GuardianRevoked(revoked) => {
                    prop_assert!(seen.insert((revoked.case_id, revoked.person_id)));
                }
                Event::GuardianRestored(restored) => {
                    prop_assert!(seen.remove(&(restored.case_id, restored.person_id)));
                }
                _ => {}
            }
        }
    }

    #[test]
    fn fam_3_twn_2_the_clocks_of_the_roll_run_for_whoever_is_on_it_or_was_missed(history in any_history()) {
        let reference = reference();
        let (scenario, _) = play(&reference, history);
        let state = scenario.state();
        let on_the_roll = status_of(&scenario) == ChildStatus::LeftBehind;
        let key_case = state.care.key_case.is_some();
        for (clock_id, wanted) in [("parent-contact", on_the_roll), ("village-visit", on_the_roll || key_case)] {
            let outcome = state.clocks.get(clock_id).map(|clock| clock.outcome);
            let owed = matches!(outcome, Some(None | Some(Ended::Missed)));
            // missed and then off the roll: the miss stays on record
            let stays = outcome == Some(Some(Ended::Missed));
            prop_assert!(owed == wanted || stays, "{clock_id}: {outcome:?}, wanted {wanted}");
        }
    }

    #[test]
    fn def_2_the_birth_date_is_never_said_before_two_months_to_the_birthday(history in any_history()) {
        let reference = reference();
        let born = history.0;
        let (scenario, _) = play(&reference, history);
        let birthday = kinward_statute::start_of_day(kinward_statute::turns(born, 16));
        for (recorded, event) in events(&scenario.recorded()) {
            let Event::ClockStarted(started) = event else { continue };
            if started.clock != "left-behind-ends" {
                continue;
            }
            let due = started.due_at.as_ref().and_then(kinward_contracts::instant).unwrap();
            prop_assert_eq!(started.variant == "day", due == birthday, "only the last step is exact");
            if due == birthday {
                prop_assert!(birthday - recorded.recorded_at() <= Duration::days(61));
            }
        }
    }

    #[test]
    fn bey_7_unlink_after_link_is_the_identity_whatever_the_history(history in any_history()) {
        let reference = reference();
        let (scenario, now) = play(&reference, history);
        let observed = scenario.at(now).tried([Command::ObserveClocks { birth_date: None }]);
        let linked = of_age(DuplicateLinked { of_child_id: "other".to_owned() }, nine());
        prop_assume!(observed.state().duplicate_of.is_none());
        prop_assume!(!observed.state().needs_birth_date(now));
        let before = observed.state().clone();
        let unlinked = Command::Record {
            event: Event::DuplicateUnlinked(DuplicateUnlinked { of_child_id: "other".to_owned() }),
            birth_date: None,
            occurred_at: None,
        };
        let after = observed.given([linked, unlinked]);
        prop_assert_eq!(after.state(), &before);
    }
}
