//! Custody cases: the facts, the ladder, the court's track, restoration, interviews, and what is asked about them.

use kinward_chassis::{Desk, Runtime, service, status_of_rejection};
use kinward_contracts::custody::v1::{
    AcceptPetitionRequest, AcceptPetitionResponse, AssessGroundsRequest, AssessGroundsResponse, CaseOpened,
    ConsequenceRecorded, CrimeIncited, CriminalCaseFiled, CriticiseGuardianRequest,
    CriticiseGuardianResponse, DelegationRefused, DesignatedGuardian, DutyImpossible, DutyRefused,
    DutyResumed, EndFamilyEducationRequest, EndFamilyEducationResponse, FamilyEducationEnded,
    FamilyEducationOrdered, FileCriminalCaseRequest, FileCriminalCaseResponse, FilePetitionRequest,
    FilePetitionResponse, GuardianConvicted, GuardianCriticised, HarmRecorded, ImposePenaltyRequest,
    ImposePenaltyResponse, Intervention, InterviewMinorRequest, InterviewMinorResponse, LeftUnattended,
    ListCaseDutiesRequest, ListCaseDutiesResponse, ListInterventionsRequest, ListInterventionsResponse,
    MinorInterviewed, OpenCaseRequest, OpenCaseResponse, OrderFamilyEducationRequest,
    OrderFamilyEducationResponse, PetitionAccepted, PetitionFiled, PetitionHeard, PetitionRuled,
    PublicSecurityPenaltyImposed, RecordConsequenceRequest, RecordConsequenceResponse,
    RecordConvictionRequest, RecordConvictionResponse, RecordCrimeIncitedRequest, RecordCrimeIncitedResponse,
    RecordDelegationRefusalRequest, RecordDelegationRefusalResponse, RecordHarmRequest, RecordHarmResponse,
    RecordHearingRequest, RecordHearingResponse, RecordImpossibilityRequest, RecordImpossibilityResponse,
    RecordLeftUnattendedRequest, RecordLeftUnattendedResponse, RecordRefusalRequest, RecordRefusalResponse,
    RecordResumptionRequest, RecordResumptionResponse, RequestRestorationRequest, RequestRestorationResponse,
    RestorationRequested, RestorationRuled, RuleOnPetitionRequest, RuleOnPetitionResponse,
    RuleOnRestorationRequest, RuleOnRestorationResponse,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{ChildReference, Department, Sealed};
use kinward_contracts_grpc::custody::v1::case_service_server::CaseService;
use kinward_custody_domain::case::{self, Case, Command, grounds};
use kinward_custody_domain::rules::CUS_1;
use kinward_eventlog::Handler;
use kinward_eventsourcing::Rejection;
use kinward_statute::{Duty, day_of};
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

/// The service.
pub(crate) struct Cases {
    desk: Desk<Case>,
}

impl Cases {
    pub(crate) fn new(runtime: &Runtime, cases: Handler<Case>) -> Self {
        Self { desk: Desk::new(runtime, cases) }
    }
}

service! {
    CaseService for Cases {
        by MAY {
            criticise_guardian: CriticiseGuardianRequest => CriticiseGuardianResponse,
                |step, _| GuardianCriticised {
                    guardian_person_id: step.guardian_person_id,
                    conduct: step.conduct,
                    article: step.article,
                    ..GuardianCriticised::default()
                };
            impose_penalty: ImposePenaltyRequest => ImposePenaltyResponse,
                |step, _| PublicSecurityPenaltyImposed {
                    guardian_person_id: step.guardian_person_id,
                    conduct: step.conduct,
                    penalty: step.penalty,
                    department: 0,
                    article: step.article,
                };
            file_criminal_case: FileCriminalCaseRequest => FileCriminalCaseResponse,
                |step, _| CriminalCaseFiled {
                    guardian_person_id: step.guardian_person_id,
                    conduct: step.conduct,
                    department: 0,
                    article: step.article,
                };
            end_family_education: EndFamilyEducationRequest => EndFamilyEducationResponse,
                |step, _| {
                    let (family_education_id, completed) = (step.family_education_id, step.completed.unwrap_or_default());
                    FamilyEducationEnded { family_education_id, completed }
                };
            record_conviction: RecordConvictionRequest => RecordConvictionResponse,
                |step, _| GuardianConvicted {
                    guardian_person_id: step.guardian_person_id,
                    intentional: step.intentional,
                    against_child: step.against_child,
                    imprisonment_months: step.imprisonment_months,
                    article: step.article,
                };
            record_refusal: RecordRefusalRequest => RecordRefusalResponse,
                |step, _| {
                    let (guardian_person_id, since_on) = (step.guardian_person_id, step.since_on);
                    DutyRefused { guardian_person_id, since_on }
                };
            record_resumption: RecordResumptionRequest => RecordResumptionResponse,
                |step, _| {
                    let (guardian_person_id, on_date) = (step.guardian_person_id, step.on_date);
                    DutyResumed { guardian_person_id, on_date }
                };
            record_consequence: RecordConsequenceRequest => RecordConsequenceResponse,
                |step, _| {
                    let (guardian_person_id, consequence) = (step.guardian_person_id, step.consequence);
                    ConsequenceRecorded { guardian_person_id, consequence }
                };
            record_impossibility: RecordImpossibilityRequest => RecordImpossibilityResponse,
                |step, _| {
                    let (guardian_person_id, cause) = (step.guardian_person_id, step.cause);
                    DutyImpossible { guardian_person_id, cause }
                };
            record_delegation_refusal: RecordDelegationRefusalRequest => RecordDelegationRefusalResponse,
                |step, _| DelegationRefused { guardian_person_id: step.guardian_person_id };
            record_harm: RecordHarmRequest => RecordHarmResponse,
                |step, _| HarmRecorded {
                    guardian_person_id: step.guardian_person_id,
                    harm: step.harm,
                    serious: step.serious,
                    since_on: step.since_on,
                    grave_injury: step.grave_injury,
                };
            record_left_unattended: RecordLeftUnattendedRequest => RecordLeftUnattendedResponse,
                |step, _| {
                    let (guardian_person_id, in_danger) = (step.guardian_person_id, step.in_danger);
                    LeftUnattended { guardian_person_id, in_danger }
                };
            record_crime_incited: RecordCrimeIncitedRequest => RecordCrimeIncitedResponse,
                |step, _| {
                    let (guardian_person_id, grave) = (step.guardian_person_id, step.grave);
                    CrimeIncited { guardian_person_id, grave }
                };
            accept_petition: AcceptPetitionRequest => AcceptPetitionResponse,
                |step, _| PetitionAccepted { petition_id: step.petition_id };
            record_hearing: RecordHearingRequest => RecordHearingResponse,
                |step, _| PetitionHeard { petition_id: step.petition_id };
            rule_on_restoration: RuleOnRestorationRequest => RuleOnRestorationResponse,
                |step, _| RestorationRuled {
                    restoration_id: step.restoration_id,
                    ruling: step.ruling,
                    true_repentance: step.true_repentance.unwrap_or_default(),
                    childs_wish: step.childs_wish,
                    guardian_person_id: String::new(),
                };
            order_family_education: OrderFamilyEducationRequest => OrderFamilyEducationResponse { family_education_id: "family-education" },
                |step, new| FamilyEducationOrdered {
                    family_education_id: new.id("family-education"),
                    guardian_person_id: step.guardian_person_id,
                    conduct: step.conduct,
                    provider_unit_id: step.provider_unit_id,
                    department: 0,
                    article: step.article,
                };
            file_petition: FilePetitionRequest => FilePetitionResponse { petition_id: "petition" },
                |step, new| PetitionFiled {
                    petition_id: new.id("petition"),
                    guardian_person_id: step.guardian_person_id,
                    petitioner: step.petitioner,
                    petitioner_unit_id: step.petitioner_unit_id,
                    grounds: step.grounds,
                    court_unit_id: step.court_unit_id,
                };
            request_restoration: RequestRestorationRequest => RequestRestorationResponse { restoration_id: "restoration" },
                |step, new| RestorationRequested {
                    restoration_id: new.id("restoration"),
                    guardian_person_id: step.guardian_person_id,
                    relation: step.relation,
                    ..RestorationRequested::default()
                };
            interview_minor: InterviewMinorRequest => InterviewMinorResponse { interview_id: "interview" },
                |step, new| MinorInterviewed {
                    interview: step.interview.map(|interview| new.interview(interview)),
                    department: 0,
                    about_abuse_or_violence: step.about_abuse_or_violence,
                };
        }
    }

    async fn rule_on_petition(
        &self,
        request: Request<RuleOnPetitionRequest>,
    ) -> Result<Response<RuleOnPetitionResponse>, Status> {
        let mut guardian_person_id = String::new();
        let done = self
            .desk
            .step(&MAY, request, |step, new| {
                let designated = step.designated.map(|input| {
                    guardian_person_id = input.person_id.unwrap_or_else(|| new.id("guardian"));
                    DesignatedGuardian {
                        person_id: guardian_person_id.clone(),
                        relation: input.relation,
                        name: Some(Sealed::plain(&guardian_person_id, input.name)),
                        phone: input.phone.map(|phone| Sealed::plain(&guardian_person_id, phone)),
                    }
                });
                PetitionRuled {
                    petition_id: step.petition_id,
                    ruling: step.ruling,
                    designated,
                    ..PetitionRuled::default()
                }
            })
            .await?;
        Ok(Response::new(RuleOnPetitionResponse { receipt: done.receipt, guardian_person_id }))
    }

    async fn open_case(
        &self,
        request: Request<OpenCaseRequest>,
    ) -> Result<Response<OpenCaseResponse>, Status> {
        let done = self
            .desk
            .open(
                &MAY,
                request,
                |opening| Some(opening.village_code.as_str()),
                |opening, call, _| {
                    let person_id = opening.child_id.clone();
                    let opened = CaseOpened {
                        child: Some(ChildReference { child_id: Some(opening.child_id), person_id }),
                        guardian_person_ids: opening.guardian_person_ids,
                        village_code: Some(opening.village_code),
                        assessment_id: None,
                        incident_id: None,
                        evidence_ids: Vec::new(),
                        finding_event_ids: Vec::new(),
                    };
                    (call.command_id.new_id("case"), Command::Open(opened))
                },
            )
            .await?;
        Ok(Response::new(OpenCaseResponse { receipt: done.receipt }))
    }

    async fn assess_grounds(
        &self,
        request: Request<AssessGroundsRequest>,
    ) -> Result<Response<AssessGroundsResponse>, Status> {
        let folded = self.desk.read(&MAY, &request, &request.get_ref().case_id).await?;
        let request = request.into_inner();
        let record = folded.state.guardians.get(&request.guardian_person_id).ok_or_else(unknown_guardian)?;
        let today = day_of(self.desk.clock.now());
        let on = request.on_date.and_then(|day| day.parse().ok()).unwrap_or(today);
        let grounds = grounds::assess(record, on).into_iter().map(grounds::Assessed::message).collect();
        Ok(Response::new(AssessGroundsResponse { grounds, revision: folded.revision.0 }))
    }

    async fn list_interventions(
        &self,
        request: Request<ListInterventionsRequest>,
    ) -> Result<Response<ListInterventionsResponse>, Status> {
        let folded = self.desk.read(&MAY, &request, &request.get_ref().case_id).await?;
        let guardian = request.into_inner().guardian_person_id;
        if !folded.state.guardians.contains_key(&guardian) {
            return Err(unknown_guardian());
        }
        let ladder = &folded.state.ladder;
        let of_one = |taken: &case::Intervention| Intervention {
            rung: taken.rung,
            conduct: taken.conduct,
            department: taken.department,
            unit_id: taken.unit.clone(),
            occurred_at: Some(timestamp(taken.at)),
            article: taken.article.clone(),
            event_id: taken.event_id.clone(),
            counts: taken.counts,
        };
        Ok(Response::new(ListInterventionsResponse {
            interventions: ladder.of(&guardian).map(of_one).collect(),
            highest: ladder.highest(&guardian).into(),
            position: folded.position.0,
        }))
    }

    async fn list_case_duties(
        &self,
        request: Request<ListCaseDutiesRequest>,
    ) -> Result<Response<ListCaseDutiesResponse>, Status> {
        let id = &request.get_ref().case_id;
        let folded = self.desk.read(&MAY, &request, id).await?;
        let duties = Duty::of::<Case>(id, case::duties(&folded.state), self.desk.clock.now());
        Ok(Response::new(ListCaseDutiesResponse { duties, position: folded.position.0 }))
    }
}

fn unknown_guardian() -> Status {
    status_of_rejection(&Rejection::not_found(
        CUS_1,
        "案件不涉及此监护人",
        "the case is not about this guardian",
    ))
}
