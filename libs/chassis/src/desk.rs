//! How a step or a question reaches its aggregate: gate, area, state. A service that records facts is a table, [`crate::service!`].

use crate::{Caller, Gate, Principal, Runtime, occurred_at, receipt_of, status};
use chrono::{DateTime, Utc};
use kinward_contracts::r#type::v1::{
    Department, MinorInterview, MinorInterviewInput, Receipt, SafeguardNotKept, Sealed,
};
use kinward_contracts::{CommandRequest, Validate};
use kinward_eventlog::{Call, Handler, Live, Log};
use kinward_eventsourcing::{Clock, CommandId, Folded, Recording};
use kinward_privacy::Opener;
use kinward_statute::ReferenceIndex;
use std::sync::Arc;
use tonic::{Request, Status};

/// One kind of aggregate behind its gate. Cheap to clone.
pub struct Desk<D: Recording> {
    /// The gate.
    pub gate: Gate,
    /// The log.
    pub log: Log,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Opens sealed values.
    pub opener: Opener,
    /// Divisions and settings.
    pub reference: Live<ReferenceIndex>,
    /// The aggregates.
    pub handler: Handler<D>,
}

impl<D: Recording> Clone for Desk<D> {
    fn clone(&self) -> Self {
        Self {
            gate: self.gate.clone(),
            log: self.log.clone(),
            clock: Arc::clone(&self.clock),
            opener: self.opener.clone(),
            reference: self.reference.clone(),
            handler: self.handler.clone(),
        }
    }
}

/// What a step's fact is made with: ids of what is new, and whose data it carries.
pub struct New<'a, D: Recording> {
    call: &'a Call,
    /// Id of the aggregate.
    pub aggregate_id: &'a str,
    /// The aggregate as it was read; what may be recorded is decided on it as it is then.
    pub state: &'a D::State,
}

impl<'a, D: Recording> New<'a, D> {
    /// For a command on an aggregate.
    pub fn of(call: &'a Call, aggregate_id: &'a str, state: &'a D::State) -> Self {
        Self { call, aggregate_id, state }
    }

    /// Id of something new; the same on every retry.
    pub fn id(&self, noun: &str) -> String {
        self.call.command_id.new_id(noun)
    }

    /// Identity of the command.
    pub fn command_id(&self) -> &CommandId {
        &self.call.command_id
    }

    /// Personal data of the child.
    pub fn of_child(&self, text: impl Into<String>) -> Sealed {
        Sealed::plain(D::child(self.aggregate_id, self.state), text)
    }

    /// An interview of the child (LAW-5), as it is recorded.
    pub fn interview(&self, input: MinorInterviewInput) -> MinorInterview {
        let reasons = input.exceptions.into_iter().map(|exception| SafeguardNotKept {
            safeguard: exception.safeguard,
            reason: Some(self.of_child(exception.reason)),
        });
        MinorInterview {
            interview_id: self.id("interview"),
            sex: input.sex,
            adult: input.adult,
            adult_person_id: input.adult_person_id,
            recorded: input.recorded,
            by_female_staff: input.by_female_staff,
            not_kept: reasons.collect(),
        }
    }
}

/// What came of a command.
#[derive(Clone, Debug)]
pub struct Done {
    /// Its receipt.
    pub receipt: Option<Receipt>,
    /// Its identity.
    pub command_id: CommandId,
}

impl Done {
    /// Id of something that the command made, as [`New::id`] named it.
    pub fn id(&self, noun: &str) -> String {
        self.command_id.new_id(noun)
    }
}

impl<D: Recording> Desk<D> {
    /// A desk.
    pub fn new(runtime: &Runtime, handler: Handler<D>) -> Self {
        Self {
            gate: runtime.gate.clone(),
            log: runtime.log.clone(),
            clock: Arc::clone(&runtime.clock),
            opener: runtime.opener.clone(),
            reference: runtime.reference.clone(),
            handler,
        }
    }

