//! Household and delegation (INF-4, FAM-1).

use super::*;
use kinward_contracts::registry::v1::{
    ChildVoice, ConsentToMoveRequest, DelegationEnd, Disqualification, EndDelegationRequest, FactorFinding,
    GapKind, GuardianInput, GuardianshipBasis, MakeDelegationRequest, RequestMoveRequest,
    ReviewDelegationRequest, TrusteeFactors,
};
use kinward_contracts::r#type::v1::{Capacity, Relation};

fn delegation(child: &Child<'_>, step: &str) -> MakeDelegationRequest {
    let weighed = i32::from(FactorFinding::Favourable);
    MakeDelegationRequest {
        request_id: id(step),
        child_id: child.id.clone(),
        parent_person_id: child.parents[0].clone(),
        trustee: Some(GuardianInput {
            relation: Relation::MaternalUncle.into(),
            name: "周清和".to_owned(),
            basis: GuardianshipBasis::Delegation.into(),
            capacity: Capacity::Full.into(),
            lives_with_child: true,
            ..GuardianInput::default()
        }),
        trustee_birth_date: "1980-05-05".to_owned(),
        capacity_checked_on: Some(days_ago(child.district, 1)),
        factors: Some(TrusteeFactors {
            moral_character: weighed,
            family_circumstances: weighed,
            health: weighed,
            bond_with_child: FactorFinding::Reserved.into(),
        }),
        child_voice: ChildVoice::Agrees.into(),
        parent_consents: true,
        trustee_consents: true,
        from_on: today(child.district),
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fam_1_parents_entrust_a_capable_adult_and_nobody_else() {
    let district = district().await;
    let child = Child::registered(&district, 1).await;
    let mut families = district.clients.families(&child.keeper()).unwrap();
    let mut minor = delegation(&child, "minor");
    minor.trustee_birth_date = "2010-05-05".to_owned();
    let refused = families.make_delegation(minor).await.unwrap_err();
    assert_eq!(refusal(&refused), ("FAM-1".to_owned(), "NOT_ENTITLED".to_owned()));
    let mut incapable = delegation(&child, "incapable");
    incapable.trustee.as_mut().unwrap().capacity = Capacity::None.into();
    let refused = families.make_delegation(incapable).await.unwrap_err();
    assert_eq!(refusal(&refused), ("FAM-1".to_owned(), "NOT_ENTITLED".to_owned()));
    let mut excluded = delegation(&child, "excluded");
    excluded.disqualifications = vec![Disqualification::Addiction.into()];
    let refused = families.make_delegation(excluded).await.unwrap_err();
    assert_eq!(refusal(&refused), ("FAM-1".to_owned(), "NOT_ENTITLED".to_owned()));
    let mut bare = delegation(&child, "bare");
    (bare.capacity_checked_on, bare.factors, bare.child_voice) = (None, None, 0);
    (bare.parent_consents, bare.trustee_consents) = (false, false);
    let refused = families.make_delegation(bare).await.unwrap_err();
    assert_eq!(refusal(&refused), ("FAM-1".to_owned(), "REQUIREMENT_MISSING".to_owned()));
    let wanted = missing(&refused);
    for what in ["capacity-checked", "factor-health", "child-heard", "parent-consents", "trustee-consents"] {
        assert!(wanted.contains(&what.to_owned()), "{what}: {wanted:?}");
    }
    assert!(child.duties().await.contains(&"delegation".to_owned()));

    let made = families.make_delegation(delegation(&child, "made")).await.unwrap().into_inner();
    let file = child.file().await;
    let trustee = file.carers.iter().find(|carer| carer.person_id == made.trustee_person_id).unwrap();
    assert_eq!((trustee.name.as_str(), trustee.basis()), ("周清和", GuardianshipBasis::Delegation));
    assert_eq!((file.gap(), file.delegations.len()), (GapKind::Unspecified, 1));
    assert!(!child.duties().await.contains(&"delegation".to_owned()));
    let second = families.make_delegation(delegation(&child, "second")).await.unwrap_err();
    assert_eq!(refusal(&second), ("FAM-1".to_owned(), "ALREADY_EXISTS".to_owned()));
    let began = child.clock("delegation-review").await.started_at;
    district.advance(chrono::Duration::days(1));
    let review = ReviewDelegationRequest {
        request_id: id("review"),
        child_id: child.id.clone(),
        delegation_id: made.delegation_id.clone(),
        fit: true,
        findings: "照护良好".to_owned(),
        ..Default::default()
    };
    families.review_delegation(review).await.unwrap();
    assert_ne!(child.clock("delegation-review").await.started_at, began);
    let end = EndDelegationRequest {
        request_id: id("end"),
        child_id: child.id.clone(),
        delegation_id: made.delegation_id,
        end: DelegationEnd::TrusteeResigned.into(),
        on_date: today(&district),
        trustee_stays: false,
        ..Default::default()
    };
    families.end_delegation(end).await.unwrap();
    let file = child.file().await;
    assert_eq!((file.gap(), file.delegations[0].in_force), (GapKind::LivesAlone, false));
    assert_eq!(child.clock("delegation-review").await.outcome, "void");
}

#[tokio::test(flavor = "multi_thread")]
async fn inf_4_a_household_moves_when_both_villages_agree_and_the_child_is_always_somewhere() {
    let district = district().await;
    let child = Child::registered(&district, 1).await;
    let next = child.next_village();
    let mut here = district.clients.families(&child.keeper()).unwrap();
    let mut there = district.clients.families(&people::village(&next)).unwrap();
    district.advance(chrono::Duration::days(3));
    let mut ask = RequestMoveRequest {
        request_id: id("ask"),
        child_id: child.id.clone(),
        household: Some(home(&next)),
        moved_on: days_ago(&district, 1),
        ..Default::default()
    };
    let asked = here.request_move(ask.clone()).await.unwrap().into_inner();
    assert!(!asked.moved);
    let file = child.file().await;
    assert_eq!(
        (file.village_code.as_str(), file.open_move_id.as_str()),
        (child.village.as_str(), asked.move_id.as_str())
    );
    assert!(child.duties().await.contains(&"move-answer".to_owned()));
    let answer = |step: &str| ConsentToMoveRequest {
        request_id: id(step),
        child_id: child.id.clone(),
        move_id: asked.move_id.clone(),
        ..Default::default()
    };
    let own = here.consent_to_move(answer("own")).await.unwrap_err();
    assert_eq!(refusal(&own), ("INF-4".to_owned(), "NOT_ENTITLED".to_owned()));
    there.consent_to_move(answer("theirs")).await.unwrap();
    let file = child.file().await;
    assert_eq!((file.village_code.as_str(), file.address.as_str()), (next.as_str(), "5组12号"));
    assert_eq!(file.residences.len(), 2);
    assert_eq!(file.residences[0].until_on, Some(days_ago(&district, 2)));
    assert_eq!(
        (file.residences[1].from_on.clone(), file.residences[1].until_on.clone()),
        (days_ago(&district, 1), None)
    );
    assert_eq!(child.clock("village-visit").await.area, next, "the duties go with the child");
    // the village it left keeps the file no longer
    ask.request_id = id("again");
    ask.household = Some(home("430903111999"));
    let unknown = there.request_move(ask).await.unwrap_err();
    assert_eq!(refusal(&unknown).0, "INF-4");
}
