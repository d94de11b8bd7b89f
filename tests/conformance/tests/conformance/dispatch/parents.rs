//! DSP-2a to DSP-2c and BEY-3: parents within reach and out of it, and who holds the child meanwhile.

use super::*;
use kinward_contracts::dispatch::v1::{
    AdmonishParentsRequest, EndPlacementRequest, ListHandOversRequest, ListHandOversResponse,
    NotifyParentsRequest, OrderParentsToReturnRequest, PlaceChildTemporarilyRequest, PlacementEnd,
    PlacementKind, RecordSituationFoundRequest, list_hand_overs_request::Of,
};
use kinward_contracts::timestamp;

#[tokio::test(flavor = "multi_thread")]
async fn dsp_2a_dsp_2b_parents_within_reach_are_ordered_admonished_and_answer() {
    let district = district().await;
    let mut scene = here(&district, &[Situation::LivingAlone]).await;
    scene.arrive().await;
    let parents = scene.parents().await;
    let refused = scene.conclude().await.unwrap_err();
    assert_eq!(said(&refused), "DSP-2a REQUIREMENT_MISSING");
    assert_eq!(missing(&refused), ["parents-ordered-to-return", "parents-admonished", "child-cared-for"]);
    let order = OrderParentsToReturnRequest {
        request_id: next(),
        incident_id: scene.id.clone(),
        person_ids: parents.to_vec(),
        ..OrderParentsToReturnRequest::default()
    };
    scene.police.order_parents_to_return(order).await.unwrap();
    let admonish = AdmonishParentsRequest {
        request_id: next(),
        incident_id: scene.id.clone(),
        person_ids: parents.to_vec(),
        ..AdmonishParentsRequest::default()
    };
    scene.police.admonish_parents(admonish).await.unwrap();
    assert_eq!(scene.lacks().await, ["DSP-2a child-cared-for"]);
    // police find what no reporter names: the list grows
    let found = RecordSituationFoundRequest {
        request_id: next(),
        incident_id: scene.id.clone(),
        situations: vec![Situation::PoorGuardianship.into()],
        observation: Some("仅有零食，数日未洗".to_owned()),
        ..RecordSituationFoundRequest::default()
    };
    scene.inquiries.record_situation_found(found.clone()).await.unwrap();
    assert_eq!(scene.lacks().await, ["DSP-2a child-cared-for", "DSP-2b parents-contacted"]);
    let again = RecordSituationFoundRequest { request_id: next(), ..found };
    let known = scene.inquiries.record_situation_found(again).await.unwrap_err();
    assert_eq!(said(&known), "DSP-2b WRONG_STATE");
    scene.contact(&parents[0], Some(ParentAnswer::Refuses)).await;
    assert_eq!(said(&scene.conclude().await.unwrap_err()), "DSP-2a REQUIREMENT_MISSING");
    scene.contact(&parents[1], Some(ParentAnswer::Returns)).await;
    scene.conclude().await.unwrap();
}

fn place(id: &str, kind: PlacementKind, giver: &str, taker: &str) -> PlaceChildTemporarilyRequest {
    PlaceChildTemporarilyRequest {
        request_id: next(),
        incident_id: id.to_owned(),
        kind: kind.into(),
        giver_unit_id: giver.to_owned(),
        taker_unit_id: Some(taker.to_owned()),
        place: "村口".to_owned(),
        ..PlaceChildTemporarilyRequest::default()
    }
}

fn end(scene: &Scene<'_>, placement_id: &str, end: PlacementEnd) -> EndPlacementRequest {
    EndPlacementRequest {
        request_id: next(),
        incident_id: scene.id.clone(),
        placement_id: placement_id.to_owned(),
        end: end.into(),
        ..EndPlacementRequest::default()
    }
}

