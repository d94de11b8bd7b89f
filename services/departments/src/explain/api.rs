//! Queries.

use super::Involvements;
use crate::rules::BEY_2;
use kinward_assessment_domain::assessment::{self, Assessment};
use kinward_assessment_domain::relief::{self, Relief};
use kinward_chassis::{Caller, Gate, Runtime, status_of_log, status_of_rejection};
use kinward_contracts::departments::v1::{
    ExplainCaseRequest, ExplainCaseResponse, ExplainChildRequest, ExplainChildResponse, GroundEvent,
    GuardianGrounds,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{self, Department};
use kinward_contracts_grpc::departments::v1::explain_service_server::ExplainService;
use kinward_custody_domain::case::{self, Case, grounds};
use kinward_custody_domain::order::{self, Order};
use kinward_custody_domain::temporary::{self, Temporary};
use kinward_dispatch_domain::incident::{self, Incident};
use kinward_eventlog::{Live, Log};
use kinward_eventsourcing::{Clock, Decider, Folded, Position, Recorded, Rejection};
use kinward_registry_domain::child::{Child, open_duties};
use kinward_statute::{Duty, ReferenceIndex, day_of};
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// Who leads, who assesses, who is sent (三（二）, 三（三）): each in its own area.
const MAY: [Department; 3] = [Department::CivilAffairs, Department::Township, Department::PublicSecurity];

/// The service.
pub struct Api {
    gate: Gate,
    log: Log,
    clock: Arc<dyn Clock>,
    reference: Live<ReferenceIndex>,
    involvements: Live<Involvements>,
}

impl Api {
    /// On the log.
    pub async fn new(runtime: &Runtime) -> Self {
        Self {
            gate: runtime.gate.clone(),
            log: runtime.log.clone(),
            clock: Arc::clone(&runtime.clock),
            reference: runtime.reference.clone(),
            involvements: runtime.index().await,
        }
    }

    async fn folded<D: Decider>(&self, id: &str) -> Result<Folded<D>, Status> {
        self.log.folded(id).await.map_err(status_of_log)
    }

    /// The states of one kind of aggregate that a child is involved in, with their ids.
    async fn states<D: Decider>(&self, child_id: &str) -> Result<Vec<(String, D::State)>, Status> {
        let (ids, _) = self.involvements.read(|index| index.of::<D::Event>(child_id));
        let mut states = Vec::with_capacity(ids.len());
        for id in ids {
            let folded = self.folded::<D>(&id).await?;
            states.push((id, folded.state));
        }
        Ok(states)
    }

    /// Everything that is open beside the file.
    async fn involved(&self, caller: &Caller, child_id: &str) -> Result<Vec<v1::Duty>, Status> {
        let now = self.clock.now();
        let mut open = Vec::new();
        for (id, state) in self.states::<Incident>(child_id).await? {
            // somebody else may have been identified since
            if state.child_id.as_deref() == Some(child_id) {
                open.extend(Duty::of::<Incident>(&id, incident::duties(&state), now));
            }
        }
        for (id, state) in self.states::<Assessment>(child_id).await? {
            open.extend(Duty::of::<Assessment>(&id, assessment::duties(&state), now));
        }
        for (id, state) in self.states::<Relief>(child_id).await? {
            let who = &caller.principal;
            if relief::may_read(&state, who.department(), &who.unit, &who.area) {
                open.extend(Duty::of::<Relief>(&id, relief::duties(&state), now));
            }
        }
        for (id, state) in self.states::<Case>(child_id).await? {
            open.extend(Duty::of::<Case>(&id, case::duties(&state), now));
        }
        for (id, state) in self.states::<Order>(child_id).await? {
            open.extend(Duty::of::<Order>(&id, order::duties(&state), now));
        }
        for (id, state) in self.states::<Temporary>(child_id).await? {
            open.extend(Duty::of::<Temporary>(&id, temporary::duties(&state), now));
        }
        Ok(open)
    }

    /// Up to where an answer that is read now holds everything.
    fn position(&self) -> Position {
        self.involvements.position().min(self.reference.position())
    }
}

/// The earliest due first; without a clock, the oldest first after them.
fn in_order(mut duties: Vec<v1::Duty>) -> Vec<v1::Duty> {
    let moment = |at: Option<prost_types::Timestamp>| at.map(|at| (at.seconds, at.nanos));
    duties.sort_by_key(|duty| (duty.due_at.is_none(), moment(duty.due_at), moment(duty.since)));
    duties
}

#[tonic::async_trait]
impl ExplainService for Api {
    async fn explain_child(
        &self,
        request: Request<ExplainChildRequest>,
    ) -> Result<Response<ExplainChildResponse>, Status> {
        let caller = self.gate.query(&request, &MAY)?;
        let ExplainChildRequest { child_id, freshness } = request.into_inner();
        caller.fresh(&self.involvements, freshness).await?;
        caller.fresh(&self.reference, freshness).await?;
        let position = self.position();
        let file = self.folded::<Child>(&child_id).await?.state;
        if !file.registered {
            return Err(not_there());
        }
        caller.principal.must_cover(&file.village_code)?;
        let (reference, _) = self.reference.read(|index| Arc::clone(&index.0));
        let now = self.clock.now();
        let mut duties = Duty::of::<Child>(&child_id, open_duties(&file, &reference, now), now);
        duties.extend(self.involved(&caller, &child_id).await?);
        Ok(Response::new(ExplainChildResponse {
            status: file.status,
            status_reason: file.status_reason,
            status_since_on: file.status_since.map(|day| day.to_string()).unwrap_or_default(),
            duplicate_of_child_id: file.duplicate_of.clone(),
            duties: in_order(duties),
            position: position.0,
        }))
    }

    async fn explain_case(
        &self,
        request: Request<ExplainCaseRequest>,
    ) -> Result<Response<ExplainCaseResponse>, Status> {
        let caller = self.gate.query(&request, &MAY)?;
        let ExplainCaseRequest { case_id, freshness } = request.into_inner();
        caller.fresh(&self.involvements, freshness).await?;
        let position = self.involvements.position();
        let case = self.folded::<Case>(&case_id).await?.state;
        if !case.opened {
            return Err(not_there());
        }
        // without a village it is the district's
        caller.principal.must_cover(case.village_code.as_deref().unwrap_or_default())?;
        let subject = Folded::<Case>::subject(&case_id).map_err(|_| not_there())?;
        let history = self.log.history(&subject).await.map_err(status_of_log)?;
        let now = self.clock.now();
        let today = day_of(now);
        let guardians = case.guardians.iter().map(|(guardian, record)| {
            let assessed = grounds::assess(record, today);
            let events: Vec<&String> = assessed.iter().flat_map(|ground| &ground.event_ids).collect();
            GuardianGrounds {
                guardian_person_id: guardian.clone(),
                may_petition: case::may_petition(&case, guardian, today),
                events: history
                    .iter()
                    .filter(|event| events.contains(&&event.event().event_id))
                    .map(named)
                    .collect(),
                grounds: assessed.into_iter().map(grounds::Assessed::message).collect(),
            }
        });
        Ok(Response::new(ExplainCaseResponse {
            child_id: case.child_id.clone().unwrap_or_default(),
            guardians: guardians.collect(),
            duties: Duty::of::<Case>(&case_id, case::duties(&case), now),
            position: position.0,
        }))
    }
}

fn named(event: &Recorded) -> GroundEvent {
    let actor = event.commit.actor.clone().unwrap_or_default();
    GroundEvent {
        event_id: event.event().event_id.clone(),
        event_type: event.event_type().to_owned(),
        occurred_at: Some(timestamp(event.occurred_at())),
        department: actor.department,
        unit_id: actor.unit_id,
    }
}

fn not_there() -> Status {
    status_of_rejection(&Rejection::not_found(BEY_2, "没有此记录", "there is nothing with this id"))
}
