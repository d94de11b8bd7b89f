//! The rules of dispatch: what police do. Each file is one part of the policy; here is what they share.

mod help;
mod linking;
mod parents;
mod search;
mod stages;
mod violence;
mod warning;

use super::{district, missing, notice_of, refusal};
use kinward::clients::Authorised;
use kinward::people;
use kinward::story::incident_of;
use kinward_chassis::Principal;
use kinward_contracts::departments::v1 as departments;
use kinward_contracts::dispatch::v1::{
    AcceptIncidentRequest, ConcludeIncidentRequest, ContactMeans, ContactOutcome, DispatchUnitRequest,
    GetIncidentRequest, GetIncidentResponse, ParentAnswer, ParentStatus, RecordArrivalRequest,
    RecordContactAttemptRequest, RecordParentRequest, Substantiation,
};
use kinward_contracts::notification::v1::Template;
use kinward_contracts::reporting::v1::{
    GetReceiptRequest, GetReceiptResponse, ReportedChildInput, ReporterClass, ReporterInput,
    SubmitReportRequest,
};
use kinward_contracts::r#type::v1::{ClockOutcome, DangerSigns, Freshness, Receipt, Relation, Situation};
use kinward_contracts_grpc::dispatch::v1::incident_service_client::IncidentServiceClient;
use kinward_contracts_grpc::dispatch::v1::inquiry_service_client::InquiryServiceClient;
use kinward_contracts_grpc::dispatch::v1::register_service_client::RegisterServiceClient;
use kinward_story::District;
use std::sync::atomic::{AtomicU32, Ordering};
use tonic::{Request, Status};

const VILLAGE: &str = "430903111207";
const POLICE: &str = "police-430903";
const WELFARE: &str = "welfare-430903";
const SCHOOL: &str = "school-430903111-01";
const HOSPITAL: &str = "hospital-430903";

/// Another request each time.
fn next() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("request-{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// A report, the incident it opened, and the police who go there.
struct Scene<'a> {
    district: &'a District,
    id: String,
    report_id: String,
    code: String,
    police: IncidentServiceClient<Authorised>,
    inquiries: InquiryServiceClient<Authorised>,
    registers: RegisterServiceClient<Authorised>,
}

/// What a report says.
#[derive(Clone, Default)]
struct Said<'a> {
    situations: &'a [Situation],
    signs: DangerSigns,
    child_id: Option<&'a str>,
    village: Option<&'a str>,
}

/// Somebody at the school reports; police have it.
async fn reported<'a>(district: &'a District, said: Said<'_>) -> Scene<'a> {
    let request = SubmitReportRequest {
        request_id: next(),
        situations: said.situations.iter().map(|situation| i32::from(*situation)).collect(),
        signs: Some(said.signs),
        child: Some(ReportedChildInput {
            child_id: said.child_id.map(str::to_owned),
            ..ReportedChildInput::default()
        }),
        village_code: said.village.map(str::to_owned),
        narrative: Some("邻居称连日未见大人".to_owned()),
        reporter: Some(ReporterInput {
            reporter_class: ReporterClass::School.into(),
            unit_id: Some(SCHOOL.to_owned()),
            name: Some("汤听雪".to_owned()),
            ..ReporterInput::default()
        }),
        ..SubmitReportRequest::default()
    };
    let mut reports = district.clients.reports(&people::teacher()).unwrap();
    let answer = reports.submit_report(request).await.unwrap().into_inner();
    let report_id = answer.receipt.unwrap().id;
    let id = incident_of(&district.clients, &report_id).await.unwrap();
    Scene::of(district, id, report_id, answer.receipt_code)
}

/// The same, with a place and no child on file.
async fn here<'a>(district: &'a District, situations: &[Situation]) -> Scene<'a> {
    reported(district, Said { situations, village: Some(VILLAGE), ..Said::default() }).await
}

impl<'a> Scene<'a> {
    fn of(district: &'a District, id: String, report_id: String, code: String) -> Self {
        let (clients, police) = (&district.clients, people::police());
        Self {
            district,
            id,
            report_id,
            code,
            police: clients.incidents(&police).unwrap(),
            inquiries: clients.inquiries(&police).unwrap(),
            registers: clients.registers(&police).unwrap(),
        }
    }

    /// Inquiries by somebody else.
    fn inquiries_of(&self, caller: &Principal) -> InquiryServiceClient<Authorised> {
        self.district.clients.inquiries(caller).unwrap()
    }

    async fn accept(&mut self) {
        let request = AcceptIncidentRequest {
            request_id: next(),
            incident_id: self.id.clone(),
            unit_id: POLICE.to_owned(),
            ..AcceptIncidentRequest::default()
        };
        self.police.accept_incident(request).await.unwrap();
    }

