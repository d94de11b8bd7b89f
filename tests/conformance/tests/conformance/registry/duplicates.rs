//! Duplicate files are found, linked and unlinked; unknown children have a temporary identity (BEY-7).

use super::*;
use kinward_contracts::registry::v1::{
    Likeness, LinkDuplicateRequest, ListDuplicateCandidatesRequest, ParentFacts,
    RecordParentWhereaboutsRequest, RegisterUnknownChildRequest, UnlinkDuplicateRequest,
};

#[tokio::test(flavor = "multi_thread")]
async fn bey_7_a_duplicate_is_found_linked_and_unlinked_and_both_files_are_as_they_were() {
    let district = district().await;
    let mut request = district.play(1).child();
    request.name = "欧阳若溪".to_owned();
    let first = Child::of(&district, request.clone()).await;
    request.request_id = id("misspelt");
    request.name = "欧阳若曦".to_owned();
    request.identity_number = None;
    let second = Child::of(&district, request).await;
    let mut duplicates = district.clients.duplicates(&second.keeper()).unwrap();
    let like = |child: &Child<'_>| ListDuplicateCandidatesRequest {
        child_id: Some(child.id.clone()),
        ..Default::default()
    };
    let found = duplicates.list_duplicate_candidates(like(&second)).await.unwrap().into_inner().candidates;
    assert_eq!(found[0].child_id, first.id);
    for likeness in [Likeness::NameAlmost, Likeness::Sound, Likeness::BirthDate, Likeness::Village] {
        assert!(found[0].likenesses.contains(&likeness.into()), "{likeness:?}: {found:?}");
    }
    let asked = ListDuplicateCandidatesRequest {
        name: Some("欧阳若西".to_owned()),
        birth_date: Some(first.file().await.birth_date),
        ..Default::default()
    };
    let found = duplicates.list_duplicate_candidates(asked).await.unwrap().into_inner().candidates;
    assert_eq!(found.len(), 2, "{found:?}");

    let (before_first, before_second) = (first.file().await, second.file().await);
    let link = |step: &str, child: &Child<'_>, of: &Child<'_>| LinkDuplicateRequest {
        request_id: id(step),
        child_id: child.id.clone(),
        of_child_id: of.id.clone(),
        ..Default::default()
    };
    let itself = duplicates.link_duplicate(link("itself", &second, &second)).await.unwrap_err();
    assert_eq!(refusal(&itself), ("BEY-7".to_owned(), "INVALID_ARGUMENT".to_owned()));
    duplicates.link_duplicate(link("link", &second, &first)).await.unwrap();
    assert_eq!(second.file().await.duplicate_of_child_id.as_ref(), Some(&first.id));
    assert_eq!(first.file().await.duplicate_child_ids, std::slice::from_ref(&second.id));
    assert!(second.duties().await.is_empty(), "its duties are the other file's");
    let circle = duplicates.link_duplicate(link("circle", &first, &second)).await.unwrap_err();
    assert_eq!(refusal(&circle).0, "BEY-7");
    let mut children = district.clients.children(&second.keeper()).unwrap();
    let record = RecordParentWhereaboutsRequest {
        request_id: id("record"),
        child_id: second.id.clone(),
        person_id: second.parents[0].clone(),
        facts: Some(ParentFacts::default()),
        ..Default::default()
    };
    let refused = children.record_parent_whereabouts(record).await.unwrap_err();
    assert_eq!(refusal(&refused), ("BEY-7".to_owned(), "ALREADY_EXISTS".to_owned()));
    let unlink = UnlinkDuplicateRequest {
        request_id: id("unlink"),
        child_id: second.id.clone(),
        ..Default::default()
    };
    let done = duplicates.unlink_duplicate(unlink.clone()).await.unwrap().into_inner();
    assert_eq!((first.file().await, second.file().await), (before_first, before_second));
    let again = duplicates.unlink_duplicate(unlink).await.unwrap().into_inner();
    assert_eq!(again, done, "a retry gets the first answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn bey_7_an_unknown_child_has_a_temporary_identity_that_is_linked_when_it_is_known() {
    let district = district().await;
    let known = Child::registered(&district, 3).await;
    let mut police = district.clients.duplicates(&people::police()).unwrap();
    let request = RegisterUnknownChildRequest {
        request_id: id("unknown"),
        description: "约九岁，红色外套".to_owned(),
        found: Some(home(&known.village)),
        called: Some(known.file().await.name),
        ..Default::default()
    };
    let unknown = police.register_unknown_child(request).await.unwrap().into_inner().receipt.unwrap().id;
    let unknown =
        Child { district: &district, id: unknown, parents: Vec::new(), village: known.village.clone() };
    let file = unknown.file().await;
    assert!(file.temporary && file.name.is_empty());
    assert_eq!(unknown.duties().await, ["identify"]);
    let like = ListDuplicateCandidatesRequest { child_id: Some(unknown.id.clone()), ..Default::default() };
    let found = police.list_duplicate_candidates(like).await.unwrap().into_inner().candidates;
    assert_eq!(found[0].child_id, known.id);
    let mut keeper = district.clients.duplicates(&known.keeper()).unwrap();
    let link = LinkDuplicateRequest {
        request_id: id("link"),
        child_id: unknown.id.clone(),
        of_child_id: known.id.clone(),
        ..Default::default()
    };
    keeper.link_duplicate(link).await.unwrap();
    assert_eq!(unknown.file().await.duplicate_of_child_id.as_ref(), Some(&known.id));
    assert!(unknown.duties().await.is_empty());
}
