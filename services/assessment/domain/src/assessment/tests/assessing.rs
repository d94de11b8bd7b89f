//! Parties, dimensions, conclusion, clocks (ASM-1, ASM-4).

use super::*;
use kinward_contracts::r#type::v1::Ground;
use kinward_contracts::{ClockEvent, instant};
use kinward_statute::{Outcome, day_of, end_of_day};

fn due(clock: &ClockStarted) -> DateTime<Utc> {
    clock.due_at.as_ref().and_then(instant).unwrap()
}

#[test]
fn asm_1_the_clock_runs_from_the_notice_and_knows_its_place() {
    let reference = Reference::default();
    for (immediate, expected) in [
        (false, end_of_day(day_of(noon()) + chrono::Days::new(15))),
        (true, noon() - Duration::hours(1) + Duration::hours(24)),
    ] {
        let scenario = Scenario::<Assessment>::new("assessment", noon(), &reference);
        let outcome = scenario.when(open(immediate));
        let clock = started(outcome.facts());
        assert_eq!(
            (due(&clock), clock.escalates_to.as_str()),
            (expected, "district-civil-affairs"),
            "immediate: {immediate}"
        );
        assert_eq!(clock.area, VILLAGE);
        outcome.then_types(&["AssessmentOpened", "ClockStarted"]);
    }
}

#[test]
fn asm_1_the_notice_opens_it_once() {
    let reference = Reference::default();
    opened(&reference).when(open(false)).then([]);
}

#[test]
fn asm_1_nothing_is_recorded_before_it_is_open() {
    let reference = Reference::default();
    for command in [input(), dimension(Dimension::Safety), finalise(Risk::Low), Command::ObserveClocks] {
        let scenario = Scenario::<Assessment>::new("assessment", noon(), &reference).by(township());
        assert_eq!(scenario.when(command).then_refused("ASM-1").reason, Reason::NotFound);
    }
}

#[test]
fn asm_1_an_input_is_the_callers_own_department_s() {
    let reference = Reference::default();
    let forged = InputGiven { department: Department::PublicSecurity.into(), ..InputGiven::default() };
    let own = InputGiven { department: Department::Township.into(), ..InputGiven::default() };
    opened(&reference).when(step(Event::InputGiven(forged))).then([own.into()]);
}

#[test]
fn asm_1_others_give_input_and_score_only_when_invited() {
    let reference = Reference::default();
    let school = || actor(Department::Education, "school-1", "430903111");
    for command in [input(), dimension(Dimension::Health)] {
        let refused = opened(&reference).by(school()).when(command.clone()).then_refused("ASM-1");
        assert_eq!(refused.reason, Reason::NotEntitled);
        // another school's invitation is not this one's
        let other = opened(&reference).given([invite(Department::Education, "school-2")]).by(school());
        other.when(command.clone()).then_refused("ASM-1");
        let invited = opened(&reference).given([invite(Department::Education, "school-1")]).by(school());
        assert_eq!(invited.when(command).facts().len(), 1);
    }
    opened(&reference)
        .given([invite(Department::Education, "school-1")])
        .when(invite(Department::Education, "school-1"))
        .then([]);
    opened(&reference).by(school()).when(invite(Department::Village, "village-1")).then_refused("ASM-1");
}

#[test]
fn asm_1_the_lead_is_the_township_of_the_child_s_place() {
    let reference = Reference::default();
    for area in ["430903112", "430904", ""] {
        let elsewhere = actor(Department::Township, "township", area);
        opened(&reference).by(elsewhere).when(input()).then_refused("ASM-1");
    }
    opened(&reference).by(actor(Department::Village, "village", VILLAGE)).when(input()).then_refused("ASM-1");
}

#[test]
fn asm_1_a_conclusion_too_early_names_every_input_and_dimension_that_is_missing() {
    let reference = Reference::default();
    let refused = opened(&reference).when(finalise(Risk::High)).then_refused("ASM-1");
    assert_eq!(refused.reason, Reason::RequirementMissing);
    assert_eq!(
        names(&refused.missing),
        [
            "input-township",
            "input-civil-affairs",
            "input-police",
            "dimension-safety",
            "dimension-guardianship",
            "dimension-health"
        ]
    );
    // each alone stands in the way
    let parties = [township(), civil_affairs(), police()];
    for (left_out, name) in ["input-township", "input-civil-affairs", "input-police"].iter().enumerate() {
        let scored = opened(&reference).given(dimensions());
        let others = parties.iter().enumerate().filter(|(index, _)| *index != left_out);
        let scenario =
            others.fold(scored, |scenario, (_, party)| scenario.by(party.clone()).given([input()]));
        let refused = scenario.by(township()).when(finalise(Risk::High)).then_refused("ASM-1");
        assert_eq!(names(&refused.missing), [*name]);
    }
    for (left_out, name) in
        ["dimension-safety", "dimension-guardianship", "dimension-health"].iter().enumerate()
    {
        let signed = parties
            .iter()
            .fold(opened(&reference), |scenario, party| scenario.by(party.clone()).given([input()]));
        let others = dimensions().into_iter().enumerate().filter(|(index, _)| *index != left_out);
        let scenario = signed.by(township()).given(others.map(|(_, command)| command));
        let refused = scenario.when(finalise(Risk::High)).then_refused("ASM-1");
        assert_eq!(names(&refused.missing), [*name]);
    }
    assert!(missing(complete(&reference).state()).is_empty());
}

