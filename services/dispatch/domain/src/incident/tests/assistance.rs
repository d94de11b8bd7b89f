//! Reporters' units help police (DSP-5).

use super::*;
use kinward_contracts::dispatch::v1::{
    AssistanceAnswered, AssistanceDeclined, AssistanceKind, AssistanceRequested, AssistanceState,
};
use kinward_statute::UnitFacts;

const SCHOOL: &str = "school-430903111-01";

fn asked(unit_id: &str, kind: AssistanceKind) -> AssistanceRequested {
    AssistanceRequested {
        assistance_id: "assistance".to_owned(),
        unit_id: unit_id.to_owned(),
        kind: kind.into(),
        matter: Some(sealed("请提供到校记录")),
        ..AssistanceRequested::default()
    }
}

fn answered() -> AssistanceAnswered {
    AssistanceAnswered {
        assistance_id: "assistance".to_owned(),
        answer: Some(sealed("已提供")),
        village_code: None,
    }
}

fn declined() -> AssistanceDeclined {
    AssistanceDeclined {
        assistance_id: "assistance".to_owned(),
        reason: Some(sealed("记录已移交")),
        village_code: None,
    }
}

fn waiting(reference: &Reference) -> Scenario<'_, Incident> {
    on_scene(reference, &[Situation::Other])
        .at(minute(10))
        .given([at(5, asked(SCHOOL, AssistanceKind::Material))])
        .by(actor(Department::Education, SCHOOL))
}

#[test]
fn dsp_5_police_ask_a_reporter_s_unit_and_not_their_own() {
    let reference = Reference::default();
    let scene = || on_scene(&reference, &[Situation::Other]);
    scene().when(now(asked(SCHOOL, AssistanceKind::Unspecified))).then_refused("DSP-5");
    let asked_once = scene().given([now(asked(SCHOOL, AssistanceKind::Presence))]);
    let twice = asked_once.when(now(asked(SCHOOL, AssistanceKind::Presence))).then_refused("DSP-5");
    assert_eq!(twice.reason, Reason::AlreadyExists);
    let mut known = Reference::default();
    let police = UnitFacts {
        name: "派出所".to_owned(),
        department: Department::PublicSecurity.into(),
        area: "430903".to_owned(),
        superior: None,
    };
    known.units.insert(POLICE.to_owned(), police);
    let own = on_scene(&known, &[Situation::Other]).when(now(asked(POLICE, AssistanceKind::Presence)));
    assert_eq!(own.then_refused("DSP-5").field.as_deref(), Some("unit_id"));
}

#[test]
fn dsp_5_only_the_unit_that_was_asked_answers_or_declines_and_once() {
    let reference = Reference::default();
    for other in [actor(Department::PublicSecurity, POLICE), actor(Department::Education, "school-other")] {
        for command in [now(answered()), now(declined())] {
            let refused = waiting(&reference).by(other.clone()).when(command).then_refused("DSP-5");
            assert_eq!(refused.reason, Reason::NotEntitled);
        }
    }
    let unknown = AssistanceAnswered { assistance_id: "none".to_owned(), ..answered() };
    let refused = waiting(&reference).when(now(unknown)).then_refused("DSP-5");
    assert_eq!(refused.reason, Reason::UnknownReference);
    waiting(&reference).when(now(AssistanceAnswered { answer: None, ..answered() })).then_refused("DSP-5");
    waiting(&reference).when(now(AssistanceDeclined { reason: None, ..declined() })).then_refused("DSP-5");
    waiting(&reference).when(at(4, answered())).then_refused("BEY-1");
    for (command, state) in
        [(now(answered()), AssistanceState::Answered), (now(declined()), AssistanceState::Declined)]
    {
        let done = waiting(&reference).given([command]);
        assert_eq!(done.state().assistance["assistance"].state, i32::from(state));
        done.when(now(answered())).then_refused("DSP-5");
    }
}

#[test]
fn dsp_5_an_answer_comes_in_after_the_incident_too_and_waits_for_nothing() {
    let reference = Reference::default();
    let over = || {
        on_scene(&reference, &[Situation::Other])
            .given([now(asked(SCHOOL, AssistanceKind::Information)), conclude()])
    };
    over().by(actor(Department::Education, SCHOOL)).given([now(answered())]);
    over().when(now(asked("another", AssistanceKind::Information))).then_refused("DSP-1");
}
