//! Children's files.

use super::facts::{Registration, registration};
use super::files::{Files, KEEPERS, must_cover};
use super::{malformed, outcome, reading};
use kinward_chassis::{Caller, Gate, Runtime, occurred_at, receipt, status_of_keyring, status_of_log};
use kinward_contracts::Validate as _;
use kinward_contracts::registry::v1::{
    GetChildRequest, GetChildResponse, ListOpenDutiesRequest, ListOpenDutiesResponse,
    RecordParentWhereaboutsRequest, RecordParentWhereaboutsResponse, RegisterChildRequest,
    RegisterChildResponse, RegisterChildrenRequest, RegisterChildrenResponse,
};
use kinward_contracts::r#type::v1::RowOutcome;
use kinward_contracts_grpc::registry::v1::child_service_server::ChildService;
use kinward_eventlog::{Call, Error, Handler, Live, Part, Receipt};
use kinward_registry_domain::child::{Command, open_duties};
use kinward_registry_domain::identity::{Claim, Identity};
use kinward_statute::{ReferenceIndex, day_of};
use std::collections::BTreeSet;
use std::sync::Arc;
use tonic::{Request, Response, Status};

pub(crate) struct Children {
    files: Files,
    identities: Handler<Identity>,
    reference: Live<ReferenceIndex>,
}

impl Children {
    pub(crate) fn new(runtime: &Runtime, files: Files) -> Self {
        Self { files, identities: runtime.handler(), reference: runtime.reference.clone() }
    }

    /// The parts of a registration: the claim first, so that its holder is what a refusal names.
    fn parts(
        &self,
        call: &Call,
        request: &RegisterChildRequest,
        new: Registration,
    ) -> Result<Vec<Part<'_>>, Error> {
        let mut parts = Vec::new();
        if let Some(number) = &new.identity_number {
            let index = self.files.gate.hashing().identity(number);
            let claim = Claim { child_id: new.child_id.clone() };
            parts.push(self.identities.new_row(call.clone(), &index, claim)?);
        }
        let register = Command::Register {
            registered: Box::new(new.registered),
            birth_date: new.birth_date,
            occurred_at: occurred_at(request),
        };
        parts.push(self.files.children.new_row(call.clone(), &new.child_id, register)?);
        Ok(parts)
    }

    async fn register(
        &self,
        call: &Call,
        request: &RegisterChildRequest,
        new: Registration,
    ) -> Result<Receipt, Error> {
        let parts = self.parts(call, request, new)?;
        let mut receipts = self.files.log.transact(call, &parts).await?;
        receipts.pop().ok_or(Error::Conflict(0))
    }

    fn checked(
        &self,
        call: &Call,
        request: &RegisterChildRequest,
    ) -> Result<Registration, Vec<kinward_contracts::Violation>> {
        let today = day_of(self.files.clock.now());
        registration(request, &call.command_id, today, self.files.gate.hashing())
    }
}

#[tonic::async_trait]
impl ChildService for Children {
    async fn register_child(
        &self,
        request: Request<RegisterChildRequest>,
    ) -> Result<Response<RegisterChildResponse>, Status> {
        let (call, principal) = self.files.gate.command(&request, &KEEPERS)?;
        let request = request.into_inner();
        let caller = Caller { principal, deadline: call.deadline };
        caller.must_cover(&village(&request))?;
        let new = self.checked(&call, &request).map_err(Gate::refuse)?;
        let parents = new.registered.parents.iter().map(|parent| parent.person_id.clone()).collect();
        let guardians = new.registered.guardians.iter().map(|guardian| guardian.person_id.clone()).collect();
        let child_id = new.child_id.clone();
        let done = self.register(&call, &request, new).await.map_err(|error| status_of_log(&error))?;
        let folded = self.files.children.state(&child_id).await.map_err(|error| status_of_log(&error))?;
        Ok(Response::new(RegisterChildResponse {
            receipt: receipt(done),
            parent_person_ids: parents,
            guardian_person_ids: guardians,
            status: folded.state.status,
        }))
    }

