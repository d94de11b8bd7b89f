//! The six grounds and their borders (CUS-3a to CUS-3f).

use super::*;
use crate::case::grounds::{ALL, assess, assess_one, evaluate};
use kinward_contracts::custody::v1::{CaseEvent, Words};
use kinward_eventsourcing::kit::Scenario;

const TODAY: &str = "2026-11-24";

fn missing(scenario: &Scenario<'_, Case>, ground: Ground, as_of: &str) -> Vec<String> {
    let record = &scenario.state().guardians[FATHER];
    assess_one(ground, record, day(as_of)).missing.into_iter().map(|missing| missing.what).collect()
}

fn assert_missing(ground: Ground, facts: &[Command], expected: &[&str]) {
    let reference = Reference::default();
    let scenario = case(&reference, TODAY).given(facts.to_vec());
    assert_eq!(missing(&scenario, ground, TODAY), expected, "{ground:?}");
    let record = &scenario.state().guardians[MOTHER];
    assert!(!assess_one(ground, record, day(TODAY)).is_met(), "the mother did nothing: {ground:?}");
}

#[test]
fn cus_3_without_facts_every_ground_names_everything_it_needs_in_both_languages() {
    let reference = Reference::default();
    let scenario = case(&reference, TODAY);
    for (ground, needs) in ALL.into_iter().zip([1, 3, 2, 3, 4, 1]) {
        let assessed = assess_one(ground, &scenario.state().guardians[FATHER], day(TODAY));
        assert_eq!(assessed.missing.len(), needs, "{ground:?}");
        assert!(assessed.event_ids.is_empty());
        for missing in assessed.missing {
            assert!(missing.rule.id.starts_with("CUS-3") && !missing.zh.is_empty() && !missing.en.is_empty());
        }
    }
    assert_eq!(evaluate(scenario.state(), day(TODAY)).count(), 12, "two guardians, six grounds");
}

#[test]
fn cus_3a_needs_harm_that_is_serious() {
    assert_missing(Ground::SeriousHarm, &[now(harm(false))], &["serious-harm"]);
    assert_missing(Ground::SeriousHarm, &[now(harm(true))], &[]);
}

#[test]
fn cus_3b_needs_danger_and_no_correction_after_education() {
    let educated = |at: &str| on(at, criticised(FATHER, Conduct::LeftUnattended));
    let ground = Ground::LeftUnattended;
    assert_missing(
        ground,
        &[on("2026-03-01", left(false))],
        &["left-in-danger", "educated", "not-corrected"],
    );
    assert_missing(ground, &[on("2026-03-01", left(true))], &["educated", "not-corrected"]);
    // educated after the last time: corrected
    let once = [on("2026-03-01", left(true)), educated("2026-03-02")];
    assert_missing(ground, &once, &["not-corrected"]);
    assert_missing(ground, &[&once[..], &[on("2026-03-03", left(true))]].concat(), &[]);
    // not corrected is being left again, in danger or not
    assert_missing(ground, &[&once[..], &[on("2026-03-03", left(false))]].concat(), &[]);
    // at one moment with the education is not after it
    assert_missing(ground, &[&once[..], &[on("2026-03-02", left(true))]].concat(), &["not-corrected"]);
    // one event stands for two parts, and is named once
    let both = [educated("2026-03-02"), on("2026-03-03", left(true))];
    let reference = Reference::default();
    let scenario = case(&reference, TODAY).given(both.to_vec());
    let assessed = assess_one(ground, &scenario.state().guardians[FATHER], day(TODAY));
    assert_eq!((assessed.event_ids.len(), assessed.is_met()), (2, true));
    // the same, recorded the other way round
    assert_missing(
        ground,
        &[on("2026-03-03", left(false)), educated("2026-03-02"), on("2026-03-01", left(true))],
        &[],
    );
    // education about something else is none about this
    let other = [on("2026-03-01", left(true)), criticism("2026-03-02"), on("2026-03-03", left(true))];
    assert_missing(ground, &other, &["educated", "not-corrected"]);
}

