//! One rpc for each step: the request becomes the fact it asks to record. No rules, no storage.

use kinward_chassis::{Caller, status_of_rejection};
use kinward_chassis::{Gate, Runtime, occurred_at, receipt, status_of_log};
use kinward_contracts::custody::v1::{
    AcceptPetitionRequest, AcceptPetitionResponse, ConsequenceRecorded, CrimeIncited,
    CriticiseGuardianRequest, CriticiseGuardianResponse, DelegationRefused, DesignatedGuardian,
    DutyImpossible, DutyRefused, DutyResumed, FilePetitionRequest, FilePetitionResponse, GuardianCriticised,
    HarmRecorded, LeftUnattended, PetitionAccepted, PetitionFiled, PetitionHeard, PetitionRuled,
    RecordConsequenceRequest, RecordConsequenceResponse, RecordCrimeIncitedRequest,
    RecordCrimeIncitedResponse, RecordDelegationRefusalRequest, RecordDelegationRefusalResponse,
    RecordHarmRequest, RecordHarmResponse, RecordHearingRequest, RecordHearingResponse,
    RecordImpossibilityRequest, RecordImpossibilityResponse, RecordLeftUnattendedRequest,
    RecordLeftUnattendedResponse, RecordRefusalRequest, RecordRefusalResponse, RecordResumptionRequest,
    RecordResumptionResponse, RuleOnPetitionRequest, RuleOnPetitionResponse, case_event::Event,
};
use kinward_contracts::custody::v1::{
    AssessGroundsRequest, AssessGroundsResponse, CaseOpened, GroundAssessment, MissingFact, OpenCaseRequest,
    OpenCaseResponse,
};
use kinward_contracts::r#type::v1::ChildReference;
use kinward_contracts::r#type::v1::{Department, Receipt, Sealed};
use kinward_contracts::{CommandRequest, Validate};
use kinward_contracts_grpc::custody::v1::case_service_server::CaseService;
use kinward_custody_domain::case::grounds;
use kinward_custody_domain::case::{Case, Command};
use kinward_custody_domain::rules::{CUS_1, ground_rule};
use kinward_eventlog::{Call, Handler};
use kinward_eventsourcing::{Clock, Rejection};
use kinward_statute::day_of;
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// Who takes part; what each may do, the rules say.
const MAY: [Department; 11] = [
    Department::Village,
    Department::Township,
    Department::CivilAffairs,
    Department::PublicSecurity,
    Department::Court,
    Department::Education,
    Department::Health,
    Department::WomensFederation,
    Department::DisabledPersonsFederation,
    Department::NextGenerationCommittee,
    Department::Justice,
];

pub(crate) struct Cases {
    gate: Gate,
    cases: Handler<Case>,
    clock: Arc<dyn Clock>,
}

/// The ids of what a step makes new.
struct New<'a> {
    call: &'a Call,
}

impl New<'_> {
    /// Id of something new; the same on every retry.
    fn id(&self, noun: &str) -> String {
        self.call.command_id.new_id(noun)
    }
}

impl Cases {
    pub(crate) fn new(runtime: &Runtime, cases: Handler<Case>) -> Self {
        Self { gate: runtime.gate.clone(), cases, clock: Arc::clone(&runtime.clock) }
    }