async fn hand_overs(scene: &mut Scene<'_>, of: Of) -> ListHandOversResponse {
    let freshness = Some(Freshness { at_least_as_fresh: scene.district.position().await });
    let request = ListHandOversRequest { of: Some(of), freshness };
    scene.registers.list_hand_overs(request).await.unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn dsp_2c_bey_3_out_of_reach_the_child_goes_to_temporary_care_and_the_record_names_every_hand() {
    let district = district().await;
    let child_id = district.play(1).register().await.unwrap().child_id;
    let said_of_child = Said {
        situations: &[Situation::LivingAlone],
        child_id: Some(&child_id),
        village: Some(VILLAGE),
        ..Said::default()
    };
    let mut scene = reported(&district, said_of_child).await;
    scene.arrive().await;
    let committee = format!("village-{VILLAGE}");
    let first = || place(&scene.id, PlacementKind::VillageCommittee, POLICE, &committee);
    let requests = [first(), first(), first()];
    let [too_early, untried, tried] = requests;
    assert_eq!(
        said(&scene.police.place_child_temporarily(too_early).await.unwrap_err()),
        "DSP-2c WRONG_STATE"
    );
    let parents = scene.parents().await;
    scene.contact(&parents[0], None).await;
    assert_eq!(
        said(&scene.police.place_child_temporarily(untried).await.unwrap_err()),
        "DSP-2c WRONG_STATE",
        "each parent who is alive and known is tried"
    );
    scene.contact(&parents[1], None).await;
    let placed = scene.police.place_child_temporarily(tried).await.unwrap().into_inner();
    let second = place(&scene.id, PlacementKind::WelfareInstitution, POLICE, WELFARE);
    let overlap = scene.police.place_child_temporarily(second.clone()).await.unwrap_err();
    assert_eq!(said(&overlap), "BEY-3 WRONG_STATE");

    // handed on, and in nobody's hands by the record: the gap is shown, and police are not done
    let handed_on = end(&scene, &placed.placement_id, PlacementEnd::HandedOn);
    scene.police.end_placement(handed_on).await.unwrap();
    let listed = hand_overs(&mut scene, Of::ChildId(child_id.clone())).await;
    assert_eq!(listed.gaps.len(), 1);
    assert_eq!(listed.gaps[0].after_placement_id, placed.placement_id);
    assert!(!listed.gaps[0].overlap && listed.gaps[0].until.is_none());
    assert_eq!(missing(&scene.conclude().await.unwrap_err()), ["child-handed-on", "parents-notified"]);
    let stranger = PlaceChildTemporarilyRequest { request_id: next(), ..second.clone() };
    let refused = scene.police.place_child_temporarily(stranger).await.unwrap_err();
    assert_eq!(said(&refused), "BEY-3 WRONG_STATE", "the giver is who held the child");
    let second =
        PlaceChildTemporarilyRequest { request_id: next(), giver_unit_id: committee.clone(), ..second };
    let second = scene.police.place_child_temporarily(second).await.unwrap().into_inner();
    for of in [Of::ChildId(child_id.clone()), Of::IncidentId(scene.id.clone())] {
        let listed = hand_overs(&mut scene, of).await;
        assert!(listed.gaps.is_empty());
        let [one, two] = listed.hand_overs.as_slice() else { panic!("{listed:?}") };
        assert_eq!((one.giver_unit_id.as_str(), one.taker_unit_id.as_deref()), (POLICE, Some(&*committee)));
        assert_eq!((two.giver_unit_id.as_str(), two.taker_unit_id.as_deref()), (&*committee, Some(WELFARE)));
        assert_eq!(one.place, "村口");
        assert_eq!(one.until, two.from);
    }

    let notify = NotifyParentsRequest {
        request_id: next(),
        incident_id: scene.id.clone(),
        person_ids: parents.to_vec(),
        ..NotifyParentsRequest::default()
    };
    scene.police.notify_parents(notify).await.unwrap();
    scene.conclude().await.unwrap();
    // never open-ended: nobody reviews it for ten days, and civil affairs are told
    district.advance(chrono::Duration::days(11));
    scene.clock_is("temporary-care-review", "missed").await;
    let past = EndPlacementRequest {
        occurred_at: Some(timestamp(district.now() - chrono::Duration::days(30))),
        ..end(&scene, &second.placement_id, PlacementEnd::Returned)
    };
    assert_eq!(said(&scene.police.end_placement(past).await.unwrap_err()), "BEY-3 TIME_INVALID");
    let returned = end(&scene, &second.placement_id, PlacementEnd::Returned);
    scene.police.end_placement(returned).await.unwrap();
    let listed = hand_overs(&mut scene, Of::ChildId(child_id)).await;
    assert_eq!(listed.hand_overs[1].end(), PlacementEnd::Returned);
    assert!(listed.gaps.is_empty());
}
