//! Children's files.

use super::facts::{Registration, registration};
use super::files::{Files, KEEPERS, must_cover};
use super::{malformed, out_of_area, outcome, reading};
use futures::StreamExt as _;
use kinward_chassis::{
    Gate, Principal, Runtime, deadline_exceeded, occurred_at, receipt, status_of_keyring, status_of_log,
};
use kinward_contracts::Validate as _;
use kinward_contracts::registry::v1::{
    GetChildRequest, GetChildResponse, ListOpenDutiesRequest, ListOpenDutiesResponse,
    RecordParentWhereaboutsRequest, RecordParentWhereaboutsResponse, RegisterChildRequest,
    RegisterChildResponse, RegisterChildrenRequest, RegisterChildrenResponse,
};
use kinward_contracts::r#type::v1::RowOutcome;
use kinward_contracts_grpc::registry::v1::child_service_server::ChildService;
use kinward_eventlog::{Call, Error, Handler, Live, Part, Receipt};
use kinward_privacy::PoolSealer;
use kinward_registry_domain::child::{Child, Command, open_duties};
use kinward_registry_domain::identity::{Claim, Identity};
use kinward_statute::{Duty, ReferenceIndex, day_of};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::Mutex;
use tonic::{Request, Response, Status};

/// Decisions on a row that is stored with others, each with new keys: a conflict decides again, at most so often.
const DECISIONS: usize = 3;
/// Rows looked at side by side.
const IN_PARALLEL: usize = 32;

pub(crate) struct Children {
    files: Files,
    identities: Handler<Identity>,
    reference: Live<ReferenceIndex>,
    sealer: Arc<PoolSealer>,
    /// Whose turn it is to store many files.
    turn: Mutex<()>,
}

impl Children {
    pub(crate) fn new(runtime: &Runtime, files: Files) -> Self {
        Self {
            files,
            identities: runtime.handler(),
            reference: runtime.reference.clone(),
            sealer: runtime.sealer(),
            turn: Mutex::new(()),
        }
    }