#[test]
fn fam_4_cus_3e_words_outside_of_the_case_count_by_who_spoke_and_when() {
    let reference = Reference::default();
    let words = |event_id: &str, guardian: &str, department: Department| {
        Command::Count(Words {
            guardian_person_id: guardian.to_owned(),
            conduct: Conduct::Begging.into(),
            department: department.into(),
            unit_id: "village-430903111201".to_owned(),
            event_id: event_id.to_owned(),
            spoken_at: Some(kinward_contracts::timestamp(start_of_day(day("2026-03-01")))),
        })
    };
    let scenario = case(&reference, TODAY).given([
        words("first", FATHER, Department::Village),
        words("second", FATHER, Department::PublicSecurity),
        words("court", FATHER, Department::Court),
    ]);
    let counted = |scenario: &Scenario<'_, Case>| {
        scenario.state().guardians[FATHER].criticisms[&Conduct::Begging.into()].len()
    };
    assert_eq!(counted(&scenario), 2, "a court does not criticise");
    let scenario = scenario.given([words("third", FATHER, Department::CivilAffairs)]);
    assert_eq!(counted(&scenario), 3);
    let rung = scenario.state().ladder.of(FATHER).next().unwrap();
    assert_eq!((rung.department, rung.unit.as_str()), (Department::Village.into(), "village-430903111201"));
    assert_eq!(kinward_statute::day_of(rung.at), day("2026-03-01"));
    scenario.when(words("other", "stranger", Department::Village)).then([]);
}

#[test]
fn cus_3c_counts_on_the_day_on_which_six_months_are_full() {
    let reference = Reference::default();
    for (since, today, met) in [
        ("2026-05-24", "2026-11-23", false),
        ("2026-05-24", "2026-11-24", true),
        ("2026-05-24", "2026-11-25", true),
        // where the month has no such day, its last: 31 August and six months are full on the last of February
        ("2025-08-31", "2026-02-27", false),
        ("2025-08-31", "2026-02-28", true),
        ("2027-08-31", "2028-02-28", false),
        ("2027-08-31", "2028-02-29", true),
        ("2026-08-30", "2027-02-28", true),
        // from the last of February it is the same day of August, not its last
        ("2026-02-28", "2026-08-27", false),
        ("2026-02-28", "2026-08-28", true),
        // the day on which they are full lies in the National Day holiday: a fact waits for no working day
        ("2026-04-02", "2026-10-01", false),
        ("2026-04-02", "2026-10-02", true),
    ] {
        let scenario =
            case(&reference, today).given([refusal(since), consequence(today, Consequence::Displaced)]);
        let outcome = scenario.when(petition(Ground::DutyRefused));
        if met {
            outcome.then_types(&["PetitionFiled", "ClockMet"]);
        } else {
            let rejection = outcome.then_refused("CUS-3c");
            assert_eq!(names(&rejection.missing), ["refused-six-months"], "{since} to {today}");
        }
    }
}

#[test]
fn cus_3c_also_needs_displacement_or_want_while_the_refusal_runs() {
    let six = || refusal("2026-01-01");
    let what = ["displaced-or-without-livelihood"];
    let ground = Ground::DutyRefused;
    assert_missing(ground, &[six()], &what);
    assert_missing(ground, &[six(), consequence("2026-02-01", Consequence::InHardship)], &what);
    assert_missing(ground, &[six(), consequence("2025-12-31", Consequence::Displaced)], &what);
    assert_missing(ground, &[six(), consequence("2026-01-01", Consequence::Displaced)], &[]);
    assert_missing(ground, &[consequence("2026-02-01", Consequence::WithoutLivelihood), six()], &[]);
}

