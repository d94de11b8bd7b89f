//! The gate every call passes: who calls, whether the request is well formed, whether the caller may.

use crate::identity::Principal;
use crate::status;
use chrono::{DateTime, Utc};
use kinward_contracts::r#type::v1::freshness::Requirement;
use kinward_contracts::r#type::v1::{Department, Freshness};
use kinward_contracts::{CommandRequest, Validate, Violation, instant};
use kinward_eventlog::{Call, Error, Live, Receipt, trace};
use kinward_eventsourcing::{Clock, CommandId, Index, Position};
use kinward_privacy::Hashing;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tonic::{Request, Status};

/// Every department and office: who may report, be asked for help, or be told of something.
pub const ANYBODY: [Department; 16] = [
    Department::CivilAffairs,
    Department::PublicSecurity,
    Department::Education,
    Department::Health,
    Department::Justice,
    Department::Township,
    Department::Village,
    Department::WomensFederation,
    Department::YouthLeague,
    Department::DistrictLeadership,
    Department::Court,
    Department::Finance,
    Department::Transport,
    Department::DisabledPersonsFederation,
    Department::TradeUnion,
    Department::NextGenerationCommittee,
];

/// The gate of a service. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Gate {
    hashing: Hashing,
    clock: Arc<dyn Clock>,
    /// Room for streams.
    listeners: Arc<Semaphore>,
}

/// A caller whose query may be answered.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who calls.
    pub principal: Principal,
    /// Until when an answer is of use.
    pub deadline: Instant,
    /// When its token expires, seconds since 1970.
    expires: i64,
}

/// Left by the layer of calls for whoever handles the call.
#[derive(Clone, Debug)]
pub(crate) struct Deadline(pub(crate) Instant);

/// When the caller's token expires, seconds since 1970.
#[derive(Clone, Debug)]
pub(crate) struct Expires(pub(crate) i64);

impl Gate {
    pub(crate) fn new(hashing: Hashing, clock: Arc<dyn Clock>, max_streams: usize) -> Self {
        Self { hashing, clock, listeners: Arc::new(Semaphore::new(max_streams)) }
    }

    /// Room for streams.
    pub(crate) fn listeners(&self) -> Arc<Semaphore> {
        Arc::clone(&self.listeners)
    }

    /// The keyed hashes of the deployment.
    pub fn hashing(&self) -> &Hashing {
        &self.hashing
    }

    /// Lets a query of these departments in.
    pub fn query<M: Validate>(&self, request: &Request<M>, may: &[Department]) -> Result<Caller, Status> {
        let caller = caller(request, may)?;
        well_formed(request.get_ref())?;
        Ok(caller)
    }

    /// Whether a caller who was let in still may listen: a stream asks before everything it sends, since it outlives
    /// the token it was opened with.
    pub fn still(&self, caller: &Caller) -> Result<(), Status> {
        if self.clock.now().timestamp() < caller.expires {
            Ok(())
        } else {
            Err(status::unauthenticated(&crate::IdentityError::Expired))
        }
    }

    /// Lets a command of these departments in.
    pub fn command<M: CommandRequest + Validate>(
        &self,
        request: &Request<M>,
        may: &[Department],
    ) -> Result<(Call, Principal), Status> {
        let Caller { principal, deadline, .. } = caller(request, may)?;
        well_formed(request.get_ref())?;
        let metadata =
            |name: &str| short_code(request.metadata().get(name).and_then(|text| text.to_str().ok()));
        let call = self.call_of(&principal, request.get_ref(), deadline);
        let call = Call {
            purpose: metadata("kinward-purpose"),
            legal_basis: metadata("kinward-legal-basis"),
            traceparent: trace::traceparent(),
            ..call
        };
        Ok((call, principal))
    }

    /// Refuses what is malformed in a way that the proto's rules cannot say.
    pub fn refuse(violations: Vec<kinward_contracts::Violation>) -> Status {
        status::invalid(violations)
    }