    /// The parts of a registration: the claim first, so that its holder is what a refusal names.
    fn parts(
        &self,
        call: &Call,
        request: &RegisterChildRequest,
        new: Registration,
        likely_new: bool,
    ) -> Result<Vec<Part<'_>>, Error> {
        let mut parts = Vec::new();
        if let Some((index, claim)) = self.claim(&new) {
            parts.push(if likely_new {
                self.identities.new_row(call.clone(), &index, claim)?
            } else {
                self.identities.row(call.clone(), &index, claim)?
            });
        }
        let (child_id, register) = registering(request, new);
        parts.push(if likely_new {
            self.files.desk.handler.new_row(call.clone(), &child_id, register)?
        } else {
            self.files.desk.handler.row(call.clone(), &child_id, register)?
        });
        Ok(parts)
    }

    /// Whether a file is not there yet. The first of many tells for all: a repeated import looks before it decides, and a
    /// new one does not.
    async fn is_new(&self, new: &Registration) -> Result<bool, Status> {
        let folded = self.files.desk.handler.state(&new.child_id).await;
        folded.map(|file| !file.exists()).map_err(status_of_log)
    }

    /// The claim on an identity, and where it stands.
    fn claim(&self, new: &Registration) -> Option<(String, Claim)> {
        let number = new.identity_number.as_ref()?;
        let claim = Claim { child_id: new.child_id.clone() };
        Some((self.files.desk.gate.hashing().identity(number), claim))
    }

    async fn register(
        &self,
        call: &Call,
        request: &RegisterChildRequest,
        new: Registration,
        likely_new: bool,
    ) -> Result<Receipt, Error> {
        let parts = self.parts(call, request, new, likely_new)?;
        let mut receipts = self.files.desk.log.transact(call, &parts).await?;
        receipts.pop().ok_or(Error::Conflict(0))
    }

    fn checked(
        &self,
        call: &Call,
        request: &RegisterChildRequest,
    ) -> Result<Registration, Vec<kinward_contracts::Violation>> {
        let today = day_of(self.files.desk.clock.now());
        registration(request, &call.command_id, today, self.files.desk.gate.hashing())
    }

    /// A row of many, as a command of its own.
    fn row(
        &self,
        whole: &Call,
        principal: &Principal,
        row: &RegisterChildRequest,
    ) -> Result<(Call, Registration), RowOutcome> {
        let violations = row.violations();
        if !violations.is_empty() {
            return Err(malformed(violations));
        }
        principal.must_cover(&village(row)).map_err(|_| out_of_area(principal))?;
        let call = self.files.desk.gate.row(whole, principal, row);
        let new = self.checked(&call, row).map_err(malformed)?;
        Ok((call, new))
    }

    /// What the rules say to each row; nothing is written.
    async fn considered(
        &self,
        whole: &Call,
        principal: &Principal,
        rows: &[RegisterChildRequest],
    ) -> Vec<RowOutcome> {
        let mut considering = Vec::with_capacity(rows.len());
        for row in rows {
            considering.push(async move {
                match self.row(whole, principal, row) {
                    Ok((call, new)) => outcome(self.consider(&call, row, new).await),
                    Err(refused) => refused,
                }
            });
        }
        futures::stream::iter(considering).buffered(IN_PARALLEL).collect().await
    }

    async fn consider(
        &self,
        call: &Call,
        row: &RegisterChildRequest,
        new: Registration,
    ) -> Result<Receipt, Error> {
        if let Some((index, claim)) = self.claim(&new) {
            self.identities.consider(call, &index, &claim).await?;
        }
        let (child_id, register) = registering(row, new);
        self.files.desk.handler.consider(call, &child_id, &register).await
    }

    /// Slice by slice, each when the keys for it are at hand: bulk waits, and leaves keys to who cannot. One bulk at a
    /// time, so that none counts on the keys of another.
    async fn registered(
        &self,
        whole: &Call,
        principal: &Principal,
        rows: &[RegisterChildRequest],
    ) -> Result<Vec<RowOutcome>, Status> {
        let most = self.sealer.most_at_once() / DECISIONS;
        let mut outcomes = Vec::with_capacity(rows.len());
        let mut rest = rows;
        while !rest.is_empty() {
            let mut persons = 0;
            let fits = rest.iter().take_while(|row| {
                persons += persons_of(row);
                persons <= most
            });
            let (slice, after) = rest.split_at(fits.count().max(1));
            let turn = tokio::time::timeout_at(whole.deadline, self.turn.lock()).await;
            let _turn = turn.map_err(|_| deadline_exceeded())?;
            outcomes.extend(self.together(whole, principal, slice).await?);
            rest = after;
        }
        Ok(outcomes)
    }

    /// Waits until every decision on these rows finds its keys.
    async fn keys_for(&self, whole: &Call, rows: &[RegisterChildRequest]) -> Result<(), Status> {
        let persons: usize = rows.iter().map(persons_of).sum();
        let keys = self.sealer.at_hand(persons * DECISIONS);
        tokio::time::timeout_at(whole.deadline, keys).await.map_err(|_| deadline_exceeded())
    }

    async fn together(
        &self,
        whole: &Call,
        principal: &Principal,
        rows: &[RegisterChildRequest],
    ) -> Result<Vec<RowOutcome>, Status> {
        self.keys_for(whole, rows).await?;
        let mut outcomes: Vec<Option<RowOutcome>> = vec![None; rows.len()];
        let (mut together, mut places, mut numbers) = (Vec::new(), Vec::new(), BTreeSet::new());
        let (mut alone, mut likely_new) = (Vec::new(), None);
        for (index, row) in rows.iter().enumerate() {
            match self.row(whole, principal, row) {
                Err(refused) => outcomes[index] = Some(refused),
                Ok((_, new))
                    if new.identity_number.as_ref().is_some_and(|number| !numbers.insert(number.clone())) =>
                {
                    alone.push(index);
                }
                Ok((call, new)) => {
                    let likely_new = match likely_new {
                        Some(known) => known,
                        None => *likely_new.insert(self.is_new(&new).await?),
                    };
                    let parts = self.parts(&call, row, new, likely_new);
                    let parts = parts.map_err(status_of_log)?;
                    places.push((index, parts.len()));
                    together.extend(parts);
                }
            }
        }
        match self.files.desk.log.transact(whole, &together).await {
            Ok(receipts) => {
                let mut receipts = receipts.into_iter();
                for (index, count) in places {
                    outcomes[index] = receipts.nth(count - 1).map(|done| outcome(Ok(done)));
                }
            }
            Err(Error::Rejected(_) | Error::Conflict(_) | Error::RequestIdReused) => {
                alone.extend(places.into_iter().map(|(index, _)| index));
                alone.sort_unstable();
            }
            Err(error) => return Err(status_of_log(error)),
        }
        for index in alone {
            let row = &rows[index];
            outcomes[index] = Some(match self.row(whole, principal, row) {
                Err(refused) => refused,
                Ok((call, new)) => {
                    self.keys_for(whole, std::slice::from_ref(row)).await?;
                    outcome(self.register(&call, row, new, false).await)
                }
            });
        }
        Ok(outcomes.into_iter().map(Option::unwrap_or_default).collect())
    }
}

