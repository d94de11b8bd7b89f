//! Reports of one event are one case, and linking can be undone (RPT-4).

use super::found::found;
use super::*;
use kinward_contracts::dispatch::v1::{
    IncidentJoined, IncidentLinked, IncidentParted, IncidentUnlinked, LinkReason, incident_event::Event,
};
use kinward_contracts::r#type::v1::Severity;
use kinward_statute::{Clock, Outcome};
use proptest::prelude::*;

pub(super) fn linked() -> IncidentLinked {
    IncidentLinked {
        main_incident_id: "main".to_owned(),
        reasons: vec![LinkReason::SameChild.into(), LinkReason::NearInTime.into()],
    }
}

pub(super) fn unlinked() -> IncidentUnlinked {
    IncidentUnlinked { main_incident_id: "main".to_owned() }
}

pub(super) fn joined(id: &str, situations: &[Situation]) -> IncidentJoined {
    IncidentJoined {
        incident_id: id.to_owned(),
        report_id: format!("report-of-{id}"),
        situations: situations.iter().map(|situation| i32::from(*situation)).collect(),
        signs: None,
        severity: crate::incident::severity(situations, &DangerSigns::default()).into(),
        without_reporter: false,
    }
}

pub(super) fn parted(id: &str) -> IncidentParted {
    IncidentParted { incident_id: id.to_owned() }
}

#[test]
fn rpt_4_an_incident_that_follows_another_is_dealt_with_there_and_its_clocks_stand_still() {
    let reference = Reference::default();
    let follower = || {
        incident(&reference, &[Situation::Missing], DangerSigns::default())
            .when(now(linked()))
            .then_types(&["IncidentLinked", "ClockSuperseded"])
    };
    for command in [now(accepted()), now(father()), now(search()), conclude(), now(linked())] {
        let refused = follower().when(command).then_refused("RPT-4");
        assert_eq!(refused.existing_id.as_deref(), Some("main"), "it says where to go on");
    }
    follower().at(hour(5)).when(Command::ObserveClocks).then([]);
    let accepted_already = incident(&reference, &[Situation::Other], DangerSigns::default()).given([
        now(accepted()),
        now(dispatched()),
        now(arrived()),
    ]);
    accepted_already.when(now(linked())).then_types(&["IncidentLinked"]);
}

#[test]
fn rpt_4_what_was_asked_for_before_still_comes_in() {
    let reference = Reference::default();
    on_scene(&reference, &[Situation::DomesticViolence])
        .given(dsp_3())
        .given([now(linked())])
        .when(now(transferred("evidence", POLICE, "lab")))
        .then_types(&["EvidenceTransferred"]);
}

#[test]
fn rpt_4_what_cannot_follow_is_linked_the_other_way_round() {
    let reference = Reference::default();
    let itself = IncidentLinked { main_incident_id: "incident".to_owned(), ..linked() };
    let plain = || incident(&reference, &[Situation::Other], DangerSigns::default());
    assert_eq!(plain().when(now(itself)).then_refused("RPT-4").reason, Reason::InvalidArgument);
    plain().given([now(joined("other", &[Situation::Other]))]).when(now(linked())).then_refused("RPT-4");
    let placed = out_of_reach(&reference, &[Situation::LivingAlone]).given([now(to_welfare("placement"))]);
    placed.when(now(linked())).then_refused("RPT-4");
    let searched = on_scene(&reference, &[Situation::Missing]).given([now(search())]);
    searched.when(now(linked())).then_refused("RPT-4");
    let over = on_scene(&reference, &[Situation::Other]).given([conclude()]);
    over.when(now(linked())).then_refused("DSP-1");
    plain().when(now(unlinked())).then_refused("RPT-4");
    plain().when(now(parted("other"))).then_refused("RPT-4");
    let twice = plain().given([now(joined("other", &[Situation::Other]))]);
    let refused = twice.when(now(joined("other", &[Situation::Other]))).then_refused("RPT-4");
    assert_eq!(refused.reason, Reason::AlreadyExists);
}

#[test]
fn rpt_4_the_main_incident_answers_for_what_every_report_says() {
    let reference = Reference::default();
    let scenario = on_scene(&reference, &[Situation::Other]);
    assert!(missing(&scenario).is_empty());
    let scenario = scenario.given([now(joined("other", &[Situation::DomesticViolence]))]);
    assert_eq!(scenario.state().severity(), Severity::Urgent);
    let refused = scenario.when(conclude()).then_refused("DSP-2e");
    assert_eq!(refused.missing.len(), 4);
}

