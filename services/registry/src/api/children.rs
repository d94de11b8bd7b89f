//! Children's files.

use super::facts::{Registration, registration};
use super::{malformed, outcome};
use kinward_chassis::{Caller, Gate, Runtime, occurred_at, receipt, status_of_keyring, status_of_log};
use kinward_contracts::Validate as _;
use kinward_contracts::registry::v1::{
    RecordParentWhereaboutsRequest, RecordParentWhereaboutsResponse, RegisterChildRequest,
    RegisterChildResponse, RegisterChildrenRequest, RegisterChildrenResponse,
};
use kinward_contracts::r#type::v1::{Department, RowOutcome};
use kinward_contracts_grpc::registry::v1::child_service_server::ChildService;
use kinward_eventlog::{Call, Error, Handler, Log, Part, Receipt};
use kinward_eventsourcing::{Clock, Rejection};
use kinward_privacy::Opener;
use kinward_registry_domain::child::{Child, Command};
use kinward_registry_domain::identity::{Claim, Identity};
use kinward_registry_domain::rules::TWN_1;
use kinward_statute::day_of;
use std::collections::BTreeSet;
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// Who keeps files: villages, townships, civil affairs.
const KEEPERS: [Department; 3] = [Department::Village, Department::Township, Department::CivilAffairs];

pub(crate) struct Children {
    gate: Gate,
    log: Log,
    clock: Arc<dyn Clock>,
    opener: Opener,
    children: Handler<Child>,
    identities: Handler<Identity>,
}

impl Children {
    pub(crate) fn new(runtime: &Runtime, children: Handler<Child>) -> Self {
        Self {
            gate: runtime.gate.clone(),
            log: runtime.log.clone(),
            clock: Arc::clone(&runtime.clock),
            opener: runtime.opener.clone(),
            children,
            identities: runtime.handler(),
        }
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
            let index = self.gate.hashing().identity(number);
            let claim = Claim { child_id: new.child_id.clone() };
            parts.push(self.identities.new_row(call.clone(), &index, claim)?);
        }
        let register = Command::Register {
            registered: Box::new(new.registered),
            birth_date: new.birth_date,
            occurred_at: occurred_at(request),
        };
        parts.push(self.children.new_row(call.clone(), &new.child_id, register)?);
        Ok(parts)
    }

    async fn register(
        &self,
        call: &Call,
        request: &RegisterChildRequest,
        new: Registration,
    ) -> Result<Receipt, Error> {
        let parts = self.parts(call, request, new)?;
        let mut receipts = self.log.transact(call, &parts).await?;
        receipts.pop().ok_or(Error::Conflict(0))
    }

    fn checked(
        &self,
        call: &Call,
        request: &RegisterChildRequest,
    ) -> Result<Registration, Vec<kinward_contracts::Violation>> {
        registration(request, &call.command_id, day_of(self.clock.now()))
    }
}

#[tonic::async_trait]
impl ChildService for Children {
    async fn register_child(
        &self,
        request: Request<RegisterChildRequest>,
    ) -> Result<Response<RegisterChildResponse>, Status> {
        let (call, principal) = self.gate.command(&request, &KEEPERS)?;
        let request = request.into_inner();
        let caller = Caller { principal, deadline: call.deadline };
        caller.must_cover(&village(&request))?;
        let new = self.checked(&call, &request).map_err(Gate::refuse)?;
        let parents = new.registered.parents.iter().map(|parent| parent.person_id.clone()).collect();
        let guardians = new.registered.guardians.iter().map(|guardian| guardian.person_id.clone()).collect();
        let child_id = new.child_id.clone();
        let done = self.register(&call, &request, new).await.map_err(|error| status_of_log(&error))?;
        let folded = self.children.state(&child_id).await.map_err(|error| status_of_log(&error))?;
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
        let (whole, principal) = self.gate.command(&request, &KEEPERS)?;
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
            let call = self.gate.row(&whole, &principal, row);
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
        match self.log.transact(&whole, &together).await {
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
            let call = self.gate.row(&whole, &principal, row);
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
        let (call, principal) = self.gate.command(&request, &KEEPERS)?;
        let request = request.into_inner();
        let folded = self.children.state(&request.child_id).await.map_err(|error| status_of_log(&error))?;
        let Some(sealed) = &folded.state.birth_date else {
            let none = Rejection::not_found(TWN_1, "没有此档案", "there is no such file");
            return Err(kinward_chassis::status_of_rejection(&none));
        };
        Caller { principal, deadline: call.deadline }.must_cover(&folded.state.village_code)?;
        let text = self.opener.text(Some(sealed)).await.map_err(|error| status_of_keyring(&error))?;
        let Ok(birth_date) = text.parse() else {
            let erased =
                Rejection::wrong_state(TWN_1, "档案的个人信息已删除", "the file's personal data is erased");
            return Err(kinward_chassis::status_of_rejection(&erased));
        };
        let command = Command::RecordParent {
            person_id: request.person_id.clone(),
            facts: request.facts.clone().unwrap_or_default(),
            birth_date,
            occurred_at: occurred_at(&request),
        };
        let done = self
            .children
            .execute(&call, &request.child_id, &command)
            .await
            .map_err(|error| status_of_log(&error))?;
        let folded = self.children.state(&request.child_id).await.map_err(|error| status_of_log(&error))?;
        Ok(Response::new(RecordParentWhereaboutsResponse {
            receipt: receipt(done),
            status: folded.state.status,
        }))
    }
}

fn village(request: &RegisterChildRequest) -> String {
    request.household.as_ref().map(|home| home.village_code.clone()).unwrap_or_default()
}