    /// The call of one row of a bulk command: a command of its own, whatever batch it comes in.
    pub fn row<M: CommandRequest>(&self, whole: &Call, principal: &Principal, row: &M) -> Call {
        let call = self.call_of(principal, row, whole.deadline);
        Call {
            purpose: whole.purpose.clone(),
            legal_basis: whole.legal_basis.clone(),
            traceparent: whole.traceparent.clone(),
            correlation_id: whole.correlation_id.clone(),
            actor_key: whole.actor_key.clone(),
            ..call
        }
    }

    fn call_of<M: CommandRequest>(&self, principal: &Principal, request: &M, deadline: Instant) -> Call {
        let caller = self.hashing.caller(&principal.identity());
        let command_id = CommandId::of_request(&caller, M::NAME, request.request_id());
        Call {
            correlation_id: command_id.as_str().to_owned(),
            command_id,
            request_hash: self.hashing.request(&request.encode_to_vec()),
            expected_revision: request.expected_revision(),
            actor: principal.actor(&caller),
            anonymous: false,
            causation_id: String::new(),
            purpose: String::new(),
            legal_basis: String::new(),
            traceparent: String::new(),
            actor_key: Arc::default(),
            deadline,
        }
    }
}

/// When what a command records happened; `None`: now.
pub fn occurred_at<M: CommandRequest>(request: &M) -> Option<DateTime<Utc>> {
    request.occurred_at().and_then(instant)
}

/// A receipt as answers carry it.
pub fn receipt(receipt: Receipt) -> Option<kinward_contracts::r#type::v1::Receipt> {
    Some(kinward_contracts::r#type::v1::Receipt {
        id: receipt.id,
        revision: receipt.revision.0,
        position: receipt.position.0,
    })
}

/// The receipt of a command that was done, or why it was not.
pub fn receipt_of(
    done: Result<Receipt, Error>,
) -> Result<Option<kinward_contracts::r#type::v1::Receipt>, Status> {
    Ok(receipt(done.map_err(status::status_of_log)?))
}

fn caller<M>(request: &Request<M>, may: &[Department]) -> Result<Caller, Status> {
    let principal = request
        .extensions()
        .get::<Principal>()
        .cloned()
        .ok_or_else(|| status::unauthenticated(&crate::IdentityError::Missing))?;
    if !may.contains(&principal.department()) {
        return Err(status::denied_to(may));
    }
    let deadline = request.extensions().get::<Deadline>().map(|deadline| deadline.0);
    let expires = request.extensions().get::<Expires>().map_or(0, |expires| expires.0);
    let deadline = deadline.unwrap_or_else(|| Instant::now() + Duration::from_secs(10));
    Ok(Caller { principal, deadline, expires })
}

impl Caller {
    /// Waits until an index is as fresh as the caller asks, but not beyond the call's deadline.
    pub async fn fresh<I: Index>(&self, index: &Live<I>, freshness: Option<Freshness>) -> Result<(), Status> {
        let wanted = match freshness.and_then(|freshness| freshness.requirement) {
            None => return Ok(()),
            Some(Requirement::AtLeastAsFresh(position)) => Position(position),
            Some(Requirement::AsOfPosition(_) | Requirement::AsOfTime(_)) => return Err(only_now()),
        };
        let waited = tokio::time::timeout_at(self.patience(), index.wait_for(wanted)).await;
        waited.map_err(|_| status::not_fresh(index.position(), wanted))
    }

    /// Until when to wait for freshness: a little before the deadline, so that the caller still hears what is missing.
    pub fn patience(&self) -> Instant {
        let left = self.deadline.saturating_duration_since(Instant::now());
        self.deadline - left / 10
    }
}

/// What is asked of an index is answered as of now.
fn only_now() -> Status {
    status::invalid(vec![Violation::new(
        "freshness",
        "as_of",
        "此查询只回答当前情况；以往情况请向各部门视图查询",
        "this is answered as of now only: ask a department's read model for the past",
    )])
}

fn well_formed<M: Validate>(request: &M) -> Result<(), Status> {
    let violations = request.violations();
    if violations.is_empty() { Ok(()) } else { Err(status::invalid(violations)) }
}

/// A code of a header: letters, digits and dashes; anything else is left out, so that nothing personal gets in.
fn short_code(text: Option<&str>) -> String {
    let clean = |text: &&str| {
        text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.filter(clean).unwrap_or_default().to_owned()
}