    /// Rows are stored together; rows that clash are stored one by one, so that each gets its own answer.
    async fn register_children(
        &self,
        request: Request<RegisterChildrenRequest>,
    ) -> Result<Response<RegisterChildrenResponse>, Status> {
        let (whole, principal) = self.files.gate.command(&request, &KEEPERS)?;
        let request = request.into_inner();
        let caller = Caller { principal: principal.clone(), deadline: whole.deadline };
        let mut rows: Vec<Option<RowOutcome>> = vec![None; request.rows.len()];
        let (mut together, mut places, mut numbers) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut alone = Vec::new();
        for (index, row) in request.rows.iter().enumerate() {
            let violations = row.violations();
            if !violations.is_empty() {
                rows[index] = Some(malformed(violations));
                continue;
            }
            caller.must_cover(&village(row))?;
            let call = self.files.gate.row(&whole, &principal, row);
            match self.checked(&call, row) {
                Err(violations) => rows[index] = Some(malformed(violations)),
                Ok(new)
                    if new.identity_number.as_ref().is_some_and(|number| !numbers.insert(number.clone())) =>
                {
                    alone.push(index);
                }
                Ok(new) => {
                    let parts = self.parts(&call, row, new).map_err(|error| status_of_log(&error))?;
                    places.push((index, parts.len()));
                    together.extend(parts);
                }
            }
        }
        match self.files.log.transact(&whole, &together).await {
            Ok(receipts) => {
                let mut receipts = receipts.into_iter();
                for (index, count) in places {
                    rows[index] = receipts.nth(count - 1).map(|done| outcome(Ok(done)));
                }
            }
            Err(Error::Rejected(_) | Error::Conflict(_) | Error::RequestIdReused) => {
                alone.extend(places.into_iter().map(|(index, _)| index));
                alone.sort_unstable();
            }
            Err(error) => return Err(status_of_log(&error)),
        }
        for index in alone {
            let row = &request.rows[index];
            let call = self.files.gate.row(&whole, &principal, row);
            rows[index] = Some(match self.checked(&call, row) {
                Err(violations) => malformed(violations),
                Ok(new) => outcome(self.register(&call, row, new).await),
            });
        }
        Ok(Response::new(RegisterChildrenResponse {
            rows: rows.into_iter().map(Option::unwrap_or_default).collect(),
        }))
    }

    async fn record_parent_whereabouts(
        &self,
        request: Request<RecordParentWhereaboutsRequest>,
    ) -> Result<Response<RecordParentWhereaboutsResponse>, Status> {
        let (call, principal) = self.files.gate.command(&request, &KEEPERS)?;
        let request = request.into_inner();
        let folded = self.files.file(&request.child_id).await?;
        Caller { principal, deadline: call.deadline }.must_cover(&folded.state.village_code)?;
        let birth_date = self.files.birth_date(&folded.state).await?;
        let command = Command::RecordParent {
            person_id: request.person_id.clone(),
            facts: request.facts.clone().unwrap_or_default(),
            birth_date,
            occurred_at: occurred_at(&request),
        };
        let done = self.files.children.execute(&call, &request.child_id, &command).await;
        let done = done.map_err(|error| status_of_log(&error))?;
        let folded = self.files.file(&request.child_id).await?;
        Ok(Response::new(RecordParentWhereaboutsResponse {
            receipt: receipt(done),
            status: folded.state.status,
        }))
    }

    async fn get_child(
        &self,
        request: Request<GetChildRequest>,
    ) -> Result<Response<GetChildResponse>, Status> {
        let caller = self.files.gate.query(&request, &KEEPERS)?;
        let child_id = request.into_inner().child_id;
        let folded = self.files.file(&child_id).await?;
        must_cover(&caller, &folded.state)?;
        let file = reading::file(&child_id, &folded.state, &self.files.opener).await;
        let file = file.map_err(|error| status_of_keyring(&error))?;
        Ok(Response::new(GetChildResponse {
            file: Some(file),
            revision: folded.revision.0,
            position: folded.position.0,
        }))
    }

    async fn list_open_duties(
        &self,
        request: Request<ListOpenDutiesRequest>,
    ) -> Result<Response<ListOpenDutiesResponse>, Status> {
        let caller = self.files.gate.query(&request, &KEEPERS)?;
        let folded = self.files.file(&request.into_inner().child_id).await?;
        must_cover(&caller, &folded.state)?;
        let (reference, _) = self.reference.read(|index| Arc::clone(&index.0));
        let duties = open_duties(&folded.state, &reference, self.files.clock.now());
        let duties = duties.into_iter().map(reading::duty).collect();
        Ok(Response::new(ListOpenDutiesResponse { duties, position: folded.position.0 }))
    }
}

fn village(request: &RegisterChildRequest) -> String {
    request.household.as_ref().map(|home| home.village_code.clone()).unwrap_or_default()
}
