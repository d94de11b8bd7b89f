//! ASM-4: what the risk sets in motion.

use super::super::{district, refusal};
use super::{assessments_of, conclusion, finalise, finalise_as, lead, open, prepare, seen_by};
use kinward::people;
use kinward::story::case_of;
use kinward_contracts::assessment::v1::{Origin, Risk, Stage};
use kinward_contracts::r#type::v1::Ground;

#[tokio::test(flavor = "multi_thread")]
async fn asm_4_a_due_reassessment_opens_by_itself_once_unless_a_later_assessment_stands_in() {
    let district = district().await;
    let story = district.play(1).register().await.unwrap();
    let first = open(&district, &lead(), &story.child_id, "first").await.unwrap().id;
    finalise(&district, &first, Risk::High).await;
    let entry = assessments_of(&district, &story.child_id, 1).await.remove(0);
    assert_eq!((entry.stage(), entry.clock.as_str()), (Stage::Final, "reassessment"));

    // high risk: 30 days, and the last day ends at midnight
    district.advance(chrono::Duration::days(31));
    let all = assessments_of(&district, &story.child_id, 2).await;
    assert_eq!(all.len(), 2, "once");
    let second = all[0].assessment_id.clone();
    assert_eq!((all[0].origin(), all[0].stage()), (Origin::Reassessment, Stage::Assessing));
    assert_eq!(all[0].previous_assessment_id.as_deref(), Some(first.as_str()));
    assert_eq!(all[0].child_id.as_deref(), Some(story.child_id.as_str()));

    // medium risk: 90 days; a later assessment, opened for another reason, stands in for the reassessment
    finalise(&district, &second, Risk::Medium).await;
    assert!(seen_by(&district, &lead(), &second).await.unwrap().reassess_by.is_some());
    let third = open(&district, &people::civil_affairs(), &story.child_id, "third").await.unwrap();
    let mut position = third.position;
    let followed = loop {
        let seen = seen_by(&district, &lead(), &second).await.unwrap();
        if seen.later_assessment_id.is_some() {
            break seen;
        }
        // what follows is written behind what was read: wait for the next commit
        let mut assessments = district.clients.assessments(&lead()).unwrap();
        position += 1;
        let freshness = Some(kinward_contracts::r#type::v1::Freshness::at_least(position));
        let request =
            kinward_contracts::assessment::v1::ListAssessmentsRequest { freshness, ..Default::default() };
        assessments.list_assessments(request).await.unwrap();
    };
    assert_eq!(followed.later_assessment_id.as_deref(), Some(third.id.as_str()));
    assert_eq!(followed.reassess_by, None, "superseded");
    finalise(&district, &third.id, Risk::Low).await;
    // the 90 days of the second pass and nothing opens; the 180 of the third do
    district.advance(chrono::Duration::days(182));
    let all = assessments_of(&district, &story.child_id, 4).await;
    assert_eq!(all.len(), 4);
    assert_eq!(all[0].previous_assessment_id.as_deref(), Some(third.id.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn asm_4_grounds_found_open_a_custody_case_and_the_evidence_is_linked() {
    let district = district().await;
    let story = district.play(1).register().await.unwrap();
    let id = open(&district, &lead(), &story.child_id, "open").await.unwrap().id;
    let evidence = "00000000-0000-8000-8000-0000000000e1".to_owned();
    let mut request = conclusion(&id, Risk::High);
    request.grounds = vec![Ground::LeftUnattended.into()];
    request.evidence_ids = vec![evidence.clone()];
    let mut leading = district.clients.assessments(&lead()).unwrap();
    // everything is there but the guardians: without them there is nobody the case could be about
    let nobody = kinward_contracts::assessment::v1::FinaliseAssessmentRequest {
        request_id: "nobody".to_owned(),
        ..request.clone()
    };
    request.guardian_person_ids = story.parents.clone();
    let early = leading.finalise_assessment(nobody.clone()).await.unwrap_err();
    assert_eq!(refusal(&early), ("ASM-1".to_owned(), "REQUIREMENT_MISSING".to_owned()));
    prepare(&district, &id).await;
    let refused = leading.finalise_assessment(nobody).await.unwrap_err();
    assert_eq!(refusal(&refused).0, "ASM-4");
    let done = finalise_as(&district, &id, request).await;
    let case = case_of(&district.clients, &story.child_id, done.position).await.unwrap();
    assert!(!case.is_empty());
    assert_eq!(seen_by(&district, &lead(), &id).await.unwrap().evidence_ids, [evidence]);
}
