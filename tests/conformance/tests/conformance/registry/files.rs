//! One complete file for each child, villages with rules, divisions with a history (TWN-1, TWN-7, INF-4).

use super::*;
use kinward_contracts::registry::v1::{
    AdoptVillageRulesRequest, CountVillageRulesRequest, ParentDuty, RecordHealthRequest,
    RegisterChildrenRequest, WithdrawDivisionRequest,
};
use kinward_contracts::r#type::v1::row_outcome::Outcome;
use kinward_contracts::r#type::v1::{Reason, RowOutcome};

#[tokio::test(flavor = "multi_thread")]
async fn twn_1_inf_4_one_file_for_each_person_with_four_sections_in_a_village_that_has_a_code() {
    let district = district().await;
    let child = Child::registered(&district, 1).await;
    let mut second = district.play(1).child();
    second.request_id = id("second");
    second.household = Some(home(&child.next_village()));
    let mut elsewhere = district.clients.children(&people::civil_affairs()).unwrap();
    let refused = elsewhere.register_child(second).await.unwrap_err();
    assert_eq!(refusal(&refused), ("TWN-1".to_owned(), "ALREADY_EXISTS".to_owned()));

    let filled = |sections: kinward_contracts::registry::v1::FileSections| {
        [sections.family, sections.guardianship, sections.schooling, sections.health]
    };
    assert_eq!(filled(child.file().await.sections.unwrap()), [true, true, true, false]);
    assert!(child.duties().await.contains(&"file-completeness".to_owned()));
    let mut care = district.clients.care(&child.keeper()).unwrap();
    let health = RecordHealthRequest {
        request_id: id("health"),
        child_id: child.id.clone(),
        condition: "健康".to_owned(),
        insured: true,
        examined_on: days_ago(&district, 20),
        ..Default::default()
    };
    care.record_health(health).await.unwrap();
    assert_eq!(filled(child.file().await.sections.unwrap()), [true; 4]);
    assert!(!child.duties().await.contains(&"file-completeness".to_owned()));

    // who does not keep the village does not read the file
    let mut other = district.clients.children(&people::village(&child.next_village())).unwrap();
    let request = GetChildRequest { child_id: child.id.clone() };
    assert_eq!(refusal(&other.get_child(request).await.unwrap_err()).1, "PERMISSION_DENIED");

    // a withdrawn code stays valid for its time
    let next = child.next_village();
    let mut reference = district.clients.reference(&people::civil_affairs()).unwrap();
    let withdraw = WithdrawDivisionRequest {
        request_id: id("withdraw"),
        expected_revision: None,
        code: next.clone(),
        valid_until: days_ago(&district, 2),
        successor_codes: vec![child.village.clone()],
    };
    let receipt = reference.withdraw_division(withdraw).await.unwrap().into_inner().receipt.unwrap();
    let register = |number: u64, days: i64| {
        let mut request = district.play(number).child();
        request.household = Some(home(&next));
        let at = district.now() - chrono::Duration::days(days);
        request.occurred_at = Some(kinward_contracts::timestamp(at));
        request
    };
    assert!(receipt.position > 0);
    // reference data is read from the log: until then the old code is in use, and each try is another child's
    let mut number = 10;
    let refused = district.until(async || {
        number += 1;
        elsewhere.register_child(register(number, 1)).await.err()
    });
    assert_eq!(refusal(&refused.await), ("INF-4".to_owned(), "INVALID_ARGUMENT".to_owned()));
    elsewhere.register_child(register(6, 2)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn twn_7_villages_adopt_rules_that_name_the_parents_duties_and_are_counted() {
    let district = district().await;
    let village = kinward::reference::villages()
        .iter()
        .find(|(code, _)| code.starts_with(people::TOWNSHIP))
        .unwrap()
        .0
        .to_owned();
    let mut own = district.clients.villages(&people::village(&village)).unwrap();
    let mut above = district.clients.villages(&people::township(people::TOWNSHIP)).unwrap();
    let count = || CountVillageRulesRequest { area: people::TOWNSHIP.to_owned() };
    let before = above.count_village_rules(count()).await.unwrap().into_inner();
    assert_eq!((before.adopted, before.without_rules.len()), (0, before.villages as usize));
    let adopt = |step: &str, duties: Vec<i32>| AdoptVillageRulesRequest {
        request_id: id(step),
        village_code: village.clone(),
        duties,
        document_sha256: "ab".repeat(32),
        ..Default::default()
    };
    let refused = own.adopt_village_rules(adopt("empty", Vec::new())).await.unwrap_err();
    assert_eq!(refusal(&refused), ("TWN-7".to_owned(), "REQUIREMENT_MISSING".to_owned()));
    let duties = vec![ParentDuty::StayInContact.into(), ParentDuty::Delegate.into()];
    own.adopt_village_rules(adopt("adopt", duties)).await.unwrap();
    let after = above.count_village_rules(count()).await.unwrap().into_inner();
    assert_eq!((after.villages, after.adopted), (before.villages, 1));
    assert!(!after.without_rules.contains(&village));
}

#[tokio::test(flavor = "multi_thread")]
async fn twn_1_inf_4_of_many_rows_each_has_its_own_answer_and_a_dry_run_decides_the_same_and_writes_nothing()
{
    let district = district().await;
    let child = Child::registered(&district, 1).await;
    let row = |number: u64, change: &dyn Fn(&mut RegisterChildRequest)| {
        let mut row = district.play(number).child();
        change(&mut row);
        row
    };
    let rows = vec![
        row(2, &|_| {}),
        // a second file of the first child, a village that is none, another township's
        row(1, &|row| row.request_id = id("second")),
        row(3, &|row| row.household = Some(home("430903111999"))),
        row(4, &|row| row.household = Some(home("430903101001"))),
        row(5, &|row| row.birth_date = "2012-02-30".to_owned()),
    ];
    let register = |validate_only: bool| RegisterChildrenRequest {
        request_id: id("many"),
        rows: rows.clone(),
        validate_only,
    };
    let mut keeper = district.clients.children(&township()).unwrap();
    let dry = keeper.register_children(register(true)).await.unwrap().into_inner().rows;
    let Some(Outcome::Receipt(would_be)) = dry[0].outcome.clone() else { panic!("{dry:?}") };
    let file = || GetChildRequest { child_id: would_be.id.clone() };
    assert_eq!(refusal(&keeper.get_child(file()).await.unwrap_err()).1, "NOT_FOUND");
    let wet = keeper.register_children(register(false)).await.unwrap().into_inner().rows;
    keeper.get_child(file()).await.unwrap();
    let refused = |row: &RowOutcome| match row.outcome.clone() {
        Some(Outcome::Refusal(refusal)) => (refusal.rule.clone(), refusal.reason(), refusal.existing_id),
        _ => Default::default(),
    };
    assert_eq!(dry.iter().map(refused).collect::<Vec<_>>(), wet.iter().map(refused).collect::<Vec<_>>());
    let existing = Some(child.id.clone());
    assert_eq!(refused(&wet[1]), ("TWN-1".to_owned(), Reason::AlreadyExists, existing));
    assert_eq!(refused(&wet[2]).0, "INF-4");
    assert_eq!(refused(&wet[3]).1, Reason::PermissionDenied);
    assert_eq!(refused(&wet[4]).1, Reason::InvalidArgument);
    let receipt = |row: &RowOutcome| match row.outcome.clone() {
        Some(Outcome::Receipt(receipt)) => receipt,
        _ => panic!("{row:?}"),
    };
    // the file that the row would make is the one it made; done before, a dry run says so
    assert_eq!((receipt(&dry[0]).id, receipt(&dry[0]).position), (receipt(&wet[0]).id, 0));
    let again = keeper.register_children(register(true)).await.unwrap().into_inner().rows;
    assert_eq!(receipt(&again[0]), receipt(&wet[0]));
}
