//! The rules of assessment: assessing, helping, reassessing, social relief.

mod assessing;
mod calendar;
mod helping;
mod reassessing;
mod relief;

use kinward::people;
use kinward_chassis::Principal;
use kinward_contracts::assessment::v1::{
    AssessDimensionRequest, AssessmentEntry, AssessmentView, Dimension, FinaliseAssessmentRequest,
    GetAssessmentRequest, GiveInputRequest, ListAssessmentsRequest, OpenAssessmentRequest, OpeningReason,
    Risk,
};
use kinward_contracts::r#type::v1::{Freshness, Receipt};
use kinward_story::District;
use tonic::Status;

const DIMENSIONS: [Dimension; 3] = [Dimension::Safety, Dimension::Guardianship, Dimension::Health];

fn lead() -> Principal {
    people::township(people::TOWNSHIP)
}

/// Village of the child of the district's first story.
fn village_of(district: &District) -> String {
    district.play(1).child().household.unwrap_or_default().village_code
}

/// What an assessment looks like to a caller.
async fn seen_by(district: &District, caller: &Principal, id: &str) -> Result<AssessmentView, Status> {
    let mut assessments = district.clients.assessments(caller).unwrap();
    let answer = assessments.get_assessment(GetAssessmentRequest { assessment_id: id.to_owned() }).await?;
    Ok(answer.into_inner().assessment.unwrap())
}

/// Assessments of a child once there are so many; asks at one position after the other.
async fn assessments_of(district: &District, child_id: &str, number: usize) -> Vec<AssessmentEntry> {
    let mut assessments = district.clients.assessments(&lead()).unwrap();
    let mut position = district.position().await;
    loop {
        let request = ListAssessmentsRequest {
            freshness: Some(Freshness::at_least(position)),
            child_id: Some(child_id.to_owned()),
            ..Default::default()
        };
        let answer = assessments.list_assessments(request).await.unwrap().into_inner();
        if answer.assessments.len() >= number {
            return answer.assessments;
        }
        position = answer.position + 1;
    }
}

/// Opens an assessment by hand.
async fn open(
    district: &District,
    caller: &Principal,
    child_id: &str,
    request: &str,
) -> Result<Receipt, Status> {
    let mut assessments = district.clients.assessments(caller).unwrap();
    let request = OpenAssessmentRequest {
        request_id: request.to_owned(),
        reason: OpeningReason::PsychologicalConcern.into(),
        concern: "学校发现情绪低落、拒绝交流".to_owned(),
        child_id: child_id.to_owned(),
        village_code: village_of(district),
        ..Default::default()
    };
    Ok(assessments.open_assessment(request).await?.into_inner().receipt.unwrap())
}

/// Scores a dimension.
async fn score(
    district: &District,
    caller: &Principal,
    id: &str,
    dimension: Dimension,
    score: i32,
) -> Result<(), Status> {
    let mut assessments = district.clients.assessments(caller).unwrap();
    let request = AssessDimensionRequest {
        request_id: format!("{id}-{dimension:?}"),
        assessment_id: id.to_owned(),
        dimension: dimension.into(),
        score,
        findings: format!("所见：{dimension:?}"),
        ..Default::default()
    };
    assessments.assess_dimension(request).await.map(|_| ())
}

/// Gives and signs a department's input.
async fn sign(district: &District, caller: &Principal, id: &str) -> Result<(), Status> {
    let mut assessments = district.clients.assessments(caller).unwrap();
    let request = GiveInputRequest {
        request_id: format!("{id}-{}", caller.unit),
        assessment_id: id.to_owned(),
        statement: format!("{}的意见", caller.unit),
        ..Default::default()
    };
    assessments.give_input(request).await.map(|_| ())
}

fn conclusion(id: &str, risk: Risk) -> FinaliseAssessmentRequest {
    FinaliseAssessmentRequest {
        request_id: format!("{id}-finalise"),
        assessment_id: id.to_owned(),
        risk: risk.into(),
        ..Default::default()
    }
}

/// Everything that a conclusion needs, and the conclusion.
async fn finalise(district: &District, id: &str, risk: Risk) -> Receipt {
    finalise_as(district, id, conclusion(id, risk)).await
}

async fn finalise_as(district: &District, id: &str, request: FinaliseAssessmentRequest) -> Receipt {
    prepare(district, id).await;
    let mut assessments = district.clients.assessments(&lead()).unwrap();
    assessments.finalise_assessment(request).await.unwrap().into_inner().receipt.unwrap()
}

/// Three dimensions scored, three inputs signed.
async fn prepare(district: &District, id: &str) {
    for dimension in DIMENSIONS {
        score(district, &lead(), id, dimension, 2).await.unwrap();
    }
    for party in [lead(), people::civil_affairs(), people::police()] {
        sign(district, &party, id).await.unwrap();
    }
}
