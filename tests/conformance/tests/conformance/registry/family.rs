//! Household and delegation (INF-4, FAM-1).

use super::*;
use kinward_contracts::notification::v1::Template;
use kinward_contracts::registry::v1::{
    ConsentToMoveRequest, DelegationEnd, Disqualification, EndDelegationRequest, FactorFinding, GapKind,
    GuardianInput, GuardianshipBasis, MakeDelegationRequest, RecordGuardianRequest, RefuseMoveRequest,
    RequestMoveRequest, ReviewDelegationRequest, TrusteeFactors,
};
use kinward_contracts::r#type::v1::{Capacity, ChildsWish, ClockOutcome, Relation};

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
        childs_wish: ChildsWish::InFavour.into(),
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
    (bare.capacity_checked_on, bare.factors, bare.childs_wish) = (None, None, 0);
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
        fit: Some(true),
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
    assert_eq!(child.clock("delegation-review").await.outcome(), ClockOutcome::Void);
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
        (file.village_code.as_str(), file.open_move_id.as_deref()),
        (child.village.as_str(), Some(asked.move_id.as_str()))
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
    let asks = notice_of(&district, &people::village(&next), Template::MoveRequested).await;
    assert_eq!(asks.about.unwrap().child.and_then(|of| of.child_id).as_deref(), Some(child.id.as_str()));
    let first = there.consent_to_move(answer("theirs")).await.unwrap().into_inner();
    let again = there.consent_to_move(answer("theirs")).await.unwrap().into_inner();
    assert_eq!(again, first, "a retry is answered as the first was, wherever the child is now");
    for side in [child.keeper(), people::village(&next)] {
        let told = notice_of(&district, &side, Template::Moved).await.about.unwrap();
        assert_eq!(told.village_code.as_deref(), Some(next.as_str()));
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn inf_4_a_move_that_the_other_village_refuses_leaves_the_child_where_it_is_on_file() {
    let district = district().await;
    let child = Child::registered(&district, 1).await;
    let next = child.next_village();
    let mut here = district.clients.families(&child.keeper()).unwrap();
    let mut there = district.clients.families(&people::village(&next)).unwrap();
    district.advance(chrono::Duration::days(3));
    let ask = |step: &str| RequestMoveRequest {
        request_id: id(step),
        child_id: child.id.clone(),
        household: Some(home(&next)),
        moved_on: days_ago(&district, 1),
        ..Default::default()
    };
    let move_id = here.request_move(ask("ask")).await.unwrap().into_inner().move_id;
    let refuse = |step: &str| RefuseMoveRequest {
        request_id: id(step),
        child_id: child.id.clone(),
        move_id: move_id.clone(),
        reason: "并未在本村居住".to_owned(),
        ..Default::default()
    };
    let own = here.refuse_move(refuse("own")).await.unwrap_err();
    assert_eq!(refusal(&own), ("INF-4".to_owned(), "NOT_ENTITLED".to_owned()));
    there.refuse_move(refuse("refuse")).await.unwrap();
    let told = notice_of(&district, &child.keeper(), Template::MoveRefused).await.about.unwrap();
    assert_eq!(told.village_code.as_deref(), Some(child.village.as_str()), "who asked is told");
    let file = child.file().await;
    assert_eq!((file.village_code.as_str(), file.open_move_id.as_deref()), (child.village.as_str(), None));
    assert_eq!(file.residences.len(), 1);
    let twice = there.refuse_move(refuse("twice")).await.unwrap_err();
    assert_eq!(
        refusal(&twice).1,
        "PERMISSION_DENIED",
        "no move waits: the file is the other village's alone"
    );
    here.request_move(ask("again")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn def_1_fam_2_another_guardian_is_recorded_with_what_holds_and_a_trustee_only_by_a_delegation() {
    let district = district().await;
    let child = Child::registered(&district, 1).await;
    let mut families = district.clients.families(&child.keeper()).unwrap();
    let record = |step: &str, person_id: Option<String>, basis: GuardianshipBasis, capacity: Capacity| {
        RecordGuardianRequest {
            request_id: id(step),
            child_id: child.id.clone(),
            person_id,
            guardian: Some(GuardianInput {
                relation: Relation::PaternalAunt.into(),
                name: "贺青禾".to_owned(),
                basis: basis.into(),
                capacity: capacity.into(),
                lives_with_child: true,
                ..GuardianInput::default()
            }),
            ..Default::default()
        }
    };
    let (law, full) = (GuardianshipBasis::OrderOfLaw, Capacity::Full);
    let parent = record("parent", Some(child.parents[0].clone()), law, full);
    let refused = families.record_guardian(parent).await.unwrap_err();
    assert_eq!(refusal(&refused), ("DEF-1".to_owned(), "INVALID_ARGUMENT".to_owned()));
    let trustee = record("trustee", None, GuardianshipBasis::Delegation, full);
    let refused = families.record_guardian(trustee).await.unwrap_err();
    assert_eq!(refusal(&refused), ("FAM-1".to_owned(), "INVALID_ARGUMENT".to_owned()));
    let gap = child.file().await.gap();
    assert_ne!(gap, GapKind::Unspecified, "both parents are away, and nobody else is there");
    let aunt =
        families.record_guardian(record("aunt", None, law, full)).await.unwrap().into_inner().person_id;
    let file = child.file().await;
    let carer = file.carers.iter().find(|carer| carer.person_id == aunt).unwrap();
    assert_eq!((carer.name.as_str(), carer.basis(), carer.capacity()), ("贺青禾", law, full));
    assert_eq!(file.gap(), GapKind::Unspecified, "somebody able lives with the child");
    let lost = record("lost", Some(aunt), law, Capacity::None);
    families.record_guardian(lost).await.unwrap();
    assert_eq!(child.file().await.gap(), GapKind::CarerWithoutCapacity);
}
