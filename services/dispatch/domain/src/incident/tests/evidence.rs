//! Evidence and its chain of custody (DSP-3).

use super::*;

fn scene(reference: &Reference) -> Scenario<'_, Incident> {
    on_scene(reference, &[Situation::DomesticViolence])
}

#[test]
fn dsp_3_evidence_carries_its_hash_and_only_an_object_has_none() {
    let reference = Reference::default();
    for number in 1..=5 {
        let kind = EvidenceKind::try_from(number).unwrap();
        let without = EvidenceTaken { kind: number, sha256: None, ..taken("evidence") };
        let outcome = scene(&reference).when(now(without));
        if kind == EvidenceKind::Object {
            outcome.then_types(&["EvidenceTaken"]);
        } else {
            assert_eq!(outcome.then_refused("DSP-3").field.as_deref(), Some("sha256"), "{kind:?}");
        }
    }
    let twice = scene(&reference).given([now(taken("evidence"))]).when(now(taken("evidence")));
    assert_eq!(twice.then_refused("DSP-3").existing_id.as_deref(), Some("evidence"));
}

#[test]
fn dsp_3_each_transfer_is_from_who_holds_it_to_another_and_not_before_it_came() {
    let reference = Reference::default();
    let held = || scene(&reference).at(minute(60)).given([at(10, taken("evidence"))]);
    let nothing = held().when(now(transferred("nothing", POLICE, "lab"))).then_refused("DSP-3");
    assert_eq!(nothing.reason, Reason::UnknownReference);
    held().when(now(transferred("evidence", "lab", POLICE))).then_refused("DSP-3");
    held().when(now(transferred("evidence", POLICE, POLICE))).then_refused("DSP-3");
    held().when(at(9, transferred("evidence", POLICE, "lab"))).then_refused("BEY-1");
    let moved = held().given([at(10, transferred("evidence", POLICE, "lab"))]);
    assert_eq!(moved.state().evidence["evidence"].holder().unwrap().unit_id, "lab");
    moved.when(now(transferred("evidence", POLICE, "court"))).then_refused("DSP-3");
    let scenario = held().given([
        at(20, transferred("evidence", POLICE, "lab")),
        at(30, transferred("evidence", "lab", "court")),
    ]);
    let chain: Vec<(&str, DateTime<Utc>)> = scenario.state().evidence["evidence"]
        .chain
        .iter()
        .map(|all| (all.unit_id.as_str(), all.since))
        .collect();
    assert_eq!(chain, [(POLICE, minute(10)), ("lab", minute(20)), ("court", minute(30))]);
}

#[test]
fn dsp_3_evidence_is_handed_on_after_the_incident_too_and_none_is_added() {
    let reference = Reference::default();
    let over = || scene(&reference).given(dsp_3()).given([now(ViolenceStopped::default()), conclude()]);
    over().given([now(transferred("evidence", POLICE, "court"))]);
    over().when(now(taken("late"))).then_refused("DSP-1");
}
