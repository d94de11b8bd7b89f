//! Steps 2 and 3: the report at night, police, the dispositions.

use super::{Play, Story, incident_of};
use crate::people;
use kinward_contracts::dispatch::v1::{
    AcceptIncidentRequest, AskCivilAffairsRequest, ConcludeIncidentRequest, ContactMeans, ContactOutcome,
    DispatchUnitRequest, EvidenceKind, NotifyParentsRequest, ParentStatus, PlaceChildTemporarilyRequest,
    PlacementKind, RecordArrivalRequest, RecordContactAttemptRequest, RecordParentRequest,
    ReferInjuryAppraisalRequest, ReferMedicalCareRequest, StopViolenceRequest, Substantiation,
    TakeEvidenceRequest,
};
use kinward_contracts::reporting::v1::{
    ReportedChildInput, ReporterClass, ReporterInput, SubmitReportRequest,
};
use kinward_contracts::r#type::v1::{DangerSigns, Relation, Situation};

impl Play<'_> {
    /// Step 2: a teacher reports: living alone and suspected violence. Durable; the emergency worklist has it.
    pub async fn report(&self, story: &mut Story) -> anyhow::Result<()> {
        let mut reports = self.clients.reports(&people::teacher())?;
        let request = SubmitReportRequest {
            request_id: self.request("report"),
            discovered_at: None,
            situations: vec![Situation::LivingAlone.into(), Situation::DomesticViolence.into()],
            signs: Some(DangerSigns { signs_of_injury_or_crime: true, ..DangerSigns::default() }),
            child: Some(ReportedChildInput {
                child_id: Some(story.child_id.clone()),
                name: Some(self.child().name),
                approximate_age: Some(9),
                identity_number: None,
                sex: self.child().sex,
            }),
            village_code: Some(self.village()),
            place: Some("村小学东侧自建房".to_owned()),
            narrative: Some("独自居住，手臂有新旧淤伤，称父亲上次返家时殴打".to_owned()),
            reporter: Some(ReporterInput {
                reporter_class: ReporterClass::School.into(),
                anonymous: false,
                unit_id: Some("school-430903111-01".to_owned()),
                name: Some("汤听雪".to_owned()),
                phone: Some("13900000001".to_owned()),
            }),
        };
        let answer = reports.submit_report(request).await?.into_inner();
        let receipt = answer.receipt.unwrap_or_default();
        story.report_id = receipt.id;
        story.receipt_code = answer.receipt_code;
        story.position = receipt.position;
        (self.tell)(&format!(
            "2 报告 reported: receipt {}, durable at position {} (RPT-3)",
            story.receipt_code, story.position
        ));
        story.incident_id = incident_of(self.clients, &story.report_id).await?;
        (self.tell)(&format!("  应急清单 on the emergency worklist: incident {}", story.incident_id));
        Ok(())
    }

    /// Step 3: police accept, go, find the parents out of reach, bring the child to safety.
    pub async fn police(&self, story: &mut Story) -> anyhow::Result<()> {
        let mut incidents = self.clients.incidents(&people::police())?;
        let unit_id = "police-430903".to_owned();
        incidents
            .accept_incident(AcceptIncidentRequest {
                occurred_at: None,
                expected_revision: None,
                request_id: self.request("accept"),
                incident_id: story.incident_id.clone(),
                unit_id: unit_id.clone(),
            })
            .await?;
        incidents
            .dispatch_unit(DispatchUnitRequest {
                occurred_at: None,
                expected_revision: None,
                request_id: self.request("dispatch"),
                incident_id: story.incident_id.clone(),
                unit_id: unit_id.clone(),
            })
            .await?;
        incidents
            .record_arrival(RecordArrivalRequest {
                occurred_at: None,
                expected_revision: None,
                request_id: self.request("arrive"),
                incident_id: story.incident_id.clone(),
                unit_id: unit_id.clone(),
            })
            .await?;
        (self.tell)("3 受理、出警、到场 accepted, dispatched, on the scene (DSP-1)");
        for (relation, person_id) in
            [Relation::Father, Relation::Mother].into_iter().zip(story.parents.clone())
        {
            incidents
                .record_parent(RecordParentRequest {
                    occurred_at: None,
                    expected_revision: None,
                    request_id: self.request(&format!("parent-{relation:?}")),
                    incident_id: story.incident_id.clone(),
                    person_id: Some(person_id.clone()),
                    relation: relation.into(),
                    status: ParentStatus::Known.into(),
                })
                .await?;
            incidents
                .record_contact_attempt(RecordContactAttemptRequest {
                    occurred_at: None,
                    expected_revision: None,
                    request_id: self.request(&format!("contact-{relation:?}")),
                    incident_id: story.incident_id.clone(),
                    person_id,
                    outcome: ContactOutcome::Failed.into(),
                    answer: 0,
                    means: ContactMeans::Phone.into(),
                })
                .await?;
        }
        (self.tell)("  联系父母未果 both parents out of reach (DSP-2c)");
        let conclude = |step: &str| ConcludeIncidentRequest {
            occurred_at: None,
            expected_revision: None,
            request_id: self.request(step),
            incident_id: story.incident_id.clone(),
            summary: "儿童已安全安置，父母失联".to_owned(),
            substantiation: Substantiation::Substantiated.into(),
        };
        if !story.refused_early {
            let refused = match incidents.conclude_incident(conclude("too-early")).await {
                Ok(_) => anyhow::bail!("concluded while mandatory dispositions are missing"),
                Err(status) if status.code() == tonic::Code::FailedPrecondition => status,
                Err(status) => return Err(status.into()),
            };
            // sent again once the dispositions are there, it would be no early one
            story.refused_early = true;
            (self.tell)(&format!("  过早办结被拒 concluding too early is refused: {}", refused.message()));
        }
        let placed = incidents
            .place_child_temporarily(PlaceChildTemporarilyRequest {
                occurred_at: None,
                expected_revision: None,
                request_id: self.request("place"),
                incident_id: story.incident_id.clone(),
                kind: PlacementKind::WelfareInstitution.into(),
                giver_unit_id: unit_id.clone(),
                taker_unit_id: Some("welfare-430903".to_owned()),
                taker_name: None,
                place: "赫山区社会福利院门口".to_owned(),
            })
            .await?
            .into_inner();
        story.placement_id = placed.placement_id;
        incidents
            .notify_parents(NotifyParentsRequest {
                occurred_at: None,
                expected_revision: None,
                request_id: self.request("notify"),
                incident_id: story.incident_id.clone(),
                person_ids: story.parents.clone(),
            })
            .await?;
        incidents
            .stop_violence(StopViolenceRequest {
                occurred_at: None,
                expected_revision: None,
                request_id: self.request("stop"),
                incident_id: story.incident_id.clone(),
                infringer_person_id: story.parents.first().cloned(),
            })
            .await?;
        incidents
            .ask_civil_affairs(AskCivilAffairsRequest {
                occurred_at: None,
                expected_revision: None,
                request_id: self.request("civil-affairs"),
                incident_id: story.incident_id.clone(),
                placement_needed: true,
            })
            .await?;
        incidents
            .take_evidence(TakeEvidenceRequest {
                occurred_at: None,
                expected_revision: None,
                request_id: self.request("evidence"),
                incident_id: story.incident_id.clone(),
                kind: EvidenceKind::Photograph.into(),
                sha256: Some("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned()),
                description: "手臂淤伤照片".to_owned(),
                place: "儿童住处".to_owned(),
                holder_unit_id: unit_id.clone(),
            })
            .await?;
        incidents
            .refer_medical_care(ReferMedicalCareRequest {
                occurred_at: None,
                expected_revision: None,
                request_id: self.request("medical"),
                incident_id: story.incident_id.clone(),
                unit_id: "hospital-430903".to_owned(),
                complaint: Some("多处软组织挫伤".to_owned()),
            })
            .await?;
        incidents
            .refer_injury_appraisal(ReferInjuryAppraisalRequest {
                occurred_at: None,
                expected_revision: None,
                request_id: self.request("appraisal"),
                incident_id: story.incident_id.clone(),
                unit_id: "hospital-430903".to_owned(),
            })
            .await?;
        let concluded = incidents.conclude_incident(conclude("conclude")).await?.into_inner();
        story.position = concluded.receipt.unwrap_or_default().position;
        (self.tell)(
            "  安置、制止、取证、就医、鉴定、办结 placed, violence stopped, evidence, care, appraisal, concluded (DSP-2e, DSP-3)",
        );
        Ok(())
    }
}
