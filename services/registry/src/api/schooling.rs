//! Schooling: one rpc for each step (DEP-2).

use super::files::Files;
use kinward_contracts::registry::v1::{
    AbsenceFollowedUp, AbsenceRecorded, AcknowledgeDropoutReportRequest, AcknowledgeDropoutReportResponse,
    ContactCardIssued, DeclarePersuasionFailedRequest, DeclarePersuasionFailedResponse, DropoutRegistered,
    DropoutReportAcknowledged, DropoutReportWritten, EnrolInSchoolRequest, EnrolInSchoolResponse,
    FollowUpAbsenceRequest, FollowUpAbsenceResponse, IssueContactCardRequest, IssueContactCardResponse,
    PersuasionAttempted, PersuasionFailed, RecordAbsenceRequest, RecordAbsenceResponse,
    RecordPersuasionRequest, RecordPersuasionResponse, RecordReturnRequest, RecordReturnResponse,
    RegisterDropoutRequest, RegisterDropoutResponse, SchoolEnrolled, SchoolReturned,
    WriteDropoutReportRequest, WriteDropoutReportResponse,
};
use kinward_contracts::r#type::v1::{Department, Sealed};
use kinward_contracts_grpc::registry::v1::schooling_service_server::SchoolingService;
use tonic::{Request, Response, Status};

/// Who records schooling and persuades: schools first, and the keepers of the file.
const SCHOOLS: [Department; 4] =
    [Department::Education, Department::Village, Department::Township, Department::CivilAffairs];
/// To whom a dropout is reported in writing.
const RECIPIENTS: [Department; 2] = [Department::Education, Department::Township];

pub(crate) struct Schools(pub(crate) Files);

#[tonic::async_trait]
impl SchoolingService for Schools {
    async fn enrol_in_school(
        &self,
        request: Request<EnrolInSchoolRequest>,
    ) -> Result<Response<EnrolInSchoolResponse>, Status> {
        let recorded = self.0.step(request, &SCHOOLS, |step, _| SchoolEnrolled {
            schooling: step.schooling,
            since_on: step.since_on,
        });
        Ok(Response::new(EnrolInSchoolResponse { receipt: recorded.await? }))
    }

    async fn record_absence(
        &self,
        request: Request<RecordAbsenceRequest>,
    ) -> Result<Response<RecordAbsenceResponse>, Status> {
        let mut absence_id = String::new();
        let recorded = self.0.step(request, &SCHOOLS, |step, new| {
            absence_id = new.id("absence");
            AbsenceRecorded { absence_id: absence_id.clone(), on_date: step.on_date, cause: step.cause }
        });
        let receipt = recorded.await?;
        Ok(Response::new(RecordAbsenceResponse { receipt, absence_id }))
    }

    async fn follow_up_absence(
        &self,
        request: Request<FollowUpAbsenceRequest>,
    ) -> Result<Response<FollowUpAbsenceResponse>, Status> {
        let recorded = self.0.step(request, &SCHOOLS, |step, new| AbsenceFollowedUp {
            absence_id: step.absence_id,
            cause: step.cause,
            findings: Some(new.sealed(step.findings)),
        });
        Ok(Response::new(FollowUpAbsenceResponse { receipt: recorded.await? }))
    }

    async fn register_dropout(
        &self,
        request: Request<RegisterDropoutRequest>,
    ) -> Result<Response<RegisterDropoutResponse>, Status> {
        let mut dropout_id = String::new();
        let recorded = self.0.step(request, &SCHOOLS, |step, new| {
            dropout_id = new.id("dropout");
            DropoutRegistered {
                dropout_id: dropout_id.clone(),
                since_on: step.since_on,
                cause: step.cause,
                village_code: String::new(),
            }
        });
        let receipt = recorded.await?;
        Ok(Response::new(RegisterDropoutResponse { receipt, dropout_id }))
    }

    async fn record_persuasion(
        &self,
        request: Request<RecordPersuasionRequest>,
    ) -> Result<Response<RecordPersuasionResponse>, Status> {
        let recorded = self.0.step(request, &SCHOOLS, |step, new| PersuasionAttempted {
            dropout_id: step.dropout_id,
            role: step.role,
            unit_id: String::new(),
            result: step.result,
            narrative: Some(new.sealed(step.narrative)),
        });
        Ok(Response::new(RecordPersuasionResponse { receipt: recorded.await? }))
    }

    async fn record_return(
        &self,
        request: Request<RecordReturnRequest>,
    ) -> Result<Response<RecordReturnResponse>, Status> {
        let recorded = self.0.step(request, &SCHOOLS, |step, _| SchoolReturned { on_date: step.on_date });
        Ok(Response::new(RecordReturnResponse { receipt: recorded.await? }))
    }

    async fn declare_persuasion_failed(
        &self,
        request: Request<DeclarePersuasionFailedRequest>,
    ) -> Result<Response<DeclarePersuasionFailedResponse>, Status> {
        let recorded = self.0.step(request, &[Department::Education], |step, _| PersuasionFailed {
            dropout_id: step.dropout_id,
        });
        Ok(Response::new(DeclarePersuasionFailedResponse { receipt: recorded.await? }))
    }

    async fn write_dropout_report(
        &self,
        request: Request<WriteDropoutReportRequest>,
    ) -> Result<Response<WriteDropoutReportResponse>, Status> {
        let recorded = self.0.step(request, &[Department::Education], |step, new| DropoutReportWritten {
            dropout_id: step.dropout_id,
            text: Some(new.sealed(step.text)),
            village_code: String::new(),
        });
        Ok(Response::new(WriteDropoutReportResponse { receipt: recorded.await? }))
    }

    async fn acknowledge_dropout_report(
        &self,
        request: Request<AcknowledgeDropoutReportRequest>,
    ) -> Result<Response<AcknowledgeDropoutReportResponse>, Status> {
        let recorded = self.0.step(request, &RECIPIENTS, |step, _| DropoutReportAcknowledged {
            dropout_id: step.dropout_id,
            recipient: step.recipient,
        });
        Ok(Response::new(AcknowledgeDropoutReportResponse { receipt: recorded.await? }))
    }

    async fn issue_contact_card(
        &self,
        request: Request<IssueContactCardRequest>,
    ) -> Result<Response<IssueContactCardResponse>, Status> {
        let recorded = self.0.step(request, &[Department::Education], |step, new| ContactCardIssued {
            teacher_name: Some(Sealed::plain(new.id("teacher"), step.teacher_name)),
            teacher_phone: Some(Sealed::plain(new.id("teacher"), step.teacher_phone)),
            teacher_person_id: new.id("teacher"),
            holder_person_ids: step.holder_person_ids,
        });
        Ok(Response::new(IssueContactCardResponse { receipt: recorded.await? }))
    }
}
