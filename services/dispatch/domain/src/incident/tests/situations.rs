//! What each situation makes mandatory, and several together: the union (DSP-2, DSP-3).

use super::*;
use std::collections::BTreeSet;

const ALONE: [&str; 3] = ["parents-ordered-to-return", "parents-admonished", "child-cared-for"];
const EVIDENCE: [&str; 3] = ["evidence-taken", "medical-care-referred", "injury-appraisal-referred"];

/// What a situation asks for, while nothing is known of the parents.
fn asked(of: Situation) -> Vec<&'static str> {
    let with_evidence = |what| std::iter::once(what).chain(EVIDENCE).collect();
    match of {
        Situation::LivingAlone => ALONE.to_vec(),
        Situation::GuardianLostCapacity | Situation::GuardianNotPerforming | Situation::PoorGuardianship => {
            vec!["parents-contacted"]
        }
        Situation::Missing => vec!["search-opened", "search-ended"],
        Situation::DomesticViolence => with_evidence("violence-stopped"),
        Situation::UnlawfulInfringement | Situation::AccidentalInjury | Situation::CoercedBegging => {
            with_evidence("infringement-stopped")
        }
        Situation::Other | Situation::Unspecified => vec![],
    }
}

#[test]
fn dsp_2a_to_dsp_3_every_set_of_situations_asks_for_the_union_of_what_each_asks_for() {
    let reference = Reference::default();
    for bits in 0..1_i32 << 10 {
        let situations: Vec<Situation> =
            (1..=10).filter(|number| bits & (1 << (number - 1)) != 0).map(situation).collect();
        let scenario = incident(&reference, &situations, DangerSigns::default());
        let expected: BTreeSet<&str> = situations.iter().flat_map(|one| asked(*one)).collect();
        let found = missing(&scenario);
        let distinct: BTreeSet<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(distinct, expected, "{situations:?}");
        assert_eq!(found.len(), distinct.len(), "each once: {situations:?}");
    }
}

#[test]
fn dsp_2a_parents_within_reach_are_ordered_admonished_and_the_child_is_in_somebody_s_care() {
    let reference = Reference::default();
    let scene = || on_scene(&reference, &[Situation::LivingAlone]).given([now(father()), now(mother())]);
    let refused = scene().when(conclude()).then_refused("DSP-2a");
    assert_eq!(refused.reason, Reason::RequirementMissing);
    assert_eq!(refused.missing.iter().map(|all| all.what.as_str()).collect::<Vec<_>>(), ALONE);
    let told = || scene().given([now(ordered()), now(admonished())]);
    assert_eq!(missing(&told()), ["child-cared-for"]);
    for answer in [ParentAnswer::Returns, ParentAnswer::Entrusts] {
        told().given([now(answered(FATHER, answer))]).when(conclude()).then_types(&[
            "IncidentConcluded",
            "ClockStarted",
            "ClockStarted",
        ]);
    }
    let refuses = told().given([now(answered(FATHER, ParentAnswer::Refuses))]);
    assert_eq!(missing(&refuses), ["child-cared-for"], "a parent who refuses cares for nobody");
    refuses.given([now(trustee()), conclude()]);
}

#[test]
fn dsp_2a_a_trustee_stands_in_for_the_order_and_never_for_the_admonition() {
    let reference = Reference::default();
    let scenario = on_scene(&reference, &[Situation::LivingAlone]).given([now(father()), now(trustee())]);
    assert_eq!(missing(&scenario), ["parents-admonished"]);
    scenario.given([now(ParentsAdmonished { person_ids: persons(&[FATHER]) }), conclude()]);
}

#[test]
fn dsp_2b_the_parents_answer_is_on_record_or_police_name_a_relative() {
    let reference = Reference::default();
    for number in [3, 4, 9] {
        let scene = || on_scene(&reference, &[situation(number)]).given([now(father()), now(mother())]);
        assert_eq!(missing(&scene()), ["parents-contacted"]);
        let refuses = scene().given([now(answered(MOTHER, ParentAnswer::Refuses))]);
        assert_eq!(refuses.when(conclude()).then_refused("DSP-2b").reason, Reason::RequirementMissing);
        scene().given([now(answered(MOTHER, ParentAnswer::Entrusts)), conclude()]);
        scene().given([now(trustee()), conclude()]);
    }
}