#[test]
fn rpt_4_rpt_6_the_conclusion_names_the_reports_of_the_incidents_that_follow() {
    let reference = Reference::default();
    let follows =
        |id: &str| IncidentJoined { report_id: format!("report-of-{id}"), ..joined(id, &[Situation::Other]) };
    let main = on_scene(&reference, &[Situation::Other]);
    let main = main.given([now(follows("one")), now(follows("two")), now(parted("one"))]);
    let outcome = main.when(conclude());
    let concluded = outcome.facts().iter().find_map(|fact| match &fact.event.event {
        Some(Event::IncidentConcluded(concluded)) => Some(concluded.joined_report_ids.clone()),
        _ => None,
    });
    assert_eq!(concluded.unwrap(), ["report-of-two"]);
}

#[test]
fn rpt_4_a_report_of_danger_hurries_who_is_on_the_way_and_parting_takes_that_back() {
    let reference = Reference::default();
    let scenario = incident(&reference, &[Situation::Other], DangerSigns::default())
        .given([now(accepted()), now(dispatched())])
        .at(minute(10))
        .when(now(joined("other", &[Situation::Missing])))
        .then_types(&["IncidentJoined", "ClockSuperseded", "ClockStarted"]);
    assert_eq!(scenario.state().severity(), Severity::Immediate);
    let parted = scenario.at(minute(15)).when(now(parted("other"))).then_types(&[
        "IncidentParted",
        "ClockSuperseded",
        "ClockStarted",
    ]);
    let open: Vec<(&str, DateTime<Utc>)> =
        parted.state().clocks.open().map(|(id, clock)| (id, clock.due_at)).collect();
    assert_eq!(open, [("police-on-scene", minute(60))]);
}

#[test]
fn rpt_4_an_unlinked_incident_that_is_late_by_then_is_missed_at_once() {
    let reference = Reference::default();
    incident(&reference, &[Situation::Other], DangerSigns::default())
        .given([now(linked())])
        .at(minute(30))
        .when(now(unlinked()))
        .then_types(&["IncidentUnlinked", "ClockStarted"])
        .when(Command::ObserveClocks)
        .then_types(&["ClockMissed"]);
}

#[test]
fn rpt_4_an_incident_is_unlinked_from_the_one_it_follows_and_from_no_other() {
    let reference = Reference::default();
    let follower =
        || incident(&reference, &[Situation::Other], DangerSigns::default()).given([now(linked())]);
    for other in ["", "another"] {
        let unlinked = IncidentUnlinked { main_incident_id: other.to_owned() };
        follower().when(now(unlinked)).then_refused("RPT-4");
    }
    follower().when(now(unlinked())).then_types(&["IncidentUnlinked", "ClockStarted"]);
}

fn running(state: &State) -> Vec<(String, Clock)> {
    state.clocks.open().map(|(id, clock)| (id.to_owned(), clock.clone())).collect()
}

proptest! {
    #[test]
    fn rpt_4_unlinking_leaves_both_as_they_were(
        steps in 0..4_usize, later in 0..200_i64, situations in prop::collection::btree_set(1..=10_i32, 1..4)
    ) {
        let reference = Reference::default();
        let situations: Vec<Situation> = situations.into_iter().map(situation).collect();
        let scene = [
            vec![], vec![now(accepted())],
            vec![now(accepted()), now(dispatched())],
            vec![now(accepted()), now(dispatched()), now(arrived())],
        ];
        let so_far = || incident(&reference, &[Situation::Other], DangerSigns::default())
            .given(scene[steps].clone())
            .at(minute(later))
            .given([Command::ObserveClocks]);
        let follower = so_far();
        let before = follower.state().clone();
        let follower = follower.given([now(linked()), now(unlinked())]);
        prop_assert_eq!(follower.state(), &before, "the one that followed");
        let main = so_far();
        let before = main.state().clone();
        let main = main.given([now(joined("other", &situations)), now(parted("other"))]);
        prop_assert_eq!(running(main.state()), running(&before), "the main one's clocks");
        let rest = State { clocks: before.clocks.clone(), ..main.state().clone() };
        prop_assert_eq!(rest, before, "the main one");
        // and what ended meanwhile ended by another word than missed
        let hurried = main.state().clocks.get("police-on-scene-immediate").and_then(|clock| clock.outcome);
        prop_assert!(hurried.is_none_or(|outcome| outcome == Outcome::Superseded));
    }
}

#[test]
fn rpt_4_found_on_the_scene_of_the_main_one_stays_after_parting() {
    let reference = Reference::default();
    let scenario = on_scene(&reference, &[Situation::Other]).given([
        now(joined("other", &[Situation::Missing])),
        now(found(&[Situation::PoorGuardianship], DangerSigns::default())),
        now(parted("other")),
    ]);
    assert_eq!(missing(&scenario), ["parents-contacted"]);
}
