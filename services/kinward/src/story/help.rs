//! Steps 4 and 5: notices, assessment, plan.

use super::{Play, Story, assessment_of, notice_to};
use crate::people;
use kinward_contracts::assessment::v1::{
    AssessDimensionRequest, Dimension, DrawUpPlanRequest, FinaliseAssessmentRequest, GiveInputRequest,
    NeedInput, OrderServiceRequest, Risk, ServiceKind,
};
use kinward_contracts::notification::v1::AcknowledgeNoticeRequest;
use kinward_contracts::r#type::v1::Ground;

impl Play<'_> {
    /// Step 4: township and civil affairs are told, and acknowledge.
    pub async fn acknowledge(&self, story: &mut Story) -> anyhow::Result<()> {
        for recipient in [people::township(people::TOWNSHIP), people::civil_affairs()] {
            let notice_id = notice_to(self.clients, &recipient, &story.incident_id, story.position).await?;
            let request = AcknowledgeNoticeRequest {
                request_id: self.request(&format!("acknowledge-{}", recipient.department)),
                notice_id: notice_id.clone(),
                expected_revision: None,
                occurred_at: None,
            };
            let answer = self.clients.notices(&recipient)?.acknowledge_notice(request).await?.into_inner();
            story.position = answer.receipt.unwrap_or_default().position;
            story.notices.push(notice_id);
            (self.tell)(&format!("4 签收 notice acknowledged by {} (DSP-4)", recipient.unit));
        }
        Ok(())
    }

    /// Step 5: three dimensions, three parties, high risk, a plan with two services.
    pub async fn assess(&self, story: &mut Story) -> anyhow::Result<()> {
        let township = people::township(people::TOWNSHIP);
        story.assessment_id =
            assessment_of(self.clients, &township, &story.incident_id, story.position).await?;
        let mut leading = self.clients.assessments(&township)?;
        for dimension in [Dimension::Safety, Dimension::Guardianship, Dimension::Health] {
            leading
                .assess_dimension(AssessDimensionRequest {
                    occurred_at: None,
                    expected_revision: None,
                    request_id: self.request(&format!("dimension-{dimension:?}")),
                    assessment_id: story.assessment_id.clone(),
                    dimension: dimension.into(),
                    score: 4,
                    findings: "独居、遭受暴力，监护缺位".to_owned(),
                })
                .await?;
        }
        for party in [township, people::civil_affairs(), people::police()] {
            let mut assessments = self.clients.assessments(&party)?;
            assessments
                .give_input(GiveInputRequest {
                    occurred_at: None,
                    expected_revision: None,
                    request_id: self.request(&format!("input-{}", party.department)),
                    assessment_id: story.assessment_id.clone(),
                    statement: "同意评估意见".to_owned(),
                    participant_id: None,
                })
                .await?;
        }
        leading
            .finalise_assessment(FinaliseAssessmentRequest {
                occurred_at: None,
                expected_revision: None,
                request_id: self.request("finalise"),
                assessment_id: story.assessment_id.clone(),
                risk: Risk::High.into(),
                grounds: vec![Ground::DutyRefused.into(), Ground::Begging.into()],
                guardian_person_ids: story.parents.clone(),
                evidence_ids: Vec::new(),
                economic_hardship: false,
            })
            .await?;
        (self.tell)("5 评估 assessed: three dimensions, three parties, high risk (ASM-1)");
        let plan = leading
            .draw_up_plan(DrawUpPlanRequest {
                occurred_at: None,
                expected_revision: None,
                request_id: self.request("plan"),
                assessment_id: story.assessment_id.clone(),
                goals: "恢复安全与身心健康".to_owned(),
                needs: vec![
                    need(Dimension::Safety, "免受暴力、有人照料", Some(ServiceKind::LegalAid)),
                    need(Dimension::Guardianship, "监护缺位，已进入监护干预程序", None),
                    need(Dimension::Health, "走出惊吓", Some(ServiceKind::PsychologicalCounselling)),
                ],
            })
            .await?
            .into_inner();
        for (index, item_id) in plan.item_ids.into_iter().enumerate() {
            let ordered = leading
                .order_service(OrderServiceRequest {
                    occurred_at: None,
                    expected_revision: None,
                    request_id: self.request(&format!("order-{index}")),
                    assessment_id: story.assessment_id.clone(),
                    item_id,
                    provider_unit_id: "hospital-430903".to_owned(),
                })
                .await?
                .into_inner();
            story.position = ordered.receipt.unwrap_or_default().position;
        }
        (self.tell)("  帮扶计划 a plan with two services ordered (ASM-2)");
        Ok(())
    }
}

/// A need with its service, or with the reason why none is ordered.
fn need(dimension: Dimension, description: &str, service: Option<ServiceKind>) -> NeedInput {
    NeedInput {
        dimension: dimension.into(),
        description: description.to_owned(),
        services: service.into_iter().map(i32::from).collect(),
        no_service_reason: service.is_none().then(|| "由监护干预解决，不另行安排服务".to_owned()),
    }
}