#[test]
fn dsp_2c_with_no_parent_within_reach_temporary_care_and_help_to_notify_stand_in() {
    let reference = Reference::default();
    for number in [1, 3, 4, 9] {
        let scenario = out_of_reach(&reference, &[situation(number)]);
        assert_eq!(missing(&scenario), ["child-placed", "parents-notified"], "{number}");
        let scenario = scenario.given([now(to_welfare("placement"))]);
        let refused = scenario.when(conclude()).then_refused("DSP-2c");
        assert_eq!(refused.missing.len(), 1);
        out_of_reach(&reference, &[situation(number)]).given([
            now(to_welfare("placement")),
            now(notified()),
            conclude(),
        ]);
    }
}

#[test]
fn dsp_2e_violence_is_stopped_and_civil_affairs_asked_where_it_is_necessary() {
    let reference = Reference::default();
    let violence = || on_scene(&reference, &[Situation::DomesticViolence]).given(dsp_3());
    violence().when(conclude()).then_refused("DSP-2e");
    violence().given([now(ViolenceStopped::default()), conclude()]);
    // necessary: an institution takes the child, or the injury is serious
    let placed = violence().given([now(ViolenceStopped::default()), now(to_welfare("placement"))]);
    assert_eq!(missing(&placed), ["civil-affairs-asked"]);
    placed.given([now(kinward_contracts::dispatch::v1::CivilAffairsAsked::default()), conclude()]);
    let relative = placed_with_a_relative();
    violence().given([now(ViolenceStopped::default()), now(relative), conclude()]);
    let signs = DangerSigns { serious_injury: true, ..DangerSigns::default() };
    let serious = with_signs(&reference, &[Situation::DomesticViolence], signs)
        .given(dsp_3())
        .given([now(ViolenceStopped::default())]);
    assert_eq!(missing(&serious), ["civil-affairs-asked"]);
}

fn placed_with_a_relative() -> ChildPlacedTemporarily {
    placed("placement", PlacementKind::CloseRelative, POLICE, "aunt")
}

#[test]
fn dsp_2f_other_infringement_accidents_and_coerced_begging_are_stopped() {
    let reference = Reference::default();
    for number in [6, 7, 10] {
        let scene = || on_scene(&reference, &[situation(number)]).given(dsp_3());
        scene().when(conclude()).then_refused("DSP-2f");
        scene().given([now(InfringementStopped::default()), conclude()]);
    }
}

#[test]
fn dsp_3_signs_of_injury_or_crime_ask_for_evidence_in_every_situation() {
    let reference = Reference::default();
    let signs = [
        DangerSigns { signs_of_injury_or_crime: true, ..DangerSigns::default() },
        DangerSigns { serious_injury: true, ..DangerSigns::default() },
        DangerSigns { sexual_abuse_suspected: true, ..DangerSigns::default() },
    ];
    for number in 1..=10 {
        for signs in signs {
            let found = missing(&incident(&reference, &[situation(number)], signs));
            assert!(EVIDENCE.iter().all(|what| found.iter().any(|all| all == what)), "{number}: {found:?}");
        }
        let calm =
            DangerSigns { danger_in_progress: true, under_eight_unattended: true, ..DangerSigns::default() };
        let found = missing(&incident(&reference, &[situation(number)], calm));
        let always = asked(situation(number)).contains(&"evidence-taken");
        assert_eq!(found.iter().any(|what| what == "evidence-taken"), always, "{number}");
    }
}

#[test]
fn dsp_3_each_of_evidence_care_and_appraisal_is_asked_for_by_itself() {
    let reference = Reference::default();
    for (left_out, name) in EVIDENCE.into_iter().enumerate() {
        let mut steps = dsp_3();
        steps.remove(left_out);
        let scenario = on_scene(&reference, &[Situation::AccidentalInjury])
            .given([now(InfringementStopped::default())])
            .given(steps);
        assert_eq!(missing(&scenario), [name]);
        scenario.when(conclude()).then_refused("DSP-3");
    }
}

#[test]
fn dsp_3_the_district_s_reading_of_the_situations_named_above_holds_for_incidents_opened_under_it() {
    let mut reading = Reference::default();
    reading.evidence_scope.insert(Situation::Missing.into());
    let default = Reference::default();
    let asks = |reference: &Reference, situation| {
        missing(&incident(reference, &[situation], DangerSigns::default()))
            .contains(&"evidence-taken".to_owned())
    };
    assert!(asks(&reading, Situation::Missing) && !asks(&default, Situation::Missing));
    assert!(!asks(&reading, Situation::LivingAlone));
    assert!(asks(&default, Situation::DomesticViolence) && asks(&default, Situation::AccidentalInjury));
}