#[test]
fn cus_3c_a_resumed_duty_interrupts_in_whatever_order_it_is_recorded() {
    let ground = Ground::DutyRefused;
    let displaced = |at: &str| consequence(at, Consequence::Displaced);
    let resumed = resumption("2026-06-01");
    let both = ["refused-six-months", "displaced-or-without-livelihood"];
    assert_missing(ground, &[refusal("2026-01-01"), displaced("2026-02-01"), resumed.clone()], &both);
    // recorded the other way round, it is the same
    assert_missing(ground, &[resumed.clone(), displaced("2026-02-01"), refusal("2026-01-01")], &both);
    // refused again: six months begin anew, and so must the consequence
    let again =
        |since: &str| [refusal("2026-01-01"), displaced("2026-02-01"), resumed.clone(), refusal(since)];
    assert_missing(ground, &again("2026-07-01"), &both);
    // resumed and refused from the same day on is not refused
    assert_missing(ground, &again("2026-06-01"), &both);
    let later =
        [refusal("2026-01-01"), resumption("2026-03-01"), refusal("2026-03-02"), displaced("2026-09-02")];
    assert_missing(ground, &later, &[]);
    // resumed and refused again from one day: not refused from that day
    let same =
        [refusal("2026-01-01"), resumption("2026-03-01"), refusal("2026-03-01"), displaced("2026-04-01")];
    assert_missing(ground, &same, &["refused-six-months", "displaced-or-without-livelihood"]);
    // a day that was resumed long before this refusal interrupts nothing
    assert_missing(ground, &[resumption("2025-12-31"), refusal("2026-01-01"), displaced("2026-02-01")], &[]);
}

#[test]
fn cus_3c_as_of_a_past_day_is_answered_from_what_had_happened_by_then() {
    let reference = Reference::default();
    let scenario = case(&reference, TODAY).given([
        refusal("2026-01-01"),
        consequence("2026-02-01", Consequence::Displaced),
        resumption("2026-08-01"),
    ]);
    let unmet = |as_of: &str| missing(&scenario, Ground::DutyRefused, as_of);
    assert_eq!(unmet("2026-06-30"), ["refused-six-months"]);
    assert!(unmet("2026-07-01").is_empty() && unmet("2026-07-31").is_empty());
    assert_eq!(unmet("2026-08-01").len(), 2);
}

#[test]
fn cus_3d_needs_impossibility_and_refusal_to_delegate_and_hardship_or_danger() {
    let ground = Ground::DutyImpossible;
    let facts = [
        (now(impossible()), "duty-impossible"),
        (now(not_delegated()), "delegation-refused"),
        (now(suffered(FATHER, Consequence::InHardship)), "hardship-or-danger"),
    ];
    for left_out in 0..3 {
        let others = facts.iter().enumerate().filter(|(index, _)| *index != left_out);
        let others: Vec<Command> = others.map(|(_, (command, _))| command.clone()).collect();
        assert_missing(ground, &others, &[facts[left_out].1]);
    }
    assert_missing(ground, &facts.clone().map(|(command, _)| command), &[]);
    let in_danger = [now(impossible()), now(not_delegated()), now(suffered(FATHER, Consequence::InDanger))];
    assert_missing(ground, &in_danger, &[]);
    let displaced = [now(impossible()), now(not_delegated()), now(suffered(FATHER, Consequence::Displaced))];
    assert_missing(ground, &displaced, &["hardship-or-danger"]);
}

#[test]
fn cus_3e_counts_the_third_criticism_backdated_ones_too() {
    let reference = Reference::default();
    let two = || {
        case(&reference, TODAY).given([
            consequence("2026-11-01", Consequence::LifeSeriouslyAffected),
            criticism("2026-10-01"),
            // recorded later, happened earlier
            criticism("2026-03-01"),
        ])
    };
    let rejection = two().when(petition(Ground::Begging)).then_refused("CUS-3e");
    assert_eq!(names(&rejection.missing), ["criticism-3"]);
    two()
        .when(criticism("2026-06-01"))
        .then_types(&["GuardianCriticised", "GroundMet", "ClockStarted"])
        .when(criticism("2026-06-02"))
        .then_types(&["GuardianCriticised"])
        .when(petition(Ground::Begging))
        .then_types(&["PetitionFiled", "ClockMet"]);
    // as of the days around the third
    let scenario = two().given([criticism("2026-11-10")]);
    assert_eq!(missing(&scenario, Ground::Begging, "2026-11-09"), ["criticism-3"]);
    assert!(missing(&scenario, Ground::Begging, "2026-11-10").is_empty());
    assert!(missing(&scenario, Ground::Begging, "2026-11-11").is_empty());
}

