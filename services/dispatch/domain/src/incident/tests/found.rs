//! What police find on the scene (DSP-2b, DSP-2f): the list grows, and it may be more urgent.

use super::*;
use kinward_contracts::dispatch::v1::{SituationFound, incident_event::Event};
use kinward_contracts::r#type::v1::Severity;
use kinward_statute::Outcome;

pub(super) fn found(situations: &[Situation], signs: DangerSigns) -> SituationFound {
    SituationFound {
        situations: situations.iter().map(|situation| i32::from(*situation)).collect(),
        signs: Some(signs),
        observation: Some(sealed("灶台无火")),
        ..SituationFound::default()
    }
}

fn calm() -> DangerSigns {
    DangerSigns::default()
}

#[test]
fn dsp_2b_poor_guardianship_is_found_by_police_and_asks_for_its_dispositions() {
    let reference = Reference::default();
    let scenario = on_scene(&reference, &[Situation::LivingAlone])
        .given([now(found(&[Situation::PoorGuardianship], calm()))]);
    assert!(missing(&scenario).contains(&"parents-contacted".to_owned()));
    assert!(missing(&scenario).contains(&"parents-admonished".to_owned()), "the union, not instead");
    assert_eq!(scenario.state().severity(), Severity::Urgent);
}

#[test]
fn dsp_2f_coerced_begging_found_on_the_street_is_stopped_and_investigated() {
    let reference = Reference::default();
    let scenario =
        on_scene(&reference, &[Situation::Other]).given([now(found(&[Situation::CoercedBegging], calm()))]);
    assert_eq!(
        missing(&scenario),
        ["infringement-stopped", "evidence-taken", "medical-care-referred", "injury-appraisal-referred"]
    );
    scenario.when(conclude()).then_refused("DSP-2f");
}

#[test]
fn dsp_2b_what_is_written_is_what_is_new_with_every_sign_and_the_severity_of_it_all() {
    let reference = Reference::default();
    let signs = DangerSigns { signs_of_injury_or_crime: true, ..calm() };
    let injured = DangerSigns { serious_injury: true, ..calm() };
    let report = [Situation::PoorGuardianship, Situation::Other];
    let again = [Situation::Other, Situation::DomesticViolence, Situation::DomesticViolence];
    let outcome = with_signs(&reference, &report, signs).when(now(found(&again, injured)));
    let Some(Event::SituationFound(written)) = &outcome.facts()[0].event.event else { panic!() };
    assert_eq!(written.situations, [i32::from(Situation::DomesticViolence)]);
    let both = DangerSigns { serious_injury: true, signs_of_injury_or_crime: true, ..calm() };
    assert_eq!((written.signs, written.severity()), (Some(both), Severity::Immediate));
    let known = outcome.then_types(&["SituationFound"]);
    known.when(now(found(&again, injured))).then_refused("DSP-2b");
    on_scene(&reference, &report).when(now(found(&[Situation::Unspecified], calm()))).then_refused("DSP-2b");
}

#[test]
fn dsp_2b_nothing_found_makes_an_incident_less_urgent_or_is_found_before_anybody_goes() {
    let reference = Reference::default();
    let signs = DangerSigns { danger_in_progress: true, ..calm() };
    let scenario = with_signs(&reference, &[Situation::Other], signs)
        .given([now(found(&[Situation::PoorGuardianship], calm()))]);
    assert_eq!(scenario.state().severity(), Severity::Immediate);
    let unaccepted = incident(&reference, &[Situation::Other], calm());
    unaccepted.when(now(found(&[Situation::Missing], calm()))).then_refused("DSP-1");
    let over = on_scene(&reference, &[Situation::Other]).given([conclude()]);
    over.when(now(found(&[Situation::Missing], calm()))).then_refused("DSP-1");
}

#[test]
fn dsp_1_who_is_on_the_way_to_what_turns_out_immediate_has_a_quarter_of_an_hour_from_then() {
    let reference = Reference::default();
    let on_the_way = || {
        incident(&reference, &[Situation::LivingAlone], calm()).given([now(accepted()), now(dispatched())])
    };
    let small = || DangerSigns { under_eight_unattended: true, ..calm() };
    let hurried = on_the_way().at(minute(20)).when(now(found(&[Situation::Other], small()))).then_types(&[
        "SituationFound",
        "ClockSuperseded",
        "ClockStarted",
    ]);
    let clocks = &hurried.state().clocks;
    assert_eq!(clocks.get("police-on-scene").unwrap().outcome, Some(Outcome::Superseded));
    assert_eq!(clocks.get("police-on-scene-immediate").unwrap().due_at, minute(35));
    hurried.at(minute(36)).when(now(arrived())).then_types(&["UnitArrived", "ClockMissed"]);
    // less than that was left: nothing changes
    on_the_way()
        .at(minute(50))
        .when(now(found(&[Situation::Other], small())))
        .then_types(&["SituationFound"]);
}