    /// Records a fact; `event` makes it from the request.
    async fn step<M: CommandRequest + Validate>(
        &self,
        request: Request<M>,
        event: impl FnOnce(M, &New<'_>) -> Event + Send,
    ) -> Result<Option<Receipt>, Status> {
        let (call, _) = self.gate.command(&request, &MAY)?;
        let request = request.into_inner();
        let (id, occurred_at) = (request.aggregate_id().to_owned(), occurred_at(&request));
        let event = event(request, &New { call: &call });
        let done = self.cases.execute(&call, &id, &Command::Record { event, occurred_at }).await;
        done.map(receipt).map_err(|error| status_of_log(&error))
    }
}

#[tonic::async_trait]
impl CaseService for Cases {
    async fn criticise_guardian(
        &self,
        request: Request<CriticiseGuardianRequest>,
    ) -> Result<Response<CriticiseGuardianResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::GuardianCriticised(GuardianCriticised {
                    guardian_person_id: step.guardian_person_id,
                    conduct: step.conduct,
                    department: 0,
                    article: step.article,
                })
            })
            .await?;
        Ok(Response::new(CriticiseGuardianResponse { receipt }))
    }

    async fn record_refusal(
        &self,
        request: Request<RecordRefusalRequest>,
    ) -> Result<Response<RecordRefusalResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::DutyRefused(DutyRefused {
                    guardian_person_id: step.guardian_person_id,
                    since_on: step.since_on,
                })
            })
            .await?;
        Ok(Response::new(RecordRefusalResponse { receipt }))
    }

    async fn record_resumption(
        &self,
        request: Request<RecordResumptionRequest>,
    ) -> Result<Response<RecordResumptionResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::DutyResumed(DutyResumed {
                    guardian_person_id: step.guardian_person_id,
                    on_date: step.on_date,
                })
            })
            .await?;
        Ok(Response::new(RecordResumptionResponse { receipt }))
    }

    async fn record_consequence(
        &self,
        request: Request<RecordConsequenceRequest>,
    ) -> Result<Response<RecordConsequenceResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::ConsequenceRecorded(ConsequenceRecorded {
                    guardian_person_id: step.guardian_person_id,
                    consequence: step.consequence,
                })
            })
            .await?;
        Ok(Response::new(RecordConsequenceResponse { receipt }))
    }

    async fn record_impossibility(
        &self,
        request: Request<RecordImpossibilityRequest>,
    ) -> Result<Response<RecordImpossibilityResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::DutyImpossible(DutyImpossible {
                    guardian_person_id: step.guardian_person_id,
                    cause: step.cause,
                })
            })
            .await?;
        Ok(Response::new(RecordImpossibilityResponse { receipt }))
    }

    async fn record_delegation_refusal(
        &self,
        request: Request<RecordDelegationRefusalRequest>,
    ) -> Result<Response<RecordDelegationRefusalResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::DelegationRefused(DelegationRefused { guardian_person_id: step.guardian_person_id })
            })
            .await?;
        Ok(Response::new(RecordDelegationRefusalResponse { receipt }))
    }

    async fn record_harm(
        &self,
        request: Request<RecordHarmRequest>,
    ) -> Result<Response<RecordHarmResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::HarmRecorded(HarmRecorded {
                    guardian_person_id: step.guardian_person_id,
                    harm: step.harm,
                    serious: step.serious,
                })
            })
            .await?;
        Ok(Response::new(RecordHarmResponse { receipt }))
    }

    async fn record_left_unattended(
        &self,
        request: Request<RecordLeftUnattendedRequest>,
    ) -> Result<Response<RecordLeftUnattendedResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::LeftUnattended(LeftUnattended {
                    guardian_person_id: step.guardian_person_id,
                    in_danger: step.in_danger,
                })
            })
            .await?;
        Ok(Response::new(RecordLeftUnattendedResponse { receipt }))
    }

    async fn record_crime_incited(
        &self,
        request: Request<RecordCrimeIncitedRequest>,
    ) -> Result<Response<RecordCrimeIncitedResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::CrimeIncited(CrimeIncited {
                    guardian_person_id: step.guardian_person_id,
                    grave: step.grave,
                })
            })
            .await?;
        Ok(Response::new(RecordCrimeIncitedResponse { receipt }))
    }

    async fn file_petition(
        &self,
        request: Request<FilePetitionRequest>,
    ) -> Result<Response<FilePetitionResponse>, Status> {
        let mut made = String::new();
        let receipt = self
            .step(request, |step, new| {
                made = new.id("petition");
                Event::PetitionFiled(PetitionFiled {
                    petition_id: made.clone(),
                    guardian_person_id: step.guardian_person_id,
                    petitioner: step.petitioner,
                    petitioner_unit_id: step.petitioner_unit_id,
                    grounds: step.grounds,
                    court_unit_id: step.court_unit_id,
                })
            })
            .await?;
        Ok(Response::new(FilePetitionResponse { receipt, petition_id: made }))
    }

    async fn accept_petition(
        &self,
        request: Request<AcceptPetitionRequest>,
    ) -> Result<Response<AcceptPetitionResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::PetitionAccepted(PetitionAccepted { petition_id: step.petition_id })
            })
            .await?;
        Ok(Response::new(AcceptPetitionResponse { receipt }))
    }

    async fn record_hearing(
        &self,
        request: Request<RecordHearingRequest>,
    ) -> Result<Response<RecordHearingResponse>, Status> {
        let receipt = self
            .step(request, |step, _| Event::PetitionHeard(PetitionHeard { petition_id: step.petition_id }))
            .await?;
        Ok(Response::new(RecordHearingResponse { receipt }))
    }

    async fn rule_on_petition(
        &self,
        request: Request<RuleOnPetitionRequest>,
    ) -> Result<Response<RuleOnPetitionResponse>, Status> {
        let mut made = String::new();
        let receipt = self
            .step(request, |step, new| {
                let designated = step.designated.map(|input| {
                    made = input.person_id.unwrap_or_else(|| new.id("guardian"));
                    DesignatedGuardian {
                        person_id: made.clone(),
                        relation: input.relation,
                        name: Some(Sealed::plain(&made, input.name)),
                        phone: input.phone.map(|phone| Sealed::plain(&made, phone)),
                    }
                });
                Event::PetitionRuled(PetitionRuled {
                    petition_id: step.petition_id,
                    ruling: step.ruling,
                    designated,
                    ..PetitionRuled::default()
                })
            })
            .await?;
        Ok(Response::new(RuleOnPetitionResponse { receipt, guardian_person_id: made }))
    }

    async fn open_case(
        &self,
        request: Request<OpenCaseRequest>,
    ) -> Result<Response<OpenCaseResponse>, Status> {
        let (call, principal) = self.gate.command(&request, &MAY)?;
        let request = request.into_inner();
        Caller { principal, deadline: call.deadline }.must_cover(&request.village_code)?;
        let person_id = request.child_id.clone();
        let opened = CaseOpened {
            child: Some(ChildReference { child_id: Some(request.child_id), person_id }),
            guardian_person_ids: request.guardian_person_ids,
            village_code: Some(request.village_code),
            assessment_id: None,
            incident_id: None,
        };
        let id = call.command_id.new_id("case");
        let done = self.cases.create(&call, &id, &Command::Open(opened)).await;
        Ok(Response::new(OpenCaseResponse { receipt: receipt(done.map_err(|error| status_of_log(&error))?) }))
    }

    async fn assess_grounds(
        &self,
        request: Request<AssessGroundsRequest>,
    ) -> Result<Response<AssessGroundsResponse>, Status> {
        self.gate.query(&request, &MAY)?;
        let request = request.into_inner();
        let folded = self.cases.state(&request.case_id).await.map_err(|error| status_of_log(&error))?;
        let Some(record) = folded.state.guardians.get(&request.guardian_person_id) else {
            let none = Rejection::not_found(
                CUS_1,
                "没有此案件或案件不涉及此监护人",
                "there is no such case, or it is not about this guardian",
            );
            return Err(status_of_rejection(&none));
        };
        let today = day_of(self.clock.now());
        let on = request.on_date.and_then(|day| day.parse().ok()).unwrap_or(today);
        let grounds = grounds::assess(record, on)
            .into_iter()
            .map(|assessed| GroundAssessment {
                ground: assessed.ground.into(),
                rule: ground_rule(assessed.ground).id.to_owned(),
                met: assessed.is_met(),
                event_ids: assessed.event_ids,
                missing: assessed
                    .missing
                    .into_iter()
                    .map(|missing| MissingFact {
                        what: missing.what,
                        message_zh: missing.zh,
                        message_en: missing.en,
                    })
                    .collect(),
            })
            .collect();
        Ok(Response::new(AssessGroundsResponse { grounds, revision: folded.revision.0 }))
    }
}
