//! What goes on around an incident: what is found and seen, what is answered, and which reports are of one event.

use super::{Incidents, POLICE};
use kinward_chassis::{ANYBODY, occurred_at, service};
use kinward_contracts::dispatch::v1::{
    AnswerAssistanceRequest, AnswerAssistanceResponse, AssistanceAnswered, AssistanceDeclined,
    AssistanceRequested, DeclineAssistanceRequest, DeclineAssistanceResponse, GiveReporterFeedbackRequest,
    GiveReporterFeedbackResponse, IncidentJoined, IncidentLinked, IncidentParted, IncidentUnlinked,
    InjuryAppraised, LinkIncidentRequest, LinkIncidentResponse, MedicalCareResulted, MinorInterviewed,
    RecordInjuryAppraisalRequest, RecordInjuryAppraisalResponse, RecordInterviewRequest,
    RecordInterviewResponse, RecordMedicalResultRequest, RecordMedicalResultResponse, RecordSightingRequest,
    RecordSightingResponse, RecordSituationFoundRequest, RecordSituationFoundResponse, ReporterFeedbackGiven,
    RequestAssistanceRequest, RequestAssistanceResponse, SightingRecorded, SituationFound,
    UnlinkIncidentRequest, UnlinkIncidentResponse, incident_event::Event,
};
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::dispatch::v1::inquiry_service_server::InquiryService;
use kinward_dispatch_domain::incident::{Command, State};
use kinward_eventlog::Call;
use tonic::{Request, Response, Status};

/// Who records what came of a referral.
const POLICE_AND_HEALTH: [Department; 2] = [Department::PublicSecurity, Department::Health];

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

service! {
    InquiryService for Incidents {
        by POLICE {
            record_situation_found: RecordSituationFoundRequest => RecordSituationFoundResponse,
                |step, new| SituationFound {
                    situations: step.situations,
                    signs: step.signs,
                    severity: 0,
                    observation: step.observation.map(|observation| new.of_child(observation)),
                };
            record_sighting: RecordSightingRequest => RecordSightingResponse { sighting_id: "sighting" },
                |step, new| SightingRecorded {
                    sighting_id: new.id("sighting"),
                    seen_at: step.seen_at,
                    place: Some(new.of_child(step.place)),
                    account: step.account.map(|account| new.of_child(account)),
                };
            request_assistance: RequestAssistanceRequest => RequestAssistanceResponse { assistance_id: "assistance" },
                |step, new| AssistanceRequested {
                    assistance_id: new.id("assistance"),
                    unit_id: step.unit_id,
                    kind: step.kind,
                    matter: step.matter.map(|matter| new.of_child(matter)),
                    ..AssistanceRequested::default()
                };
            give_reporter_feedback: GiveReporterFeedbackRequest => GiveReporterFeedbackResponse,
                |step, new| ReporterFeedbackGiven {
                    report_id: step.report_id.unwrap_or_default(),
                    result: step.result,
                    words: step.words.map(|words| new.of_child(words)),
                };
            record_interview: RecordInterviewRequest => RecordInterviewResponse { interview_id: "interview" },
                |step, new| MinorInterviewed {
                    interview: step.interview.map(|interview| new.interview(interview)),
                    interviewee: step.interviewee,
                    evidence_id: step.evidence_id,
                };
        }
        by POLICE_AND_HEALTH {
            record_medical_result: RecordMedicalResultRequest => RecordMedicalResultResponse,
                |step, new| MedicalCareResulted {
                    referral_id: step.referral_id,
                    outcome: step.outcome,
                    result: step.result.map(|result| new.of_child(result)),
                };
            record_injury_appraisal: RecordInjuryAppraisalRequest => RecordInjuryAppraisalResponse,
                |step, new| InjuryAppraised {
                    referral_id: step.referral_id,
                    degree: step.degree,
                    opinion: step.opinion.map(|opinion| new.of_child(opinion)),
                };
        }
        by ANYBODY {
            answer_assistance: AnswerAssistanceRequest => AnswerAssistanceResponse,
                |step, new| AssistanceAnswered {
                    assistance_id: step.assistance_id,
                    answer: Some(new.of_child(step.answer)),
                    village_code: None,
                };
            decline_assistance: DeclineAssistanceRequest => DeclineAssistanceResponse,
                |step, new| AssistanceDeclined {
                    assistance_id: step.assistance_id,
                    reason: Some(new.of_child(step.reason)),
                    village_code: None,
                };
        }
    }

    async fn link_incident(
        &self,
        request: Request<LinkIncidentRequest>,
    ) -> Result<Response<LinkIncidentResponse>, Status> {
        let (call, follower) = self.desk.let_in(&POLICE, &request).await?;
        let caller = self.desk.gate.query(&request, &POLICE)?;
        let request = request.into_inner();
        self.desk.covered(&caller, &request.main_incident_id).await?;
        let occurred_at = occurred_at(&request);
        let joined = joined(&request.incident_id, &follower.state);
        // the main one answers for what was read here: what is found meanwhile must not be missed
        let expected_revision = call.expected_revision.or(Some(follower.revision.0));
        let call = Call { expected_revision, ..call };
        let linked =
            IncidentLinked { main_incident_id: request.main_incident_id.clone(), reasons: request.reasons };
        let record = |event| Command::Record { event, occurred_at };
        let follower = (request.incident_id.as_str(), record(Event::IncidentLinked(linked)));
        let done = if request.incident_id == request.main_incident_id {
            // refused by the rules: a batch holds an aggregate once
            self.desk.execute(call, follower.0, &follower.1).await?
        } else {
            let main = (request.main_incident_id.as_str(), record(Event::IncidentJoined(joined)));
            self.desk.together(call, follower, main).await?
        };
        Ok(Response::new(LinkIncidentResponse { receipt: done.receipt }))
    }

    async fn unlink_incident(
        &self,
        request: Request<UnlinkIncidentRequest>,
    ) -> Result<Response<UnlinkIncidentResponse>, Status> {
        let (call, follower) = self.desk.let_in(&POLICE, &request).await?;
        let request = request.into_inner();
        let occurred_at = occurred_at(&request);
        let record = |event| Command::Record { event, occurred_at };
        let main_incident_id = follower.state.linked.as_ref().map(|link| link.main_incident_id.clone());
        let main_incident_id = main_incident_id.unwrap_or_default();
        let unlink = record(Event::IncidentUnlinked(IncidentUnlinked { main_incident_id }));
        let id = request.incident_id.as_str();
        let done = match &follower.state.linked {
            Some(link) => {
                let parted = IncidentParted { incident_id: request.incident_id.clone() };
                let main = (link.main_incident_id.as_str(), record(Event::IncidentParted(parted)));
                self.desk.together(call, (id, unlink), main).await?
            }
            // it was done before, or the rules refuse it
            None => self.desk.execute(call, id, &unlink).await?,
        };
        Ok(Response::new(UnlinkIncidentResponse { receipt: done.receipt }))
    }
}
