//! The rules of reporting: taking reports, the hotline, and what follows for who reported and who did not.

mod commendations;
mod gaps;
mod hotline;
mod omissions;
mod reports;

use super::{district, missing, notice_of, refusal};
use kinward::people;
use kinward_chassis::Principal;
use kinward_contracts::reporting::v1::{
    GetReportRequest, GetReportResponse, ReporterClass, ReporterInput, SubmitReportRequest,
    SubmitReportResponse,
};
use kinward_contracts::r#type::v1::{Freshness, Situation};
use kinward_story::District;
use tonic::{Request, Status};

/// A village of the story's township.
const VILLAGE: &str = "430903111008";
const NAME: &str = "汤听雪";

fn refused_by(rule: &str, reason: &str) -> (String, String) {
    (rule.to_owned(), reason.to_owned())
}

fn freshness(position: u64) -> Freshness {
    Freshness::at_least(position)
}

/// A request that waits as long as a call may.
fn long<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(std::time::Duration::from_secs(60));
    request
}

fn named(class: ReporterClass) -> ReporterInput {
    ReporterInput {
        reporter_class: class.into(),
        anonymous: false,
        unit_id: Some("school-430903111-01".to_owned()),
        name: Some(NAME.to_owned()),
        phone: None,
    }
}

fn anonymous() -> ReporterInput {
    ReporterInput {
        reporter_class: ReporterClass::Citizen.into(),
        anonymous: true,
        ..ReporterInput::default()
    }
}

/// Nothing is known but what happened and who reports.
fn bare(request_id: &str, situations: &[Situation], reporter: ReporterInput) -> SubmitReportRequest {
    SubmitReportRequest {
        request_id: request_id.to_owned(),
        situations: situations.iter().map(|situation| i32::from(*situation)).collect(),
        reporter: Some(reporter),
        ..SubmitReportRequest::default()
    }
}

async fn submit(district: &District, report: SubmitReportRequest) -> Result<SubmitReportResponse, Status> {
    let mut reports = district.clients.reports(&people::hotline()).unwrap();
    reports.submit_report(report).await.map(tonic::Response::into_inner)
}

async fn read(district: &District, caller: &Principal, report_id: &str) -> Result<GetReportResponse, Status> {
    let mut reports = district.clients.reports(caller).unwrap();
    let request = GetReportRequest { report_id: report_id.to_owned() };
    reports.get_report(request).await.map(tonic::Response::into_inner)
}