#[tonic::async_trait]
impl ChildService for Children {
    async fn register_child(
        &self,
        request: Request<RegisterChildRequest>,
    ) -> Result<Response<RegisterChildResponse>, Status> {
        let (call, principal) = self.files.desk.gate.command(&request, &KEEPERS)?;
        let request = request.into_inner();
        principal.must_cover(&village(&request))?;
        let new = self.checked(&call, &request).map_err(Gate::refuse)?;
        let parents = new.registered.parents.iter().map(|parent| parent.person_id.clone()).collect();
        let guardians = new.registered.guardians.iter().map(|guardian| guardian.person_id.clone()).collect();
        let child_id = new.child_id.clone();
        let done = self.register(&call, &request, new, true).await.map_err(status_of_log)?;
        let folded = self.files.desk.handler.state(&child_id).await.map_err(status_of_log)?;
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
        let (whole, principal) = self.files.desk.gate.command(&request, &KEEPERS)?;
        let request = request.into_inner();
        let rows = if request.validate_only {
            self.considered(&whole, &principal, &request.rows).await
        } else {
            self.registered(&whole, &principal, &request.rows).await?
        };
        Ok(Response::new(RegisterChildrenResponse { rows }))
    }

    async fn record_parent_whereabouts(
        &self,
        request: Request<RecordParentWhereaboutsRequest>,
    ) -> Result<Response<RecordParentWhereaboutsResponse>, Status> {
        let (call, principal) = self.files.desk.gate.command(&request, &KEEPERS)?;
        let request = request.into_inner();
        let folded = self.files.file(&request.child_id).await?;
        principal.must_cover(&folded.state.village_code)?;
        let birth_date = self.files.birth_date(&folded.state).await?;
        let command = Command::RecordParent {
            person_id: request.person_id.clone(),
            facts: request.facts.clone().unwrap_or_default(),
            birth_date,
            occurred_at: occurred_at(&request),
        };
        let done = self.files.desk.handler.execute(&call, &request.child_id, &command).await;
        let done = done.map_err(status_of_log)?;
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
        let caller = self.files.desk.gate.query(&request, &KEEPERS)?;
        let child_id = request.into_inner().child_id;
        let folded = self.files.file(&child_id).await?;
        must_cover(&caller, &folded.state)?;
        let file = reading::file(&child_id, &folded.state, &self.files.desk.opener).await;
        let file = file.map_err(status_of_keyring)?;
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
        let caller = self.files.desk.gate.query(&request, &KEEPERS)?;
        let child_id = request.into_inner().child_id;
        let folded = self.files.file(&child_id).await?;
        must_cover(&caller, &folded.state)?;
        let (reference, _) = self.reference.read(|index| Arc::clone(&index.0));
        let now = self.files.desk.clock.now();
        let duties = Duty::of::<Child>(&child_id, open_duties(&folded.state, &reference, now), now);
        Ok(Response::new(ListOpenDutiesResponse { duties, position: folded.position.0 }))
    }
}

/// Persons whose data a row holds: a key for each.
fn persons_of(row: &RegisterChildRequest) -> usize {
    1 + row.parents.len() + row.guardians.len()
}

/// The command that makes a file, and the file's id.
fn registering(request: &RegisterChildRequest, new: Registration) -> (String, Command) {
    let register = Command::Register {
        registered: Box::new(new.registered),
        birth_date: new.birth_date,
        occurred_at: occurred_at(request),
    };
    (new.child_id, register)
}

fn village(request: &RegisterChildRequest) -> String {
    request.household.as_ref().map(|home| home.village_code.clone()).unwrap_or_default()
}
