//! Step 6: grounds, petition, court; the registry's guardianship follows.

use super::wait::long;
use super::{Play, Story, case_of};
use crate::people;
use chrono::Months;
use kinward_contracts::custody::v1::{
    AcceptPetitionRequest, AssessGroundsRequest, Conduct, Consequence, CriticiseGuardianRequest,
    DesignatedGuardianInput, FilePetitionRequest, Petitioner, RecordConsequenceRequest, RecordHearingRequest,
    RecordRefusalRequest, RuleOnPetitionRequest, Ruling,
};
use kinward_contracts::departments::v1::GetChildFileRequest;
use kinward_contracts::registry::v1::GuardianshipBasis;
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{Freshness, Ground, Relation};
use kinward_statute::day_of;

impl Play<'_> {
    /// Step 6: the court revokes the father's guardianship and designates the aunt.
    pub async fn court(&self, story: &mut Story) -> anyhow::Result<()> {
        story.case_id = case_of(self.clients, &story.child_id, story.position).await?;
        let father = story.parents.first().cloned().unwrap_or_default();
        let mut police = self.clients.cases(&people::police())?;
        for (number, months) in [(1, 7), (2, 4), (3, 1)] {
            let at = self.now - Months::new(months);
            police
                .criticise_guardian(CriticiseGuardianRequest {
                    occurred_at: Some(timestamp(at)),
                    expected_revision: None,
                    request_id: self.request(&format!("criticism-{number}")),
                    case_id: story.case_id.clone(),
                    guardian_person_id: father.clone(),
                    conduct: Conduct::Begging.into(),
                    article: "未成年人保护法 118".to_owned(),
                })
                .await?;
        }
        let refused_since = day_of(self.now).checked_sub_months(Months::new(6)).unwrap_or_default();
        police
            .record_refusal(RecordRefusalRequest {
                occurred_at: None,
                expected_revision: None,
                request_id: self.request("refusal"),
                case_id: story.case_id.clone(),
                guardian_person_id: father.clone(),
                since_on: refused_since.to_string(),
            })
            .await?;
        for consequence in [Consequence::WithoutLivelihood, Consequence::LifeSeriouslyAffected] {
            police
                .record_consequence(RecordConsequenceRequest {
                    occurred_at: None,
                    expected_revision: None,
                    request_id: self.request(&format!("consequence-{consequence:?}")),
                    case_id: story.case_id.clone(),
                    guardian_person_id: father.clone(),
                    consequence: consequence.into(),
                })
                .await?;
        }
        let asked = AssessGroundsRequest {
            case_id: story.case_id.clone(),
            guardian_person_id: father.clone(),
            on_date: None,
        };
        let grounds = police.assess_grounds(asked).await?.into_inner().grounds;
        let met: Vec<&str> =
            grounds.iter().filter(|ground| ground.met).map(|ground| ground.rule.as_str()).collect();
        (self.tell)(&format!("6 情形 grounds met: {}, exact at the border (CUS-3)", met.join(", ")));
        let village = people::village(&self.village());
        let mut committee = self.clients.cases(&village)?;
        let petition = committee
            .file_petition(FilePetitionRequest {
                occurred_at: None,
                expected_revision: None,
                request_id: self.request("petition"),
                case_id: story.case_id.clone(),
                guardian_person_id: father,
                petitioner: Petitioner::VillageCommittee.into(),
                petitioner_unit_id: Some(village.unit.clone()),
                grounds: vec![Ground::DutyRefused.into(), Ground::Begging.into()],
                court_unit_id: "court-430903".to_owned(),
            })
            .await?
            .into_inner();
        let petition_id = petition.petition_id;
        let mut court = self.clients.cases(&people::court())?;
        court
            .accept_petition(AcceptPetitionRequest {
                occurred_at: None,
                expected_revision: None,
                request_id: self.request("court-accept"),
                case_id: story.case_id.clone(),
                petition_id: petition_id.clone(),
            })
            .await?;
        court
            .record_hearing(RecordHearingRequest {
                occurred_at: None,
                expected_revision: None,
                request_id: self.request("court-hear"),
                case_id: story.case_id.clone(),
                petition_id: petition_id.clone(),
            })
            .await?;
        let ruled = court
            .rule_on_petition(RuleOnPetitionRequest {
                occurred_at: None,
                expected_revision: None,
                request_id: self.request("court-rule"),
                case_id: story.case_id.clone(),
                petition_id,
                ruling: Ruling::Revoked.into(),
                designated: Some(DesignatedGuardianInput {
                    person_id: None,
                    relation: Relation::PaternalAunt.into(),
                    name: "贺青禾".to_owned(),
                    phone: Some("13900000002".to_owned()),
                }),
            })
            .await?
            .into_inner();
        story.guardian_person_id = ruled.guardian_person_id;
        story.position = ruled.receipt.unwrap_or_default().position;
        (self.tell)("  撤销并指定 the court revoked and designated the aunt (CUS-4)");
        self.guardianship_follows(story).await
    }

    /// The registry follows by event: asks at one position after the other until the township sees it.
    async fn guardianship_follows(&self, story: &mut Story) -> anyhow::Result<()> {
        let mut township = self.clients.township(&people::township(people::TOWNSHIP))?;
        let mut position = story.position;
        loop {
            let request = GetChildFileRequest {
                child_id: story.child_id.clone(),
                freshness: Some(Freshness::at_least(position)),
            };
            let file = township.get_child_file(long(request)).await?.into_inner();
            let court = i32::from(GuardianshipBasis::Court);
            if file.guardians.iter().any(|guardian| guardian.basis == court) {
                story.position = file.position;
                (self.tell)("  监护关系随之变更 the registry's guardianship follows (CUS-4)");
                return Ok(());
            }
            position = file.position + 1;
        }
    }
}