    /// Records a fact; `fact` makes it from the request.
    pub async fn step<M: CommandRequest + Validate, F: Into<D::Body>>(
        &self,
        may: &[Department],
        request: Request<M>,
        fact: impl FnOnce(M, &New<'_, D>) -> F + Send,
    ) -> Result<Done, Status> {
        let (call, folded) = self.let_in(may, &request).await?;
        let request = request.into_inner();
        let (id, occurred_at) = (request.aggregate_id().to_owned(), occurred_at(&request));
        let fact = fact(request, &New::of(&call, &id, &folded.state)).into();
        self.execute(call, &id, &D::record(fact, occurred_at)).await
    }

    /// Executes the command that makes something; `command` makes it and says of which aggregate. `place` is where it
    /// is; `None`: unclear, or the rules say who may.
    pub async fn open<M: CommandRequest + Validate>(
        &self,
        may: &[Department],
        request: Request<M>,
        place: impl FnOnce(&M) -> Option<&str>,
        command: impl FnOnce(M, &Call, Option<DateTime<Utc>>) -> (String, D::Command) + Send,
    ) -> Result<Done, Status> {
        let (call, principal) = self.gate.command(&request, may)?;
        if let Some(place) = place(request.get_ref()) {
            self.must_cover(&principal, place)?;
        }
        let request = request.into_inner();
        let occurred_at = occurred_at(&request);
        let (id, command) = command(request, &call, occurred_at);
        let done = self.handler.create(&call, &id, &command).await;
        let receipt = receipt_of(done)?;
        Ok(Done { receipt, command_id: call.command_id })
    }

    /// A command's caller, inside whose area the aggregate is, and the aggregate as it is read now.
    pub async fn let_in<M: CommandRequest + Validate>(
        &self,
        may: &[Department],
        request: &Request<M>,
    ) -> Result<(Call, Arc<Folded<D>>), Status> {
        let (call, principal) = self.gate.command(request, may)?;
        // what was done is answered as it was, wherever the aggregate is now
        let is_done = |folded: &Folded<D>| folded.commands.contains_key(&call.command_id);
        let folded = self.reached(&principal, request.get_ref().aggregate_id(), is_done).await?;
        Ok((call, folded))
    }

    /// Executes a command whose caller was let in.
    pub async fn execute(&self, call: Call, id: &str, command: &D::Command) -> Result<Done, Status> {
        let done = self.handler.execute(&call, id, command).await;
        let receipt = receipt_of(done)?;
        Ok(Done { receipt, command_id: call.command_id })
    }

    /// Two aggregates change together, or none does. Answers for the first.
    pub async fn together(
        &self,
        call: Call,
        first: (&str, D::Command),
        second: (&str, D::Command),
    ) -> Result<Done, Status> {
        // the revision that the caller insists on is the first one's
        let other = Call { expected_revision: None, ..call.clone() };
        let parts = (self.handler.part(first.0, first.1), self.handler.row(other, second.0, second.1));
        let done = match parts {
            (Ok(first), Ok(second)) => self.log.transact(&call, &[first, second]).await,
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        let receipts = done.map_err(status::status_of_log)?;
        Ok(Done {
            receipt: receipts.into_iter().next().and_then(crate::receipt),
            command_id: call.command_id,
        })
    }

    /// The aggregate that a question is about: it is there, inside the caller's area.
    pub async fn read<M: Validate + Sync>(
        &self,
        may: &[Department],
        request: &Request<M>,
        id: &str,
    ) -> Result<Arc<Folded<D>>, Status> {
        self.existing(&self.gate.query(request, may)?, id).await
    }

    /// The same, for a caller who was let in.
    pub async fn existing(&self, caller: &Caller, id: &str) -> Result<Arc<Folded<D>>, Status> {
        let folded = self.covered(caller, id).await?;
        if folded.exists() { Ok(folded) } else { Err(status::status_of_rejection(&D::unknown())) }
    }

    /// An aggregate, there or not, inside the caller's area.
    pub async fn covered(&self, caller: &Caller, id: &str) -> Result<Arc<Folded<D>>, Status> {
        self.reached(&caller.principal, id, |_| false).await
    }

    /// An aggregate inside of a caller's area, or `anyway`. A replica may not have it yet, or not where it is now: nobody
    /// is refused but by the leader's word.
    async fn reached(
        &self,
        principal: &Principal,
        id: &str,
        anyway: impl Fn(&Folded<D>) -> bool,
    ) -> Result<Arc<Folded<D>>, Status> {
        let folded = self.handler.state(id).await.map_err(status::status_of_log)?;
        if anyway(&folded) || (folded.exists() && self.must_reach(principal, &folded).is_ok()) {
            return Ok(folded);
        }
        let folded = self.handler.leaders_state(id).await.map_err(status::status_of_log)?;
        if !anyway(&folded) {
            self.must_reach(principal, &folded)?;
        }
        Ok(folded)
    }

    /// Refuses an aggregate outside of the caller's area; what lies in no known district is the district's (BEY-5).
    fn must_reach(&self, principal: &Principal, folded: &Folded<D>) -> Result<(), Status> {
        let Some(place) = D::place(&folded.state, principal.department()) else { return Ok(()) };
        self.must_cover(principal, place)
    }

    fn must_cover(&self, principal: &Principal, place: &str) -> Result<(), Status> {
        self.reference.read(|index| principal.must_cover(index.0.home(place))).0
    }

    /// The clear text of a sealed value; empty where there is none, or it is erased.
    pub async fn text(&self, sealed: Option<&Sealed>) -> Result<String, Status> {
        self.opener.text(sealed).await.map_err(status::status_of_keyring)
    }
}

/// The rpcs of a service that has a `desk`: who may, then a line for each step that only records a fact, with the ids of what
/// it makes new; then whatever answers more.
///
/// ```text
/// service! {
///     InquiryService for Inquiries {
///         by POLICE {
///             record_sighting: RecordSightingRequest => RecordSightingResponse { sighting_id: "sighting" },
///                 |step, new| SightingRecorded { sighting_id: new.id("sighting"), ... };
///         }
///     }
///     async fn list_sightings(...) ...
/// }
/// ```
#[macro_export]
macro_rules! service {
    ($service:ident for $api:ty {
        $(by $may:ident {
            $($rpc:ident: $request:ident => $response:ident $({ $($made:ident: $noun:literal),+ })?, $fact:expr;)+
        })*
    } $($more:tt)*) => {
        #[tonic::async_trait]
        impl $service for $api {
            $($(async fn $rpc(
                &self,
                request: tonic::Request<$request>,
            ) -> Result<tonic::Response<$response>, tonic::Status> {
                let done = self.desk.step(&$may, request, $fact).await?;
                $($(let $made = done.id($noun);)+)?
                Ok(tonic::Response::new($response { receipt: done.receipt, $($($made),+)? }))
            })+)*
            $($more)*
        }
    };
}
