//! The sixteenth birthday by a durable timer (DEF-2).

use super::*;

const CLOCK: &str = "left-behind-ends";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// What the alarms do: asks at each moment at which a clock wants it, until one lies after `until`.
fn run(mut scenario: Scenario<'_, Child>, until: DateTime<Utc>) -> Scenario<'_, Child> {
    while let Some((_, next)) = scenario.state().clocks.next_alarm()
        && next <= until
    {
        let birth_date = scenario.state().needs_birth_date(next).then(nine);
        scenario = scenario.at(next).given([Command::ObserveClocks { birth_date }]);
    }
    scenario.at(until)
}

#[test]
fn def_2_the_status_ends_by_itself_on_the_sixteenth_birthday() {
    let reference = reference();
    let birthday = at("2033-01-19T16:00:00Z");
    let the_day_before = run(left_behind(&reference), birthday - Duration::seconds(1));
    assert_eq!(status_of(&the_day_before), ChildStatus::LeftBehind);
    let outcome = the_day_before.at(birthday).when(Command::ObserveClocks { birth_date: None });
    assert_eq!(
        changes(outcome.facts()),
        [(ChildStatus::TurnedSixteen, StatusReason::TurnedSixteen, "2033-01-20".to_owned())]
    );
    let scenario = outcome.then_made(&["StatusChanged"]);
    assert_eq!(scenario.state().clocks.get(CLOCK).unwrap().outcome, Some(kinward_statute::Outcome::Met));
    for routine in ["parent-contact", "village-visit"] {
        assert!(running(&scenario, routine).is_none(), "{routine} ends with the status");
    }
    let later = scenario.at(birthday + Duration::days(400)).when(record(MOTHER, away()));
    assert_eq!(status_of(&later.then_made(&["ParentWhereaboutsRecorded"])), ChildStatus::TurnedSixteen);
}

#[test]
fn def_2_the_log_says_the_year_then_the_month_then_the_day_of_the_birthday() {
    let reference = reference();
    let scenario = left_behind(&reference);
    let step = |scenario: &Scenario<'_, Child>| {
        let clock = running(scenario, CLOCK).unwrap().clone();
        (clock.variant, clock.due_at, clock.warn_at)
    };
    assert_eq!(step(&scenario), ("year".to_owned(), at("2031-12-31T16:00:00Z"), None));
    assert!(running(&scenario, CLOCK).unwrap().started_at == noon(), "never the birth");
    let scenario = run(scenario, at("2032-01-01T00:00:00Z"));
    assert_eq!(step(&scenario), ("month".to_owned(), at("2032-11-30T16:00:00Z"), None));
    let scenario = run(scenario, at("2032-12-01T00:00:00Z"));
    let told = at("2032-12-20T16:00:00Z");
    assert_eq!(step(&scenario), ("day".to_owned(), at("2033-01-19T16:00:00Z"), Some(told)));
    let scenario = run(scenario, told);
    assert!(running(&scenario, CLOCK).unwrap().warned, "thirty days before, the village is told");
}

#[test]
fn def_2_who_is_nearly_sixteen_starts_nearer() {
    let reference = reference();
    for (born, variant, due) in [
        ("2010-03-11", "day", "2026-03-10T16:00:00Z"),
        ("2010-04-30", "day", "2026-04-29T16:00:00Z"),
        ("2010-05-01", "month", "2026-03-31T16:00:00Z"),
        ("2011-01-30", "month", "2026-11-30T16:00:00Z"),
        ("2011-01-31", "year", "2026-12-31T16:00:00Z"),
    ] {
        // told 30 days before: 2026-12-31 and 2027-01-01 lie in different years
        let registered = Box::new(family(Vec::new(), Vec::new()));
        let command = Command::Register { registered, birth_date: day(born), occurred_at: None };
        let outcome = Scenario::<Child>::new("child", noon(), &reference).when(command);
        let clock = started(outcome.facts()).into_iter().find(|clock| clock.clock == CLOCK).unwrap();
        let due_at = kinward_contracts::instant(&clock.due_at.unwrap()).unwrap();
        assert_eq!((clock.variant.as_str(), due_at), (variant, at(due)), "{born}");
    }
    let registered = Box::new(family(Vec::new(), Vec::new()));
    let command = Command::Register { registered, birth_date: day("2010-03-10"), occurred_at: None };
    let outcome = Scenario::<Child>::new("child", noon(), &reference).when(command);
    assert!(started(outcome.facts()).is_empty(), "sixteen today");
}

#[test]
fn def_2_a_birthday_missed_for_years_is_found_when_somebody_asks() {
    let reference = reference();
    let late = left_behind(&reference).at(at("2035-06-01T00:00:00Z")).when(observe());
    assert_eq!(
        changes(late.facts()),
        [(ChildStatus::TurnedSixteen, StatusReason::TurnedSixteen, "2035-06-01".to_owned())],
        "the log did not say the day, so it says when it was noticed"
    );
}

#[test]
fn bey_9_an_erased_birth_date_ends_the_clock_and_nothing_else() {
    let reference = reference();
    let due = at("2031-12-31T16:00:00Z");
    let scenario = left_behind(&reference).at(due).given([Command::ObserveClocks { birth_date: None }]);
    assert_eq!(scenario.state().clocks.get(CLOCK).unwrap().outcome, Some(kinward_statute::Outcome::Void));
    assert_eq!(status_of(&scenario), ChildStatus::LeftBehind);
    assert!(!scenario.state().needs_birth_date(due + Duration::days(900)));
}
