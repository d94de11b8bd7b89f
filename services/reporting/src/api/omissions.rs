//! Cases of failure to report.

use chrono::{DateTime, Utc};
use kinward_chassis::{ANYBODY, Gate, Runtime, occurred_at, receipt_of, status_of_log};
use kinward_contracts::reporting::v1::{
    DecideOmissionCaseRequest, DecideOmissionCaseResponse, ListOmissionCasesRequest,
    ListOmissionCasesResponse, OmissionCase, OmissionCaseDecided, OmissionCaseOpened,
    OpenOmissionCaseRequest, OpenOmissionCaseResponse,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{ChildReference, Department, Sealed};
use kinward_contracts_grpc::reporting::v1::omission_service_server::OmissionService;
use kinward_eventlog::{Handler, Live};
use kinward_eventsourcing::Clock;
use kinward_reporting_domain::indexes::{OmissionEntry, Omissions as Index};
use kinward_reporting_domain::omission::{Command, Omission};
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// Who finds it out.
const OPENERS: [Department; 3] = [Department::PublicSecurity, Department::Township, Department::CivilAffairs];
/// Who sees every case of its area, whoever decides it.
const OVERSEERS: [Department; 2] = [Department::CivilAffairs, Department::DistrictLeadership];

pub(crate) struct Omissions {
    gate: Gate,
    clock: Arc<dyn Clock>,
    omissions: Handler<Omission>,
    index: Live<Index>,
}

impl Omissions {
    pub(crate) fn new(runtime: &Runtime, omissions: Handler<Omission>, index: Live<Index>) -> Self {
        Self { gate: runtime.gate.clone(), clock: Arc::clone(&runtime.clock), omissions, index }
    }
}

#[tonic::async_trait]
impl OmissionService for Omissions {
    async fn open_omission_case(
        &self,
        request: Request<OpenOmissionCaseRequest>,
    ) -> Result<Response<OpenOmissionCaseResponse>, Status> {
        let (call, principal) = self.gate.command(&request, &OPENERS)?;
        let request = request.into_inner();
        principal.must_cover(request.village_code.as_deref().unwrap_or_default())?;
        let id = call.command_id.new_id("omission");
        let staff_person_id = request.staff_name.is_some().then(|| call.command_id.new_id("staff"));
        let about = request.child_id.clone().unwrap_or_else(|| call.command_id.new_id("child"));
        let opened = OmissionCaseOpened {
            reporter_class: request.reporter_class,
            unit_id: request.unit_id,
            staff_name: staff_person_id
                .as_ref()
                .zip(request.staff_name)
                .map(|(id, name)| Sealed::plain(id, name)),
            staff_person_id,
            knew_at: request.knew_at,
            situations: request.situations,
            incident_id: request.incident_id,
            assessment_id: request.assessment_id,
            child: request
                .child_id
                .map(|child_id| ChildReference { person_id: child_id.clone(), child_id: Some(child_id) }),
            village_code: request.village_code,
            findings: Some(Sealed::plain(&about, request.findings)),
            ..OmissionCaseOpened::default()
        };
        let done = self.omissions.create(&call, &id, &Command::Open(Box::new(opened))).await;
        let receipt = receipt_of(done)?;
        let folded = self.omissions.state(&id).await.map_err(status_of_log)?;
        let superior_unit_id = folded.state.superiors.first().cloned().unwrap_or_default();
        Ok(Response::new(OpenOmissionCaseResponse { receipt, superior_unit_id }))
    }

    /// Which unit is the superior, the rules say.
    async fn decide_omission_case(
        &self,
        request: Request<DecideOmissionCaseRequest>,
    ) -> Result<Response<DecideOmissionCaseResponse>, Status> {
        let (call, _) = self.gate.command(&request, &ANYBODY)?;
        let request = request.into_inner();
        let folded = self.omissions.state(&request.omission_case_id).await.map_err(status_of_log)?;
        let occurred_at = occurred_at(&request);
        let decided = OmissionCaseDecided {
            outcome: request.outcome,
            unit_id: String::new(),
            reason: Some(Sealed::plain(&folded.state.subject_person_id, request.reason)),
        };
        let command = Command::Decide { decided, occurred_at };
        let done = self.omissions.execute(&call, &request.omission_case_id, &command).await;
        let receipt = receipt_of(done)?;
        Ok(Response::new(DecideOmissionCaseResponse { receipt }))
    }

    async fn list_omission_cases(
        &self,
        request: Request<ListOmissionCasesRequest>,
    ) -> Result<Response<ListOmissionCasesResponse>, Status> {
        let caller = self.gate.query(&request, &ANYBODY)?;
        let request = request.into_inner();
        let page = self.gate.page(&caller, &request)?;
        caller.fresh(&self.index, request.freshness).await?;
        let now = self.clock.now();
        let principal = &caller.principal;
        let oversees = OVERSEERS.contains(&principal.department()) && !principal.area.is_empty();
        let area = oversees.then_some(principal.area.as_str());
        let ((cases, next_page_token), position) = self.index.read(|index| {
            let mine = index.of(&principal.unit, area).into_iter();
            let shown = mine.filter(|(_, entry)| request.decided_too || entry.outcome == 0);
            page.of(shown.map(|(id, entry)| case(id, entry, now)))
        });
        Ok(Response::new(ListOmissionCasesResponse { cases, next_page_token, position: position.0 }))
    }
}

fn case(id: &str, entry: &OmissionEntry, now: DateTime<Utc>) -> OmissionCase {
    OmissionCase {
        omission_case_id: id.to_owned(),
        reporter_class: entry.class,
        unit_id: entry.unit_id.clone(),
        knew_at: entry.knew_at.map(timestamp),
        incident_id: entry.incident_id.clone(),
        assessment_id: entry.assessment_id.clone(),
        superior_unit_id: entry.superiors.last().cloned().unwrap_or_default(),
        level: u32::try_from(entry.superiors.len().saturating_sub(1)).unwrap_or(u32::MAX),
        outcome: entry.outcome,
        opened_at: Some(timestamp(entry.opened_at)),
        due_at: entry.due_at().map(timestamp),
        overdue: entry.is_overdue(now),
        position: entry.position,
    }
}
