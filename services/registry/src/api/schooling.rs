//! Schooling: one rpc for each step (DEP-2).

use super::files::Files;
use kinward_chassis::service;
use kinward_contracts::registry::v1::{
    AbsenceFollowedUp, AbsenceRecorded, AcknowledgeDropoutReportRequest, AcknowledgeDropoutReportResponse,
    ChildReturnedToSchool, ContactCardIssued, DeclarePersuasionFailedRequest,
    DeclarePersuasionFailedResponse, DropoutRegistered, DropoutReportAcknowledged, DropoutReportWritten,
    EnrolInSchoolRequest, EnrolInSchoolResponse, FollowUpAbsenceRequest, FollowUpAbsenceResponse,
    IssueContactCardRequest, IssueContactCardResponse, PersuasionAttempted, PersuasionFailed,
    RecordAbsenceRequest, RecordAbsenceResponse, RecordPersuasionRequest, RecordPersuasionResponse,
    RecordReturnRequest, RecordReturnResponse, RegisterDropoutRequest, RegisterDropoutResponse,
    SchoolEnrolled, WriteDropoutReportRequest, WriteDropoutReportResponse,
};
use kinward_contracts::r#type::v1::{Department, Sealed};
use kinward_contracts_grpc::registry::v1::schooling_service_server::SchoolingService;

/// Who records schooling and persuades: schools first, and the keepers of the file.
const SCHOOLS: [Department; 4] =
    [Department::Education, Department::Village, Department::Township, Department::CivilAffairs];
/// Who answers for compulsory education.
const EDUCATION: [Department; 1] = [Department::Education];
/// To whom a dropout is reported in writing.
const RECIPIENTS: [Department; 2] = [Department::Education, Department::Township];

service! {
    SchoolingService for Files {
        by SCHOOLS {
            enrol_in_school: EnrolInSchoolRequest => EnrolInSchoolResponse,
                |step, _| SchoolEnrolled {
                    schooling: step.schooling,
                    since_on: step.since_on,
                };
            record_absence: RecordAbsenceRequest => RecordAbsenceResponse { absence_id: "absence" },
                |step, new| AbsenceRecorded { absence_id: new.id("absence"), on_date: step.on_date, cause: step.cause };
            follow_up_absence: FollowUpAbsenceRequest => FollowUpAbsenceResponse,
                |step, new| AbsenceFollowedUp {
                    absence_id: step.absence_id,
                    cause: step.cause,
                    findings: Some(new.of_child(step.findings)),
                };
            register_dropout: RegisterDropoutRequest => RegisterDropoutResponse { dropout_id: "dropout" },
                |step, new| DropoutRegistered {
                    dropout_id: new.id("dropout"),
                    since_on: step.since_on,
                    cause: step.cause,
                    village_code: String::new(),
                };
            record_persuasion: RecordPersuasionRequest => RecordPersuasionResponse,
                |step, new| PersuasionAttempted {
                    dropout_id: step.dropout_id,
                    role: step.role,
                    unit_id: String::new(),
                    result: step.result,
                    narrative: Some(new.of_child(step.narrative)),
                };
            record_return: RecordReturnRequest => RecordReturnResponse,
                |step, _| ChildReturnedToSchool { on_date: step.on_date };
        }
        by EDUCATION {
            declare_persuasion_failed: DeclarePersuasionFailedRequest => DeclarePersuasionFailedResponse,
                |step, _| PersuasionFailed {
                    dropout_id: step.dropout_id,
                };
            write_dropout_report: WriteDropoutReportRequest => WriteDropoutReportResponse,
                |step, new| DropoutReportWritten {
                    dropout_id: step.dropout_id,
                    text: Some(new.of_child(step.text)),
                    village_code: String::new(),
                };
            issue_contact_card: IssueContactCardRequest => IssueContactCardResponse,
                |step, new| ContactCardIssued {
                    teacher_name: Some(Sealed::plain(new.id("teacher"), step.teacher_name)),
                    teacher_phone: Some(Sealed::plain(new.id("teacher"), step.teacher_phone)),
                    teacher_person_id: new.id("teacher"),
                    holder_person_ids: step.holder_person_ids,
                };
        }
        by RECIPIENTS {
            acknowledge_dropout_report: AcknowledgeDropoutReportRequest => AcknowledgeDropoutReportResponse,
                |step, _| DropoutReportAcknowledged {
                    dropout_id: step.dropout_id,
                    recipient: step.recipient,
                };
        }
    }
}
