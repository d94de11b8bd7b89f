//! DSP-2a to DSP-2c and BEY-3: parents within reach and out of it, and who holds the child meanwhile.

use super::*;
use kinward_contracts::custody::v1::{
    AssessGuardianFitnessRequest, BeginTemporaryGuardianshipRequest, PlacementForm, ReturnChildRequest,
    TemporaryCase,
};
use kinward_contracts::dispatch::v1::{
    AdmonishParentsRequest, EndPlacementRequest, IdentifyChildRequest, ListHandOversRequest,
    ListHandOversResponse, NameTrusteeRequest, NotifyParentsRequest, OrderParentsToReturnRequest,
    PlaceChildTemporarilyRequest, PlacementEnd, PlacementKind, RecordSituationFoundRequest,
    ReviewPlacementRequest, list_hand_overs_request::Of,
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
    let freshness = Some(Freshness::at_least(scene.district.position().await));
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
    assert!(!listed.gaps[0].overlap && listed.gaps[0].until_at.is_none());
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
        assert_eq!(one.until_at, two.from_at);
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
    scene.clock_is("temporary-care-review", ClockOutcome::Missed).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn dsp_2a_a_trustee_whom_the_parents_name_stands_in_for_the_order_to_return() {
    let district = district().await;
    let mut scene = here(&district, &[Situation::LivingAlone]).await;
    let incident_id = scene.id.clone();
    let trustee = || NameTrusteeRequest {
        request_id: next(),
        incident_id: incident_id.clone(),
        relation: Relation::PaternalAunt.into(),
        name: "贺青禾".to_owned(),
        phone: Some("13900000005".to_owned()),
        ..NameTrusteeRequest::default()
    };
    assert_eq!(said(&scene.police.name_trustee(trustee()).await.unwrap_err()), "DSP-1 WRONG_STATE");
    scene.arrive().await;
    let parents = scene.parents().await;
    assert!(scene.lacks().await.contains(&"DSP-2a parents-ordered-to-return".to_owned()));
    let named = scene.police.name_trustee(trustee()).await.unwrap().into_inner();
    assert!(!named.person_id.is_empty());
    let lacks = scene.lacks().await;
    assert!(!lacks.contains(&"DSP-2a parents-ordered-to-return".to_owned()), "{lacks:?}");
    let admonish = AdmonishParentsRequest {
        request_id: next(),
        incident_id: scene.id.clone(),
        person_ids: parents.to_vec(),
        ..AdmonishParentsRequest::default()
    };
    scene.police.admonish_parents(admonish).await.unwrap();
    scene.event_is_written("TrusteeNamed").await;
    let lacks = scene.lacks().await;
    assert!(lacks.is_empty(), "the trustee cares for the child: {lacks:?}");
    scene.conclude().await.unwrap();
}

/// An unknown child in the hands of the village committee.
async fn placed(scene: &mut Scene<'_>) -> String {
    scene.arrive().await;
    for parent in scene.parents().await {
        scene.contact(&parent, None).await;
    }
    let first = place(&scene.id, PlacementKind::VillageCommittee, POLICE, &format!("village-{VILLAGE}"));
    scene.police.place_child_temporarily(first).await.unwrap().into_inner().placement_id
}

fn identify(scene: &Scene<'_>, child_id: &str) -> IdentifyChildRequest {
    IdentifyChildRequest {
        request_id: next(),
        incident_id: scene.id.clone(),
        child_id: child_id.to_owned(),
        ..IdentifyChildRequest::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dsp_2c_bey_5_a_child_that_nobody_knew_is_placed_reviewed_and_identified_later() {
    let district = district().await;
    let child_id = district.play(1).register().await.unwrap().child_id;
    let mut scene = here(&district, &[Situation::LivingAlone]).await;
    let early = identify(&scene, &child_id);
    assert_eq!(said(&scene.police.identify_child(early).await.unwrap_err()), "DSP-1 WRONG_STATE");
    let placement_id = placed(&mut scene).await;
    let review = |scene: &Scene<'_>, placement_id: &str| ReviewPlacementRequest {
        request_id: next(),
        incident_id: scene.id.clone(),
        placement_id: placement_id.to_owned(),
        findings: Some("适应良好，继续照料".to_owned()),
        ..ReviewPlacementRequest::default()
    };
    // reviewed on the ninth day, it is due ten days later again
    district.advance(chrono::Duration::days(9));
    let unknown = review(&scene, "00000000-0000-8000-8000-000000000000");
    assert_eq!(said(&scene.police.review_placement(unknown).await.unwrap_err()), "BEY-3 UNKNOWN_REFERENCE");
    let reviewed = review(&scene, &placement_id);
    scene.police.review_placement(reviewed).await.unwrap();
    scene.event_is_written("PlacementReviewed").await;
    let runs = |view: &kinward_contracts::r#type::v1::ClockState| {
        view.clock == "temporary-care-review" && view.outcome() == ClockOutcome::Unspecified
    };
    scene.until(|answer| answer.clocks.iter().any(runs)).await;
    district.advance(chrono::Duration::days(9));
    let reviewed = review(&scene, &placement_id);
    scene.police.review_placement(reviewed).await.unwrap();
    scene.until(|answer| answer.clocks.iter().any(runs)).await;

    // who it is comes out later: the hand-over is the child's
    let before = hand_overs(&mut scene, Of::ChildId(child_id.clone())).await;
    assert!(before.hand_overs.is_empty());
    let known = identify(&scene, &child_id);
    scene.police.identify_child(known).await.unwrap();
    let listed = hand_overs(&mut scene, Of::ChildId(child_id)).await;
    assert_eq!(listed.hand_overs[0].placement_id, placement_id);
    let ended = end(&scene, &placement_id, PlacementEnd::Returned);
    scene.police.end_placement(ended).await.unwrap();
    let over = review(&scene, &placement_id);
    assert_eq!(said(&scene.police.review_placement(over).await.unwrap_err()), "BEY-3 UNKNOWN_REFERENCE");
}

#[tokio::test(flavor = "multi_thread")]
async fn bey_3_law_3_civil_affairs_takes_over_from_police_without_overlap_or_gap() {
    let district = district().await;
    let story = district.play(1).register().await.unwrap();
    let said_of_child = Said {
        situations: &[Situation::LivingAlone],
        child_id: Some(&story.child_id),
        village: Some(VILLAGE),
        ..Said::default()
    };
    let mut scene = reported(&district, said_of_child).await;
    let placement_id = placed(&mut scene).await;
    district.advance(chrono::Duration::days(1));
    let begin = BeginTemporaryGuardianshipRequest {
        request_id: next(),
        child_id: Some(story.child_id.clone()),
        village_code: Some(VILLAGE.to_owned()),
        statutory_case: TemporaryCase::GuardianNeglects.into(),
        guardian_person_ids: story.parents.clone(),
        form: PlacementForm::ChildWelfareInstitution.into(),
        giver_unit_id: format!("village-{VILLAGE}"),
        taker_unit_id: Some(WELFARE.to_owned()),
        place: "赫山区儿童福利院".to_owned(),
        incident_id: Some(scene.id.clone()),
        ..Default::default()
    };
    let mut civil = district.clients.stays(&people::civil_affairs()).unwrap();
    let began = civil.begin_temporary_guardianship(begin).await.unwrap().into_inner();
    let guardianship_id = began.receipt.unwrap().id;
    // police's temporary care ends by itself, at the very moment
    scene.event_is_written("PlacementEnded").await;
    scene.clock_is("temporary-care-review", ClockOutcome::Met).await;
    for of in [Of::ChildId(story.child_id.clone()), Of::IncidentId(scene.id.clone())] {
        let listed = hand_overs(&mut scene, of).await;
        let [police, civil] = listed.hand_overs.as_slice() else { panic!("{listed:?}") };
        assert_eq!(
            (police.placement_id.as_str(), police.end()),
            (placement_id.as_str(), PlacementEnd::CustodyCase)
        );
        assert_eq!(police.until_at, civil.from_at);
        assert_eq!(
            (civil.placement_id.as_str(), civil.form()),
            (began.placement_id.as_str(), PlacementForm::ChildWelfareInstitution)
        );
        assert_eq!(civil.place, "赫山区儿童福利院");
        assert!(listed.gaps.is_empty() && civil.until_at.is_none());
    }
    let assess = AssessGuardianFitnessRequest {
        request_id: next(),
        guardianship_id: guardianship_id.clone(),
        guardian_person_id: story.parents[0].clone(),
        fit: Some(true),
        findings: "家访与询问".to_owned(),
        ..Default::default()
    };
    civil.assess_guardian_fitness(assess).await.unwrap();
    let back = ReturnChildRequest {
        request_id: next(),
        guardianship_id,
        guardian_person_id: story.parents[0].clone(),
        ..Default::default()
    };
    civil.return_child(back).await.unwrap();
    let listed = hand_overs(&mut scene, Of::ChildId(story.child_id)).await;
    assert_eq!(listed.hand_overs[1].end(), PlacementEnd::Returned);
    assert!(listed.gaps.is_empty());
}
