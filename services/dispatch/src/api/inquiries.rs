//! What goes on around an incident: what is found and seen, what is answered, and which reports are of one event.

use super::{ANYBODY, Incidents, POLICE};
use kinward_chassis::{Runtime, occurred_at, receipt, status_of_log};
use kinward_contracts::dispatch::v1::{
    AnswerAssistanceRequest, AnswerAssistanceResponse, AssistanceAnswered, AssistanceDeclined,
    AssistanceRequested, DeclineAssistanceRequest, DeclineAssistanceResponse, GiveReporterFeedbackRequest,
    GiveReporterFeedbackResponse, IncidentJoined, IncidentLinked, IncidentParted, IncidentUnlinked,
    InjuryAppraised, LinkIncidentRequest, LinkIncidentResponse, MedicalCareResulted, MinorInterviewed,
    RecordInjuryAppraisalRequest, RecordInjuryAppraisalResponse, RecordInterviewRequest,
    RecordInterviewResponse, RecordMedicalResultRequest, RecordMedicalResultResponse, RecordSightingRequest,
    RecordSightingResponse, RecordSituationFoundRequest, RecordSituationFoundResponse, ReporterFeedbackGiven,
    RequestAssistanceRequest, RequestAssistanceResponse, SafeguardNotKept, SightingRecorded, SituationFound,
    UnlinkIncidentRequest, UnlinkIncidentResponse, incident_event::Event,
};
use kinward_contracts::r#type::v1::{Department, Receipt};
use kinward_contracts_grpc::dispatch::v1::inquiry_service_server::InquiryService;
use kinward_dispatch_domain::incident::{Command, State};
use kinward_eventlog::{Call, Log};
use tonic::{Request, Response, Status};

/// Who records what came of a referral.
const POLICE_AND_HEALTH: [Department; 2] = [Department::PublicSecurity, Department::Health];

pub(crate) struct Inquiries {
    incidents: Incidents,
    log: Log,
}

impl Inquiries {
    pub(crate) fn new(runtime: &Runtime, incidents: Incidents) -> Self {
        Self { incidents, log: runtime.log.clone() }
    }

    /// Stores one event in each of two incidents, or in neither. Answers for the first.
    async fn both(
        &self,
        call: &Call,
        first: (&str, Command),
        second: (&str, Command),
    ) -> Result<Option<Receipt>, Status> {
        let part = |(id, command): (&str, Command)| self.incidents.incidents.part(id, command);
        let done = match (part(first), part(second)) {
            (Ok(first), Ok(second)) => self.log.transact(call, &[first, second]).await,
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        let receipts = done.map_err(|error| status_of_log(&error))?;
        Ok(receipts.into_iter().next().and_then(receipt))
    }
}

/// What the main incident must know of one that follows it.
fn joined(incident_id: &str, state: &State) -> IncidentJoined {
    IncidentJoined {
        incident_id: incident_id.to_owned(),
        report_id: state.report_id.clone(),
        situations: state.situations.clone(),
        signs: Some(state.signs.into()),
        severity: state.severity,
        without_reporter: state.without_reporter,
    }
}

#[tonic::async_trait]
impl InquiryService for Inquiries {
    async fn record_situation_found(
        &self,
        request: Request<RecordSituationFoundRequest>,
    ) -> Result<Response<RecordSituationFoundResponse>, Status> {
        let found = self.incidents.step(request, |step, new| {
            Event::SituationFound(SituationFound {
                situations: step.situations,
                signs: step.signs,
                severity: 0,
                observation: step.observation.map(|observation| new.of_child(observation)),
            })
        });
        Ok(Response::new(RecordSituationFoundResponse { receipt: found.await? }))
    }

    async fn record_sighting(
        &self,
        request: Request<RecordSightingRequest>,
    ) -> Result<Response<RecordSightingResponse>, Status> {
        let mut made = String::new();
        let receipt = self
            .incidents
            .step(request, |step, new| {
                made = new.id("sighting");
                Event::SightingRecorded(SightingRecorded {
                    sighting_id: made.clone(),
                    seen_at: step.seen_at,
                    place: Some(new.of_child(step.place)),
                    account: step.account.map(|account| new.of_child(account)),
                })
            })
            .await?;
        Ok(Response::new(RecordSightingResponse { receipt, sighting_id: made }))
    }

    async fn record_medical_result(
        &self,
        request: Request<RecordMedicalResultRequest>,
    ) -> Result<Response<RecordMedicalResultResponse>, Status> {
        let resulted = self.incidents.step_by(&POLICE_AND_HEALTH, request, |step, new| {
            Event::MedicalCareResulted(MedicalCareResulted {
                referral_id: step.referral_id,
                outcome: step.outcome,
                result: step.result.map(|result| new.of_child(result)),
            })
        });
        Ok(Response::new(RecordMedicalResultResponse { receipt: resulted.await? }))
    }

    async fn record_injury_appraisal(
        &self,
        request: Request<RecordInjuryAppraisalRequest>,
    ) -> Result<Response<RecordInjuryAppraisalResponse>, Status> {
        let appraised = self.incidents.step_by(&POLICE_AND_HEALTH, request, |step, new| {
            Event::InjuryAppraised(InjuryAppraised {
                referral_id: step.referral_id,
                degree: step.degree,
                opinion: step.opinion.map(|opinion| new.of_child(opinion)),
            })
        });
        Ok(Response::new(RecordInjuryAppraisalResponse { receipt: appraised.await? }))
    }

