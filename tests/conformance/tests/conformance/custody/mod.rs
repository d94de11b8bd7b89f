//! The rules of custody: the ladder, the grounds, the court, and what protects the child meanwhile.

mod court;
mod grounds;
mod orders;
mod restoration;
mod stays;

use kinward::clients::Authorised;
use kinward::people;
use kinward_chassis::Principal;
use kinward_contracts::custody::v1::{
    AcceptPetitionRequest, AssessGroundsRequest, Conduct, Consequence, CriticiseGuardianRequest,
    FilePetitionRequest, GroundAssessment, ListCaseDutiesRequest, OpenCaseRequest, Petitioner,
    RecordConsequenceRequest, RecordHearingRequest, RecordRefusalRequest,
};
use kinward_contracts::departments::v1::GetCaseRequest;
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{Duty, Freshness, Ground};
use kinward_contracts_grpc::custody::v1::case_service_client::CaseServiceClient;
use kinward_statute::start_of_day;
use kinward_story::District;
use std::sync::atomic::{AtomicU32, Ordering};
use tonic::Status;

/// A custody case of a registered child, opened by civil affairs.
pub(crate) struct Opened<'a> {
    district: &'a District,
    pub(crate) child_id: String,
    pub(crate) father: String,
    pub(crate) mother: String,
    pub(crate) village: String,
    pub(crate) case_id: String,
    asked: AtomicU32,
}

/// 00:00 of a day, as requests carry it.
pub(crate) fn morning(day: &str) -> prost_types::Timestamp {
    timestamp(start_of_day(day.parse().unwrap()))
}

/// A question that waits for its position as long as a call may.
pub(crate) fn patient<T>(message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    request.set_timeout(std::time::Duration::from_secs(60));
    request
}

impl<'a> Opened<'a> {
    pub(crate) async fn open(district: &'a District, number: u64) -> Self {
        let play = district.play(number);
        let story = play.register().await.unwrap();
        let village = play.child().household.unwrap().village_code;
        let mut opened = Self {
            district,
            child_id: story.child_id.clone(),
            father: story.parents[0].clone(),
            mother: story.parents[1].clone(),
            village,
            case_id: String::new(),
            asked: AtomicU32::new(0),
        };
        let request = OpenCaseRequest {
            request_id: opened.request(),
            occurred_at: None,
            child_id: story.child_id,
            guardian_person_ids: story.parents,
            village_code: opened.village.clone(),
        };
        let answer = opened.cases(&people::civil_affairs()).open_case(request).await.unwrap().into_inner();
        opened.case_id = answer.receipt.unwrap().id;
        opened
    }

    pub(crate) fn cases(&self, by: &Principal) -> CaseServiceClient<Authorised> {
        self.district.clients.cases(by).unwrap()
    }

    pub(crate) fn office(&self) -> Principal {
        people::village(&self.village)
    }

    /// A request id that is new.
    pub(crate) fn request(&self) -> String {
        format!("{}-{}", self.father, self.asked.fetch_add(1, Ordering::SeqCst))
    }

    pub(crate) fn case(&self) -> String {
        self.case_id.clone()
    }

    pub(crate) async fn criticise(&self, by: &Principal, conduct: Conduct, day: &str) {
        let request = CriticiseGuardianRequest {
            request_id: self.request(),
            case_id: self.case(),
            occurred_at: Some(morning(day)),
            guardian_person_id: self.father.clone(),
            conduct: conduct.into(),
            article: "未成年人保护法 118".to_owned(),
            ..Default::default()
        };
        self.cases(by).criticise_guardian(request).await.unwrap();
    }

    pub(crate) async fn suffer(&self, consequence: Consequence, day: &str) {
        let request = RecordConsequenceRequest {
            request_id: self.request(),
            case_id: self.case(),
            occurred_at: Some(morning(day)),
            guardian_person_id: self.father.clone(),
            consequence: consequence.into(),
            ..Default::default()
        };
        self.cases(&people::civil_affairs()).record_consequence(request).await.unwrap();
    }

    pub(crate) async fn refuse(&self, since_on: &str) {
        let request = RecordRefusalRequest {
            request_id: self.request(),
            case_id: self.case(),
            guardian_person_id: self.father.clone(),
            since_on: since_on.to_owned(),
            ..Default::default()
        };
        self.cases(&people::civil_affairs()).record_refusal(request).await.unwrap();
    }

