//! Received, accepted, dispatched, on the scene, concluded: in this order and no other (DSP-1).

use super::*;
use kinward_contracts::dispatch::v1::{ChildIdentified, IncidentConcluded, Stage};
use kinward_contracts::r#type::v1::ClockStarted;
use kinward_statute::UnitFacts;

const OTHER: [Situation; 1] = [Situation::Other];

#[test]
fn dsp_1_a_report_opens_an_incident_once_and_nothing_is_asked_of_it_before() {
    let reference = Reference::default();
    let none = || Scenario::<Incident>::new("incident", minute(0), &reference);
    assert_eq!(none().when(now(accepted())).then_refused("DSP-1").reason, Reason::NotFound);
    assert_eq!(none().when(conclude()).then_refused("DSP-1").reason, Reason::NotFound);
    let first = open(&OTHER, DangerSigns::default());
    let scenario = none().when(first.clone()).then_types(&["IncidentOpened", "ClockStarted"]);
    assert_eq!(scenario.state().stage(), Stage::Open);
    scenario.when(first).then([]);
}

#[test]
fn dsp_1_each_stage_follows_the_one_before_and_is_reached_once() {
    let reference = Reference::default();
    let steps = || [now(accepted()), now(dispatched()), now(arrived())];
    let stages = [Stage::Open, Stage::Accepted, Stage::Dispatched, Stage::OnScene];
    for (done, stage) in stages.into_iter().enumerate() {
        let so_far = || incident(&reference, &OTHER, DangerSigns::default()).given(steps()[..done].to_vec());
        assert_eq!(so_far().state().stage(), stage);
        for (index, step) in steps().into_iter().enumerate() {
            if index == done {
                so_far().given([step]);
            } else {
                let refused = so_far().when(step).then_refused("DSP-1");
                assert_eq!(refused.reason, Reason::WrongState, "step {index} after {done}");
            }
        }
        let concluded = so_far().when(conclude());
        if done == 3 {
            concluded.then_types(&["IncidentConcluded", "ClockStarted", "ClockStarted"]);
        } else {
            assert_eq!(concluded.then_refused("DSP-1").reason, Reason::WrongState);
        }
    }
}

#[test]
fn dsp_1_in_charge_sent_and_on_the_scene_are_units_of_police_that_there_are() {
    let mut reference = Reference::default();
    let unit = |department: Department| UnitFacts {
        name: "单位".to_owned(),
        department: department.into(),
        area: "430903".to_owned(),
        superior: None,
    };
    reference.units.insert(POLICE.to_owned(), unit(Department::PublicSecurity));
    reference.units.insert("hospital".to_owned(), unit(Department::Health));
    let by = |unit_id: &str| {
        let unit_id = unit_id.to_owned();
        [
            now(IncidentAccepted { unit_id: unit_id.clone() }),
            now(UnitDispatched { unit_id: unit_id.clone() }),
            now(UnitArrived { unit_id }),
        ]
    };
    let so_far =
        |done: usize| incident(&reference, &OTHER, DangerSigns::default()).given(by(POLICE)[..done].to_vec());
    for wrong in ["hospital", "nobody"] {
        for (done, step) in by(wrong).into_iter().enumerate() {
            let refused = so_far(done).when(step).then_refused("DSP-1");
            assert_eq!(
                (refused.reason, refused.field.as_deref()),
                (Reason::UnknownReference, Some("unit_id"))
            );
        }
    }
    // whoever acts for its own unit is believed that there is one
    let own = so_far(0).by(actor(Department::PublicSecurity, "station-new"));
    own.given([now(IncidentAccepted { unit_id: "station-new".to_owned() })]);
}

#[test]
fn dsp_1_nothing_is_done_about_an_incident_nobody_has_accepted_and_everything_on_the_way_to_it() {
    let reference = Reference::default();
    let open = || incident(&reference, &[Situation::Missing], DangerSigns::default());
    open().when(now(search())).then_refused("DSP-1");
    open().when(now(father())).then_refused("DSP-1");
    // a missing child is searched for before anybody is on the scene
    open().given([now(accepted())]).when(now(search())).then_types(&["SearchOpened", "ClockStarted"]);
}

#[test]
fn dsp_1_what_is_over_takes_no_further_steps() {
    let reference = Reference::default();
    let over = || on_scene(&reference, &OTHER).given([conclude()]);
    for command in [now(accepted()), now(father()), now(taken("evidence")), conclude()] {
        assert_eq!(over().when(command).then_refused("DSP-1").reason, Reason::WrongState);
    }
}

#[test]
fn dsp_1_openings_conclusions_and_clocks_are_not_recorded_by_hand() {
    let reference = Reference::default();
    on_scene(&reference, &OTHER).when(now(IncidentConcluded::default())).then_refused("DSP-1");
    on_scene(&reference, &OTHER).when(now(opened(&OTHER, DangerSigns::default()))).then_refused("DSP-1");
    on_scene(&reference, &OTHER).when(now(ClockStarted::default())).then_refused("DSP-1");
}

#[test]
fn bey_5_an_unknown_child_in_an_unknown_place_is_gone_to_and_identified_later() {
    let reference = Reference::default();
    let unknown = IncidentOpened {
        village_code: None,
        child: Some(ChildReference { child_id: None, person_id: "somebody".to_owned() }),
        ..opened(&OTHER, DangerSigns::default())
    };
    let scenario = Scenario::<Incident>::new("incident", minute(0), &reference)
        .given([Command::Open(Box::new(unknown)), now(accepted()), now(dispatched()), now(arrived())])
        .given([now(ChildIdentified { child_id: "file".to_owned() })]);
    assert_eq!(scenario.state().child_id.as_deref(), Some("file"));
    assert_eq!(scenario.state().child_person_id, "somebody", "whose key seals the data does not change");
    let outcome = scenario.when(conclude());
    let concluded = outcome.facts()[0].event.event.clone();
    let Some(kinward_contracts::dispatch::v1::incident_event::Event::IncidentConcluded(concluded)) =
        concluded
    else {
        panic!("concluded")
    };
    assert_eq!(concluded.child.unwrap().child_id.as_deref(), Some("file"));
    assert_eq!(concluded.village_code, None);
}

#[test]
fn bey_1_a_step_lies_neither_in_the_future_nor_before_the_one_it_follows() {
    let reference = Reference::default();
    let ten = || incident(&reference, &OTHER, DangerSigns::default()).at(minute(10));
    assert_eq!(ten().when(at(13, accepted())).then_refused("BEY-1").reason, Reason::TimeInvalid);
    ten().when(at(-1, accepted())).then_refused("BEY-1");
    for minutes in [0, 10] {
        ten().when(at(minutes, accepted())).then_types(&["IncidentAccepted", "ClockMet", "ClockStarted"]);
    }
    ten().given([at(5, accepted())]).when(at(4, dispatched())).then_refused("BEY-1");
    let gone = ten().given([at(5, accepted()), at(5, dispatched()), at(8, arrived())]);
    let early = Command::Conclude {
        summary: Sealed::default(),
        substantiation: Substantiation::Unfounded,
        occurred_at: Some(minute(7)),
    };
    gone.when(early).then_refused("BEY-1");
}

#[test]
fn bey_5_what_happens_now_is_never_refused_for_a_clock_that_lags_behind() {
    let reference = Reference::default();
    incident(&reference, &OTHER, DangerSigns::default()).at(minute(-1)).when(now(accepted())).then_types(&[
        "IncidentAccepted",
        "ClockMet",
        "ClockStarted",
    ]);
}
