//! How a step or a question reaches its aggregate: gate, area, state.

use chrono::{DateTime, Utc};
use kinward_chassis::{Caller, Gate, Runtime, occurred_at, receipt, status_of_log, status_of_rejection};
use kinward_contracts::custody::v1::{
    MissingFact, OpenDuty, case_event, order_event, temporary_guardianship_event,
};
use kinward_contracts::r#type::v1::{Department, Receipt, Sealed};
use kinward_contracts::{CommandRequest, Validate, timestamp};
use kinward_custody_domain::case::{self, Case};
use kinward_custody_domain::duty;
use kinward_custody_domain::order::{self, Order};
use kinward_custody_domain::rules::{CUS_1, LAW_3, LAW_4};
use kinward_custody_domain::temporary::{self, Temporary};
use kinward_eventlog::{Call, Handler};
use kinward_eventsourcing::{Clock, Decider, Folded, Missing, Rejection};
use kinward_statute::Reference;
use std::sync::Arc;
use tonic::{Request, Status};

/// An aggregate behind its gate.
pub(crate) struct Desk<D: Decider> {
    pub(super) gate: Gate,
    pub(super) handler: Handler<D>,
    pub(super) clock: Arc<dyn Clock>,
    may: &'static [Department],
}

/// What every aggregate of custody has in common.
pub(crate) trait Subject: Decider<Reference = Reference> {
    /// The events a step may ask to record.
    type Step: Send;

    /// The command of a step.
    fn record(event: Self::Step, occurred_at: Option<DateTime<Utc>>) -> Self::Command;
    /// Where it is; `None`: unclear.
    fn village(state: &Self::State) -> Option<&str>;
    /// Person whose key seals the child's data.
    fn child(state: &Self::State) -> &str;
    /// There is none with this id.
    fn unknown() -> Rejection;
}

impl Subject for Case {
    type Step = case_event::Event;

    fn record(event: Self::Step, occurred_at: Option<DateTime<Utc>>) -> case::Command {
        case::Command::Record { event, occurred_at }
    }

    fn village(state: &case::State) -> Option<&str> {
        state.village_code.as_deref()
    }

    fn child(state: &case::State) -> &str {
        &state.child_person_id
    }

    fn unknown() -> Rejection {
        Rejection::not_found(CUS_1, "没有此案件", "there is no such case")
    }
}

impl Subject for Order {
    type Step = order_event::Event;

    fn record(event: Self::Step, occurred_at: Option<DateTime<Utc>>) -> order::Command {
        order::Command::Record { event, occurred_at }
    }

    fn village(state: &order::State) -> Option<&str> {
        state.village_code.as_deref()
    }

    fn child(state: &order::State) -> &str {
        &state.child_person_id
    }

    fn unknown() -> Rejection {
        Rejection::not_found(LAW_4, "没有此申请", "there is no such application")
    }
}

impl Subject for Temporary {
    type Step = temporary_guardianship_event::Event;

    fn record(event: Self::Step, occurred_at: Option<DateTime<Utc>>) -> temporary::Command {
        temporary::Command::Record { event, occurred_at }
    }

    fn village(state: &temporary::State) -> Option<&str> {
        state.village_code.as_deref()
    }

    fn child(state: &temporary::State) -> &str {
        &state.child_person_id
    }

    fn unknown() -> Rejection {
        Rejection::not_found(LAW_3, "没有此临时监护", "there is no such temporary guardianship")
    }
}

/// The ids of what a step makes new, and whose data it carries.
pub(crate) struct New<'a> {
    call: &'a Call,
    child_person_id: &'a str,
}

impl New<'_> {
    /// Id of something new; the same on every retry.
    pub(super) fn id(&self, noun: &str) -> String {
        self.call.command_id.new_id(noun)
    }

    /// Personal data of the child.
    pub(super) fn of_child(&self, text: impl Into<String>) -> Sealed {
        Sealed::plain(self.child_person_id, text)
    }
}

