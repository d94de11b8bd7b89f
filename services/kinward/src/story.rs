//! The story of one report's whole way, through the public APIs only: a child is registered, a teacher reports danger,
//! police go, the township assesses, the court decides, every department sees its part.

mod court;
mod emergency;
mod help;
mod wait;

pub(crate) use wait::long;
pub use wait::{assessment_of, case_of, incident_of, notice_to};

use crate::clients::Clients;
use crate::people;
use crate::population;
use chrono::{DateTime, Days, NaiveDate, Utc};
use kinward_contracts::registry::v1::{
    GuardianInput, GuardianshipBasis, ParentFacts, RegisterChildRequest, RegisterChildResponse, Whereabouts,
};
use kinward_contracts::r#type::v1::{Capacity, Relation};
use kinward_privacy::identity_number;

/// Where the story tells what happens, line by line, Chinese and English.
pub type Tell<'a> = &'a (dyn Fn(&str) + Send + Sync);

/// What a played story leaves behind.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// The child's file.
    pub child_id: String,
    /// Father and mother.
    pub parents: Vec<String>,
    /// The report.
    pub report_id: String,
    /// Its receipt code.
    pub receipt_code: String,
    /// The incident.
    pub incident_id: String,
    /// Whether concluding too early was refused.
    pub refused_early: bool,
    /// The placement in the welfare institution.
    pub placement_id: String,
    /// Notices to township and civil affairs.
    pub notices: Vec<String>,
    /// The assessment.
    pub assessment_id: String,
    /// The custody case.
    pub case_id: String,
    /// Who the court designated.
    pub guardian_person_id: String,
    /// Position of the last command.
    pub position: u64,
}

/// A story to play. Stories with different numbers are about different children.
pub struct Play<'a> {
    /// The services.
    pub clients: &'a Clients,
    /// Which story.
    pub number: u64,
    /// Now.
    pub now: DateTime<Utc>,
    /// Where it is told.
    pub tell: Tell<'a>,
}

impl Play<'_> {
    /// Plays it from the registration to the court's ruling.
    pub async fn whole(&self) -> anyhow::Result<Story> {
        let mut story = self.register().await?;
        self.report(&mut story).await?;
        self.police(&mut story).await?;
        self.acknowledge(&mut story).await?;
        self.assess(&mut story).await?;
        self.court(&mut story).await?;
        Ok(story)
    }

    /// Request id of a step: the same when the story is played again.
    fn request(&self, step: &str) -> String {
        format!("story-{}-{step}", self.number)
    }

    fn village(&self) -> String {
        let villages = crate::reference::villages();
        let here: Vec<_> = villages.iter().filter(|(code, _)| code.starts_with(people::TOWNSHIP)).collect();
        here[usize::try_from(self.number).unwrap_or_default() % here.len()].0.to_owned()
    }

    /// The child of the story: nine years old, both parents away, living alone since the grandmother died.
    pub fn child(&self) -> RegisterChildRequest {
        let today = kinward_statute::day_of(self.now);
        let born: NaiveDate = today - Days::new(365 * 9 + 40 + self.number % 200);
        let sequence = u16::try_from(self.number % 499).unwrap_or_default() * 2;
        let region = 430_981 + (self.number / 499) % 18;
        let away = ParentFacts {
            whereabouts: Whereabouts::AwayForWork.into(),
            capacity: Capacity::Full.into(),
            lives_with_child: false,
            since_on: None,
        };
        let mut child = population::child(1_000_000 + self.number, today);
        child.request_id = self.request("register");
        child.birth_date = born.to_string();
        child.identity_number = identity_number::compose(&region.to_string(), born, sequence);
        child.sex = kinward_contracts::r#type::v1::Sex::Female.into();
        if let Some(home) = &mut child.household {
            home.village_code = self.village();
        }
        for parent in &mut child.parents {
            parent.facts = Some(away.clone());
        }
        child.guardians = vec![GuardianInput {
            relation: Relation::PaternalAunt.into(),
            name: "贺青禾".to_owned(),
            phone: None,
            identity_number: None,
            basis: GuardianshipBasis::Delegation.into(),
            capacity: Capacity::Full.into(),
            lives_with_child: false,
        }];
        child
    }

    /// Step 1: a village committee registers the child; the status is derived.
    pub async fn register(&self) -> anyhow::Result<Story> {
        let mut children = self.clients.children(&people::village(&self.village()))?;
        let answer: RegisterChildResponse = children.register_child(self.child()).await?.into_inner();
        let receipt = answer.receipt.unwrap_or_default();
        (self.tell)(&format!(
            "1 建档 registered: child {} — status {:?} (DEF-1), position {}",
            receipt.id,
            kinward_contracts::registry::v1::ChildStatus::try_from(answer.status).unwrap_or_default(),
            receipt.position
        ));
        Ok(Story {
            child_id: receipt.id,
            parents: answer.parent_person_ids,
            position: receipt.position,
            ..Story::default()
        })
    }
}