    /// Accepted, dispatched, on the scene.
    async fn arrive(&mut self) {
        self.accept().await;
        let go = DispatchUnitRequest {
            request_id: next(),
            incident_id: self.id.clone(),
            unit_id: POLICE.to_owned(),
            ..DispatchUnitRequest::default()
        };
        self.police.dispatch_unit(go).await.unwrap();
        let arrive = RecordArrivalRequest {
            request_id: next(),
            incident_id: self.id.clone(),
            unit_id: POLICE.to_owned(),
            ..RecordArrivalRequest::default()
        };
        self.police.record_arrival(arrive).await.unwrap();
    }

    /// Father and mother, alive and known.
    async fn parents(&mut self) -> [String; 2] {
        let mut ids = Vec::new();
        for relation in [Relation::Father, Relation::Mother] {
            let parent = RecordParentRequest {
                request_id: next(),
                incident_id: self.id.clone(),
                relation: relation.into(),
                status: ParentStatus::Known.into(),
                ..RecordParentRequest::default()
            };
            ids.push(self.police.record_parent(parent).await.unwrap().into_inner().person_id);
        }
        ids.try_into().unwrap()
    }

    /// Called in vain, or reached with an answer.
    async fn contact(&mut self, person_id: &str, answer: Option<ParentAnswer>) {
        let outcome = if answer.is_some() { ContactOutcome::Reached } else { ContactOutcome::Failed };
        let attempt = RecordContactAttemptRequest {
            request_id: next(),
            incident_id: self.id.clone(),
            person_id: person_id.to_owned(),
            outcome: outcome.into(),
            answer: answer.unwrap_or_default().into(),
            means: ContactMeans::Phone.into(),
            ..RecordContactAttemptRequest::default()
        };
        self.police.record_contact_attempt(attempt).await.unwrap();
    }

    async fn conclude(&mut self) -> Result<Receipt, Status> {
        let conclude = ConcludeIncidentRequest {
            request_id: next(),
            incident_id: self.id.clone(),
            summary: "办结".to_owned(),
            substantiation: Substantiation::Substantiated.into(),
            ..ConcludeIncidentRequest::default()
        };
        let concluded = self.police.conclude_incident(conclude).await?;
        Ok(concluded.into_inner().receipt.unwrap())
    }

    /// What is missing before police are done.
    async fn lacks(&mut self) -> Vec<String> {
        let incident = self.incident().await;
        let open = incident.dispositions.into_iter().filter(|disposition| !disposition.done);
        open.map(|disposition| format!("{} {}", disposition.rule, disposition.what)).collect()
    }

    async fn incident(&mut self) -> GetIncidentResponse {
        let request = GetIncidentRequest { incident_id: self.id.clone() };
        self.registers.get_incident(request).await.unwrap().into_inner()
    }

    /// What the reporter sees now.
    async fn receipt(&self) -> GetReceiptResponse {
        let mut reports = self.district.clients.reports(&people::teacher()).unwrap();
        let freshness = Some(Freshness::at_least(self.district.position().await));
        let request = GetReceiptRequest { receipt_code: self.code.clone(), freshness };
        reports.get_receipt(request).await.unwrap().into_inner()
    }

    /// Waits until a clock has ended so.
    async fn clock_is(&self, clock: &str, outcome: ClockOutcome) {
        let ended = |view: &kinward_contracts::r#type::v1::ClockState| {
            view.clock == clock && view.outcome() == outcome
        };
        self.until(|answer| answer.clocks.iter().any(ended)).await;
    }

    /// Waits until an event of this type stands in the incident's timeline.
    async fn event_is_written(&self, event: &str) {
        self.until(|answer| answer.timeline.iter().any(|entry| entry.event_type.ends_with(event))).await;
    }

    /// Asks the police's read model at one position after the other.
    async fn until(&self, holds: impl Fn(&departments::GetIncidentResponse) -> bool) {
        let mut police = self.district.clients.public_security(&people::police()).unwrap();
        let mut position = self.district.position().await;
        loop {
            let freshness = Some(Freshness::at_least(position));
            let request = departments::GetIncidentRequest { incident_id: self.id.clone(), freshness };
            let answer = police.get_incident(long(request)).await.unwrap().into_inner();
            if holds(&answer) {
                return;
            }
            position = answer.position + 1;
        }
    }
}

/// A request that waits as long as a call may.
fn long<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(std::time::Duration::from_secs(60));
    request
}

/// A refusal's rule and reason, as two words to compare with.
fn said(status: &Status) -> String {
    let (rule, reason) = refusal(status);
    format!("{rule} {reason}")
}