#[test]
fn asm_1_only_the_township_concludes_and_only_once() {
    let reference = Reference::default();
    let refused = complete(&reference).by(police()).when(finalise(Risk::High)).then_refused("ASM-1");
    assert_eq!(refused.reason, Reason::NotEntitled);
    for command in [
        finalise(Risk::Low),
        input(),
        dimension(Dimension::Safety),
        invite(Department::Education, "school-1"),
    ] {
        let scenario = complete(&reference).given([finalise(Risk::High)]);
        assert_eq!(scenario.when(command).then_refused("ASM-1").reason, Reason::WrongState);
    }
}

#[test]
fn asm_4_the_risk_sets_the_day_of_reassessment() {
    let reference = Reference::default();
    // 180 days end on a Sunday, so the Monday after is the last day (BEY-1)
    for (risk, days) in [(Risk::High, 30), (Risk::Medium, 90), (Risk::Low, 181)] {
        let outcome = complete(&reference).when(finalise(risk));
        let clock = started(outcome.facts());
        assert_eq!(clock.clock, "reassessment");
        assert_eq!(clock.escalates_to, "township");
        assert_eq!(clock.area, VILLAGE, "so that its own township is told");
        assert_eq!(due(&clock), end_of_day(day_of(noon()) + chrono::Days::new(days)), "{risk:?}");
        let scenario = outcome.then_types(&["AssessmentFinalised", "ClockMet", "ClockStarted"]);
        assert_eq!(scenario.state().stage(), Stage::Final);
    }
    assert_eq!(
        complete(&reference).when(finalise(Risk::Unspecified)).then_refused("ASM-4").field.as_deref(),
        Some("risk")
    );
}

#[test]
fn asm_4_grounds_name_the_guardians_so_that_a_case_can_open() {
    let reference = Reference::default();
    let finalised = |guardians: &[&str]| {
        step(Event::AssessmentFinalised(AssessmentFinalised {
            risk: Risk::High.into(),
            grounds: vec![Ground::Begging.into()],
            guardian_person_ids: guardians.iter().map(|id| (*id).to_owned()).collect(),
            ..AssessmentFinalised::default()
        }))
    };
    let refused = complete(&reference).when(finalised(&[])).then_refused("ASM-4");
    assert_eq!(refused.field.as_deref(), Some("guardian_person_ids"));
    let outcome = complete(&reference).when(finalised(&["father"]));
    let Some(Event::AssessmentFinalised(made)) = &outcome.facts()[0].event.event else {
        panic!("{:?}", outcome.facts())
    };
    // what custody needs is added from the assessment, whatever the request says
    assert_eq!(made.finding_event_ids.len(), 6, "three dimensions, three inputs");
    assert_eq!(made.child.as_ref().unwrap().person_id, "child");
    assert_eq!((made.village_code.as_deref(), made.incident_id.as_str()), (Some(VILLAGE), "incident"));
}

#[test]
fn bey_1_a_conclusion_lies_neither_before_the_opening_nor_in_the_future() {
    let reference = Reference::default();
    let at = |at: DateTime<Utc>| {
        let Command::Record { event, .. } = finalise(Risk::Low) else { panic!("a step") };
        Command::Record { event, occurred_at: Some(at) }
    };
    let opening = noon() - Duration::hours(1);
    for wrong in [opening - Duration::seconds(1), noon() + Duration::minutes(3)] {
        let refused = complete(&reference).when(at(wrong)).then_refused("BEY-1");
        assert_eq!(refused.reason, Reason::TimeInvalid);
    }
    assert_eq!(complete(&reference).when(at(opening)).facts().len(), 3);
}

#[test]
fn asm_1_the_clock_warns_is_missed_once_and_a_late_conclusion_does_not_meet_it() {
    let reference = Reference::default();
    let due = end_of_day(day_of(noon()) + chrono::Days::new(15));
    let scenario = complete(&reference)
        .at(end_of_day(day_of(noon()) + chrono::Days::new(10)))
        .when(Command::ObserveClocks)
        .then_types(&["ClockWarned"])
        .at(due - Duration::seconds(1))
        .when(Command::ObserveClocks)
        .then([])
        .at(due)
        .when(Command::ObserveClocks)
        .then_types(&["ClockMissed"])
        .when(Command::ObserveClocks)
        .then([])
        .when(finalise(Risk::High))
        .then_types(&["AssessmentFinalised", "ClockStarted"]);
    assert_eq!(scenario.state().clocks.get("assessment").unwrap().outcome, Some(Outcome::Missed));
}

#[test]
fn bey_1_a_holiday_notice_that_comes_later_moves_the_clock_instead_of_missing_it() {
    let before = Reference::default();
    let due = end_of_day(day_of(noon()) + chrono::Days::new(15));
    let scenario = complete(&before);
    // the notice makes the last day a day off, so the next working day is the last
    let mut after = Reference { calendar_position: 7, ..Reference::default() };
    after.calendar.publish(2026, [(day_of(due - Duration::seconds(1)), true)]);
    let events = scenario.state().clocks.observe_under(&after, due);
    assert!(matches!(events.as_slice(), [ClockEvent::Recomputed(_), ClockEvent::Warned(_)]), "{events:?}");
}

#[test]
fn a_clock_is_not_recorded_by_hand_nor_is_the_opening() {
    let reference = Reference::default();
    for event in
        [Event::ClockStarted(ClockStarted::default()), Event::AssessmentOpened(AssessmentOpened::default())]
    {
        opened(&reference).when(step(event)).then_refused("ASM-1");
    }
}