impl<D: Subject> Desk<D> {
    pub(crate) fn new(runtime: &Runtime, handler: Handler<D>, may: &'static [Department]) -> Self {
        Self { gate: runtime.gate.clone(), handler, clock: Arc::clone(&runtime.clock), may }
    }

    /// Records a fact; `event` makes it from the request.
    pub(super) async fn step<M: CommandRequest + Validate>(
        &self,
        request: Request<M>,
        event: impl FnOnce(M, &New<'_>) -> D::Step + Send,
    ) -> Result<Option<Receipt>, Status> {
        let (call, principal) = self.gate.command(&request, self.may)?;
        let request = request.into_inner();
        let (id, occurred_at) = (request.aggregate_id().to_owned(), occurred_at(&request));
        let folded = self.handler.state(&id).await.map_err(|error| status_of_log(&error))?;
        if let Some(village) = D::village(&folded.state) {
            Caller { principal, deadline: call.deadline }.must_cover(village)?;
        }
        let event = event(request, &New { call: &call, child_person_id: D::child(&folded.state) });
        self.execute(&call, &id, &D::record(event, occurred_at)).await
    }

    /// Executes the command that makes something; `command` makes it and says of which aggregate.
    pub(super) async fn open<M: CommandRequest + Validate>(
        &self,
        request: Request<M>,
        village: impl FnOnce(&M) -> Option<String>,
        command: impl FnOnce(M, &Call, Option<DateTime<Utc>>) -> (String, D::Command) + Send,
    ) -> Result<Option<Receipt>, Status> {
        let (call, principal) = self.gate.command(&request, self.may)?;
        if let Some(village) = village(request.get_ref()) {
            Caller { principal, deadline: call.deadline }.must_cover(&village)?;
        }
        let request = request.into_inner();
        let occurred_at = occurred_at(&request);
        let (id, command) = command(request, &call, occurred_at);
        self.execute(&call, &id, &command).await
    }

    async fn execute(&self, call: &Call, id: &str, command: &D::Command) -> Result<Option<Receipt>, Status> {
        let done = self.handler.execute(call, id, command).await;
        done.map(receipt).map_err(|error| status_of_log(&error))
    }

    /// The aggregate that a question is about.
    pub(super) async fn read<M: Validate + Sync>(
        &self,
        request: &Request<M>,
        id: &str,
    ) -> Result<Arc<Folded<D>>, Status> {
        let caller = self.gate.query(request, self.may)?;
        let folded = self.handler.state(id).await.map_err(|error| status_of_log(&error))?;
        if !folded.exists() {
            return Err(status_of_rejection(&D::unknown()));
        }
        if let Some(village) = D::village(&folded.state) {
            caller.must_cover(village)?;
        }
        Ok(folded)
    }
}

/// Open duties as an answer carries them.
pub(super) fn open_duties(duties: Vec<duty::OpenDuty>) -> Vec<OpenDuty> {
    let of_one = |duty: duty::OpenDuty| OpenDuty {
        what: duty.what.to_owned(),
        about_id: duty.about,
        department: duty.whose.into(),
        person_id: duty.person,
        since: Some(timestamp(duty.since)),
        due_at: duty.due_at.map(timestamp),
        overdue: duty.overdue,
        rule: duty.rule.id.to_owned(),
        article: duty.rule.article.to_owned(),
        message_zh: duty.zh.to_owned(),
        message_en: duty.en.to_owned(),
        missing: missing_facts(duty.missing),
    };
    duties.into_iter().map(of_one).collect()
}

/// What is missing, as an answer carries it.
pub(super) fn missing_facts(missing: Vec<Missing>) -> Vec<MissingFact> {
    let of_one = |one: Missing| MissingFact { what: one.what, message_zh: one.zh, message_en: one.en };
    missing.into_iter().map(of_one).collect()
}
