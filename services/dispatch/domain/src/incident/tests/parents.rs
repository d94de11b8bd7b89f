//! Who the parents are, and when they are out of reach (DSP-2b, DSP-2c).

use super::*;
use kinward_contracts::dispatch::v1::incident_event::Event;

const ALONE: [Situation; 1] = [Situation::LivingAlone];

fn scene(reference: &Reference) -> Scenario<'_, Incident> {
    on_scene(reference, &ALONE)
}

#[test]
fn dsp_2c_only_parents_are_recorded_as_parents() {
    let reference = Reference::default();
    for number in 0..=18 {
        let relation = Relation::try_from(number).unwrap();
        let outcome = scene(&reference).when(now(parent("person", relation, ParentStatus::Known)));
        if relation.is_parent() {
            outcome.then_types(&["ParentRecorded"]);
        } else {
            assert_eq!(outcome.then_refused("DSP-2c").field.as_deref(), Some("relation"));
        }
    }
}

#[test]
fn dsp_2c_placing_needs_both_parents_on_record_and_a_failed_attempt_for_each_alive_and_known() {
    let reference = Reference::default();
    let place = || now(to_welfare("placement"));
    let one_by_one = [now(father()), now(mother()), now(failed(FATHER)), now(failed(MOTHER))];
    for so_far in 0..one_by_one.len() {
        let refused = scene(&reference).given(one_by_one[..so_far].to_vec()).when(place());
        assert_eq!(refused.then_refused("DSP-2c").reason, Reason::WrongState, "after {so_far}");
    }
    scene(&reference).given(one_by_one).given([place()]);
}

#[test]
fn dsp_2c_who_is_dead_or_unknown_needs_no_attempt_but_the_fact_on_record() {
    let reference = Reference::default();
    for status in [ParentStatus::Unknown, ParentStatus::Deceased] {
        let widowed = || scene(&reference).given([now(mother()), now(failed(MOTHER))]);
        widowed().when(now(to_welfare("placement"))).then_refused("DSP-2c");
        let gone = widowed().given([now(parent(FATHER, Relation::Father, status))]);
        gone.when(now(to_welfare("placement"))).then_types(&["ChildPlacedTemporarily", "ClockStarted"]);
    }
}

#[test]
fn dsp_2c_a_step_or_adoptive_parent_who_answers_is_within_reach() {
    let reference = Reference::default();
    for relation in [Relation::Stepmother, Relation::AdoptiveMother] {
        let scenario =
            out_of_reach(&reference, &ALONE).given([now(parent("third", relation, ParentStatus::Known))]);
        scenario.when(now(to_welfare("placement"))).then_refused("DSP-2c");
        out_of_reach(&reference, &ALONE)
            .given([now(parent("third", relation, ParentStatus::Known)), now(failed("third"))])
            .given([now(to_welfare("placement"))]);
    }
}

#[test]
fn dsp_2c_who_is_reached_after_a_failed_attempt_is_within_reach_again() {
    let reference = Reference::default();
    let reached = out_of_reach(&reference, &ALONE).given([now(answered(MOTHER, ParentAnswer::Refuses))]);
    assert_eq!(missing(&reached), ["parents-ordered-to-return", "parents-admonished", "child-cared-for"]);
    reached.when(now(to_welfare("placement"))).then_refused("DSP-2c");
    let again = out_of_reach(&reference, &ALONE)
        .given([now(answered(MOTHER, ParentAnswer::Refuses)), now(failed(MOTHER))]);
    again.given([now(to_welfare("placement"))]);
}

#[test]
fn dsp_2b_who_is_reached_answers_something_and_who_is_not_answers_nothing() {
    let reference = Reference::default();
    let known = || scene(&reference).given([now(father())]);
    let silent = attempt(FATHER, ContactOutcome::Reached, ParentAnswer::Unspecified);
    assert_eq!(known().when(now(silent)).then_refused("DSP-2b").field.as_deref(), Some("answer"));
    let ghost = attempt(FATHER, ContactOutcome::Failed, ParentAnswer::Returns);
    assert_eq!(known().when(now(ghost)).then_refused("DSP-2c").field.as_deref(), Some("answer"));
    let unsaid = attempt(FATHER, ContactOutcome::Unspecified, ParentAnswer::Unspecified);
    assert_eq!(known().when(now(unsaid)).then_refused("DSP-2c").field.as_deref(), Some("outcome"));
    let stranger = failed("stranger");
    assert_eq!(known().when(now(stranger)).then_refused("DSP-2c").reason, Reason::UnknownReference);
}

#[test]
fn dsp_2b_an_attempt_says_what_the_parent_is_to_the_child_whatever_the_caller_says() {
    let reference = Reference::default();
    let forged = ParentContactAttempted { relation: Relation::Sister.into(), ..failed(FATHER) };
    let outcome = scene(&reference).given([now(father())]).when(now(forged));
    let Some(Event::ParentContactAttempted(written)) = &outcome.facts()[0].event.event else { panic!() };
    assert_eq!(written.relation(), Relation::Father);
}

#[test]
fn dsp_2a_only_parents_on_record_are_ordered_admonished_or_notified() {
    let reference = Reference::default();
    let scene = || scene(&reference).given([now(father()), now(mother())]);
    let none = || persons(&[]);
    let stranger = || persons(&[FATHER, "stranger"]);
    scene().when(now(ParentsOrderedToReturn { person_ids: none() })).then_refused("DSP-2a");
    scene().when(now(ParentsAdmonished { person_ids: none() })).then_refused("DSP-2a");
    scene().when(now(ParentsNotified { person_ids: none() })).then_refused("DSP-2c");
    scene().when(now(ParentsOrderedToReturn { person_ids: stranger() })).then_refused("DSP-2a");
    scene().when(now(ParentsAdmonished { person_ids: stranger() })).then_refused("DSP-2a");
    scene().when(now(ParentsNotified { person_ids: stranger() })).then_refused("DSP-2c");
    scene().given([now(ordered()), now(admonished()), now(notified())]);
}