    async fn request_assistance(
        &self,
        request: Request<RequestAssistanceRequest>,
    ) -> Result<Response<RequestAssistanceResponse>, Status> {
        let mut made = String::new();
        let receipt = self
            .incidents
            .step(request, |step, new| {
                made = new.id("assistance");
                Event::AssistanceRequested(AssistanceRequested {
                    assistance_id: made.clone(),
                    unit_id: step.unit_id,
                    kind: step.kind,
                    matter: step.matter.map(|matter| new.of_child(matter)),
                    ..AssistanceRequested::default()
                })
            })
            .await?;
        Ok(Response::new(RequestAssistanceResponse { receipt, assistance_id: made }))
    }

    async fn answer_assistance(
        &self,
        request: Request<AnswerAssistanceRequest>,
    ) -> Result<Response<AnswerAssistanceResponse>, Status> {
        let answered = self.incidents.step_by(&ANYBODY, request, |step, new| {
            Event::AssistanceAnswered(AssistanceAnswered {
                assistance_id: step.assistance_id,
                answer: Some(new.of_child(step.answer)),
            })
        });
        Ok(Response::new(AnswerAssistanceResponse { receipt: answered.await? }))
    }

    async fn decline_assistance(
        &self,
        request: Request<DeclineAssistanceRequest>,
    ) -> Result<Response<DeclineAssistanceResponse>, Status> {
        let declined = self.incidents.step_by(&ANYBODY, request, |step, new| {
            Event::AssistanceDeclined(AssistanceDeclined {
                assistance_id: step.assistance_id,
                reason: Some(new.of_child(step.reason)),
            })
        });
        Ok(Response::new(DeclineAssistanceResponse { receipt: declined.await? }))
    }

    async fn give_reporter_feedback(
        &self,
        request: Request<GiveReporterFeedbackRequest>,
    ) -> Result<Response<GiveReporterFeedbackResponse>, Status> {
        let given = self.incidents.step(request, |step, new| {
            Event::ReporterFeedbackGiven(ReporterFeedbackGiven {
                report_id: step.report_id.unwrap_or_default(),
                result: step.result,
                words: step.words.map(|words| new.of_child(words)),
            })
        });
        Ok(Response::new(GiveReporterFeedbackResponse { receipt: given.await? }))
    }

    async fn record_interview(
        &self,
        request: Request<RecordInterviewRequest>,
    ) -> Result<Response<RecordInterviewResponse>, Status> {
        let mut made = String::new();
        let receipt = self
            .incidents
            .step(request, |step, new| {
                made = new.id("interview");
                let exceptions = step.exceptions.into_iter();
                let not_kept = exceptions.map(|exception| SafeguardNotKept {
                    safeguard: exception.safeguard,
                    reason: Some(new.of_child(exception.reason)),
                });
                Event::MinorInterviewed(MinorInterviewed {
                    interview_id: made.clone(),
                    interviewee: step.interviewee,
                    sex: step.sex,
                    adult: step.adult,
                    adult_person_id: step.adult_person_id,
                    recorded: step.recorded,
                    by_female_staff: step.by_female_staff,
                    evidence_id: step.evidence_id,
                    not_kept: not_kept.collect(),
                })
            })
            .await?;
        Ok(Response::new(RecordInterviewResponse { receipt, interview_id: made }))
    }

    async fn link_incident(
        &self,
        request: Request<LinkIncidentRequest>,
    ) -> Result<Response<LinkIncidentResponse>, Status> {
        let (call, follower) = self.incidents.let_in(&request, &POLICE).await?;
        let caller = self.incidents.caller(&request)?;
        let request = request.into_inner();
        self.incidents.covered(&caller, &request.main_incident_id).await?;
        let occurred_at = occurred_at(&request);
        let joined = joined(&request.incident_id, &follower.state);
        let linked =
            IncidentLinked { main_incident_id: request.main_incident_id.clone(), reasons: request.reasons };
        let record = |event| Command::Record { event, occurred_at };
        let follower = (request.incident_id.as_str(), record(Event::IncidentLinked(linked)));
        let receipt = if request.incident_id == request.main_incident_id {
            // refused by the rules: a batch holds an aggregate once
            self.incidents.execute(&call, follower.0, &follower.1).await?
        } else {
            let main = (request.main_incident_id.as_str(), record(Event::IncidentJoined(joined)));
            self.both(&call, follower, main).await?
        };
        Ok(Response::new(LinkIncidentResponse { receipt }))
    }

    async fn unlink_incident(
        &self,
        request: Request<UnlinkIncidentRequest>,
    ) -> Result<Response<UnlinkIncidentResponse>, Status> {
        let (call, follower) = self.incidents.let_in(&request, &POLICE).await?;
        let request = request.into_inner();
        let occurred_at = occurred_at(&request);
        let record = |event| Command::Record { event, occurred_at };
        let unlink = record(Event::IncidentUnlinked(IncidentUnlinked::default()));
        let id = request.incident_id.as_str();
        let receipt = match &follower.state.linked {
            Some(link) => {
                let parted = IncidentParted { incident_id: request.incident_id.clone() };
                let main = (link.main_incident_id.as_str(), record(Event::IncidentParted(parted)));
                self.both(&call, (id, unlink), main).await?
            }
            // it was done before, or the rules refuse it
            None => self.incidents.execute(&call, id, &unlink).await?,
        };
        Ok(Response::new(UnlinkIncidentResponse { receipt }))
    }
}
