//! How a step of police reaches its incident.

use super::POLICE;
use kinward_chassis::{Caller, Gate, Runtime, occurred_at, receipt, status_of_log, status_of_rejection};
use kinward_contracts::dispatch::v1::{CivilAffairsAsked, ConcludeIncidentRequest, incident_event::Event};
use kinward_contracts::r#type::v1::{ChildReference, Department, Receipt, Sealed};
use kinward_contracts::{CommandRequest, Validate};
use kinward_dispatch_domain::incident::{Command, Incident};
use kinward_dispatch_domain::rules::DSP_1;
use kinward_eventlog::{Call, Handler};
use kinward_eventsourcing::{Folded, Rejection};
use std::sync::Arc;
use tonic::{Request, Status};

#[derive(Clone)]
pub(crate) struct Incidents {
    gate: Gate,
    pub(super) incidents: Handler<Incident>,
}

/// The ids of what a step makes new, and whose data it carries.
pub(crate) struct New<'a> {
    call: &'a Call,
    folded: &'a Folded<Incident>,
}

impl New<'_> {
    /// Id of something new; the same on every retry.
    pub(crate) fn id(&self, noun: &str) -> String {
        self.call.command_id.new_id(noun)
    }

    /// What civil affairs must know of the incident.
    pub(crate) fn civil_affairs_asked(&self, placement_needed: bool) -> CivilAffairsAsked {
        let state = &self.folded.state;
        let child =
            ChildReference { child_id: state.child_id.clone(), person_id: state.child_person_id.clone() };
        CivilAffairsAsked { placement_needed, village_code: state.village_code.clone(), child: Some(child) }
    }

    /// Personal data of the child.
    pub(crate) fn of_child(&self, text: impl Into<String>) -> Sealed {
        Sealed::plain(&self.folded.state.child_person_id, text)
    }
}

impl Incidents {
    pub(crate) fn new(runtime: &Runtime, incidents: Handler<Incident>) -> Self {
        Self { gate: runtime.gate.clone(), incidents }
    }

    /// Records a fact; `event` makes it from the request.
    pub(crate) async fn step<M: CommandRequest + Validate>(
        &self,
        request: Request<M>,
        event: impl FnOnce(M, &New<'_>) -> Event + Send,
    ) -> Result<Option<Receipt>, Status> {
        self.step_by(&POLICE, request, event).await
    }

    /// The same, of others than police too: what their units may do, the rules say.
    pub(super) async fn step_by<M: CommandRequest + Validate>(
        &self,
        departments: &[Department],
        request: Request<M>,
        event: impl FnOnce(M, &New<'_>) -> Event + Send,
    ) -> Result<Option<Receipt>, Status> {
        let (call, folded) = self.let_in(&request, departments).await?;
        let request = request.into_inner();
        let (id, occurred_at) = (request.aggregate_id().to_owned(), occurred_at(&request));
        let event = event(request, &New { call: &call, folded: &folded });
        self.execute(&call, &id, &Command::Record { event, occurred_at }).await
    }

    /// Concludes the incident.
    pub(crate) async fn conclude(
        &self,
        request: Request<ConcludeIncidentRequest>,
    ) -> Result<Option<Receipt>, Status> {
        let (call, folded) = self.let_in(&request, &POLICE).await?;
        let request = request.into_inner();
        let summary = Sealed::plain(&folded.state.child_person_id, &request.summary);
        let (substantiation, occurred_at) = (request.substantiation(), occurred_at(&request));
        let command = Command::Conclude { summary, substantiation, occurred_at };
        self.execute(&call, &request.incident_id, &command).await
    }

    /// Police inside their area; others are let in by the units that the incident names.
    pub(super) async fn let_in<M: CommandRequest + Validate>(
        &self,
        request: &Request<M>,
        departments: &[Department],
    ) -> Result<(Call, Arc<Folded<Incident>>), Status> {
        let (call, principal) = self.gate.command(request, departments)?;
        let caller = Caller { principal, deadline: call.deadline };
        let folded = self.covered(&caller, request.get_ref().aggregate_id()).await?;
        Ok((call, folded))
    }

    /// Who calls, where a command touches more than one incident.
    pub(super) fn caller<M: Validate>(&self, request: &Request<M>) -> Result<Caller, Status> {
        self.gate.query(request, &POLICE)
    }

    /// An incident, inside the area of the police who ask. One without a place is everybody's.
    pub(super) async fn covered(&self, caller: &Caller, id: &str) -> Result<Arc<Folded<Incident>>, Status> {
        let folded = self.incidents.state(id).await.map_err(|error| status_of_log(&error))?;
        if let Some(village) = &folded.state.village_code
            && caller.principal.department() == Department::PublicSecurity
        {
            caller.must_cover(village)?;
        }
        Ok(folded)
    }

    /// The same, for who only asks: one that is not there is said to be not there.
    pub(super) async fn existing(&self, caller: &Caller, id: &str) -> Result<Arc<Folded<Incident>>, Status> {
        let folded = self.covered(caller, id).await?;
        if folded.exists() {
            Ok(folded)
        } else {
            let none = Rejection::not_found(DSP_1, "没有此警情", "there is no such incident");
            Err(status_of_rejection(&none))
        }
    }

    pub(super) async fn execute(
        &self,
        call: &Call,
        id: &str,
        command: &Command,
    ) -> Result<Option<Receipt>, Status> {
        let done = self.incidents.execute(call, id, command).await;
        done.map(receipt).map_err(|error| status_of_log(&error))
    }
}