#[test]
fn cus_3e_also_needs_a_serious_effect_on_life_and_learning() {
    let three = ["2026-03-01", "2026-04-01", "2026-05-01"].map(criticism);
    assert_missing(Ground::Begging, &three, &["life-seriously-affected"]);
}

#[test]
fn cus_3e_counts_per_guardian_and_per_conduct() {
    let reference = Reference::default();
    let scenario = case(&reference, TODAY).given([
        consequence("2026-11-01", Consequence::LifeSeriouslyAffected),
        criticism("2026-03-01"),
        criticism("2026-04-01"),
        on("2026-05-01", criticised(MOTHER, Conduct::Begging)),
        on("2026-05-02", criticised(FATHER, Conduct::DomesticViolence)),
    ]);
    assert_eq!(missing(&scenario, Ground::Begging, TODAY), ["criticism-3"]);
}

#[test]
fn cus_3e_counts_criticism_by_police_protection_institution_other_departments_and_villages() {
    let reference = Reference::default();
    let by = |department| {
        case(&reference, TODAY)
            .given([
                consequence("2026-11-01", Consequence::LifeSeriouslyAffected),
                criticism("2026-03-01"),
                criticism("2026-04-01"),
            ])
            .by(actor(department))
    };
    for department in [
        Department::PublicSecurity,
        Department::CivilAffairs,
        Department::Education,
        Department::Township,
        // FAM-4: the village's count too
        Department::Village,
    ] {
        assert!(missing(&by(department).given([criticism("2026-05-01")]), Ground::Begging, TODAY).is_empty());
    }
    // what a court says is on record, and is no criticism by a department
    let court = by(Department::Court).given([criticism("2026-05-01")]);
    assert_eq!(missing(&court, Ground::Begging, TODAY), ["criticism-3"]);
    by(Department::Kinward).when(criticism("2026-05-01")).then_refused("CUS-1");
    by(Department::Unspecified).when(criticism("2026-05-01")).then_refused("CUS-1");
}

#[test]
fn cus_3f_needs_grave_circumstances() {
    assert_missing(Ground::CrimeIncited, &[now(crime(false))], &["grave-crime"]);
    assert_missing(Ground::CrimeIncited, &[now(crime(true))], &[]);
}

#[test]
fn cus_3_a_met_ground_names_the_events_that_meet_it() {
    let reference = Reference::default();
    let scenario = case(&reference, TODAY).given([
        criticism("2026-03-01"),
        criticism("2026-04-01"),
        consequence("2026-11-01", Consequence::LifeSeriouslyAffected),
        criticism("2026-05-01"),
    ]);
    let recorded = scenario.recorded();
    let of_type = |name: &str| -> Vec<String> {
        let events = recorded.iter().filter(|event| event.event_type().ends_with(name));
        events.map(|event| event.event().event_id.clone()).collect()
    };
    let mut expected = of_type(".GuardianCriticised");
    expected.extend(of_type(".ConsequenceRecorded"));
    let announced = recorded.iter().find_map(|event| match event.decode::<CaseEvent>().unwrap()?.event? {
        Event::GroundMet(met) => Some(met),
        _ => None,
    });
    let announced = announced.unwrap();
    assert_eq!((announced.ground(), announced.guardian_person_id.as_str()), (Ground::Begging, FATHER));
    assert_eq!(announced.event_ids, expected, "the ids that the log has, those of the same commit too");
    let assessed = assess(&scenario.state().guardians[FATHER], day(TODAY));
    assert_eq!(assessed[4].event_ids, expected);
}