    /// One ground against the father as of a day; `None`: today.
    pub(crate) async fn ground(&self, ground: Ground, on_date: Option<&str>) -> GroundAssessment {
        let request = AssessGroundsRequest {
            case_id: self.case(),
            guardian_person_id: self.father.clone(),
            on_date: on_date.map(str::to_owned),
        };
        let answer = self.cases(&people::civil_affairs()).assess_grounds(request).await.unwrap().into_inner();
        answer.grounds.into_iter().find(|one| one.ground() == ground).unwrap()
    }

    /// The ground is not met: this is missing.
    pub(crate) async fn lacks(&self, ground: Ground, on_date: Option<&str>, missing: &[&str]) {
        let assessed = self.ground(ground, on_date).await;
        let names: Vec<&str> = assessed.missing.iter().map(|one| one.what.as_str()).collect();
        assert_eq!(names, missing, "{ground:?} {on_date:?}");
        assert!(!assessed.met);
    }

    /// The ground is met by so many events.
    pub(crate) async fn holds(&self, ground: Ground, on_date: Option<&str>, events: usize) -> Vec<String> {
        let assessed = self.ground(ground, on_date).await;
        assert!(assessed.met && assessed.missing.is_empty(), "{ground:?} {on_date:?}: {assessed:?}");
        assert_eq!(assessed.event_ids.len(), events, "{ground:?}");
        assessed.event_ids
    }

    pub(crate) async fn petition(
        &self,
        by: &Principal,
        petitioner: Petitioner,
        ground: Ground,
    ) -> Result<String, Status> {
        let request = FilePetitionRequest {
            request_id: self.request(),
            case_id: self.case(),
            guardian_person_id: self.father.clone(),
            petitioner: petitioner.into(),
            grounds: vec![ground.into()],
            court_unit_id: "court-430903".to_owned(),
            ..Default::default()
        };
        Ok(self.cases(by).file_petition(request).await?.into_inner().petition_id)
    }

    /// The village committee petitions, the court accepts and hears.
    pub(crate) async fn heard(&self, ground: Ground) -> String {
        let village = self.office();
        let petition_id = self.petition(&village, Petitioner::VillageCommittee, ground).await.unwrap();
        let mut court = self.cases(&people::court());
        let accept = AcceptPetitionRequest {
            request_id: self.request(),
            case_id: self.case(),
            petition_id: petition_id.clone(),
            ..Default::default()
        };
        court.accept_petition(accept).await.unwrap();
        let hear = RecordHearingRequest {
            request_id: self.request(),
            case_id: self.case(),
            petition_id: petition_id.clone(),
            ..Default::default()
        };
        court.record_hearing(hear).await.unwrap();
        petition_id
    }

    pub(crate) async fn duties(&self) -> Vec<Duty> {
        let request = ListCaseDutiesRequest { case_id: self.case() };
        let mut asking = self.cases(&people::civil_affairs());
        asking.list_case_duties(request).await.unwrap().into_inner().duties
    }

    /// Waits until a duty is open: an alarm brings it about.
    pub(crate) async fn duty(&self, what: &str) -> Duty {
        loop {
            if let Some(found) = self.duties().await.into_iter().find(|duty| duty.what == what) {
                return found;
            }
            tokio::task::yield_now().await;
        }
    }

    pub(crate) async fn has_duty(&self, what: &str) -> bool {
        self.duties().await.iter().any(|duty| duty.what == what)
    }

    /// Names of the case's events, as civil affairs reads them.
    pub(crate) async fn timeline(&self) -> Vec<String> {
        let at_least_as_fresh = self.district.position().await;
        let request =
            GetCaseRequest { case_id: self.case(), freshness: Some(Freshness::at_least(at_least_as_fresh)) };
        let mut reading = self.district.clients.civil_affairs(&people::civil_affairs()).unwrap();
        let answer = reading.get_case(patient(request)).await.unwrap().into_inner();
        let name = |event: &str| event.rsplit('.').next().unwrap_or_default().to_owned();
        answer.timeline.iter().map(|entry| name(&entry.event_type)).collect()
    }
}
