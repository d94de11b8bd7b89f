//! What every group of rpcs on children's files shares: the file, whether the caller may, the birth date, the step.

use chrono::NaiveDate;
use kinward_chassis::{
    Caller, Desk, New, Principal, Runtime, occurred_at, status_of_keyring, status_of_log, status_of_rejection,
};
use kinward_contracts::registry::v1::{ChildStatus, child_event::Event};
use kinward_contracts::r#type::v1::{Department, Receipt};
use kinward_contracts::{CommandRequest, Validate};
use kinward_eventlog::{Error, Handler};
use kinward_eventsourcing::{Folded, Recording as _, Rejection};
use kinward_privacy::KeyringError;
use kinward_registry_domain::child::{Child, Command, State};
use kinward_registry_domain::rules::TWN_1;
use std::sync::Arc;
use tonic::{Request, Status};

/// Who keeps files: villages, townships, civil affairs.
pub(crate) const KEEPERS: [Department; 3] =
    [Department::Village, Department::Township, Department::CivilAffairs];

/// The files behind their gate. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Files {
    pub(crate) desk: Desk<Child>,
}

/// Whether a fact bears on who looks after the child: then what follows takes the child's age.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    Matters,
    DoesNot,
}

impl Files {
    pub(crate) fn new(runtime: &Runtime, children: Handler<Child>) -> Self {
        Self { desk: Desk::new(runtime, children) }
    }

    /// A file that exists.
    pub(crate) async fn file(&self, child_id: &str) -> Result<Arc<Folded<Child>>, Status> {
        let folded = self.desk.handler.sought(child_id).await.map_err(status_of_log)?;
        if folded.state.registered {
            return Ok(folded);
        }
        Err(status_of_rejection(&Child::unknown()))
    }

    /// The birth date, opened in memory.
    pub(crate) async fn birth_date(&self, file: &State) -> Result<NaiveDate, Status> {
        if file.temporary || file.duplicate_of.is_some() {
            // no age is looked at: the rules refuse what is recorded here
            return Ok(NaiveDate::default());
        }
        let text = self.desk.opener.value(file.birth_date.as_ref()).await;
        let text = text.map_err(status_of_keyring)?;
        text.and_then(|text| text.parse().ok()).ok_or_else(|| {
            let erased =
                Rejection::wrong_state(TWN_1, "档案的个人信息已删除", "the file's personal data is erased");
            status_of_rejection(&erased)
        })
    }

    /// Records what bears on who looks after the child, which takes the child's age; answers the status after it.
    pub(crate) async fn step_of_age<M: CommandRequest + Validate, F: Into<Event>>(
        &self,
        request: Request<M>,
        may: &[Department],
        fact: impl FnOnce(M, &New<'_, Child>) -> F + Send,
    ) -> Result<(Option<Receipt>, ChildStatus), Status> {
        let (receipt, file) = self.record(request, may, Age::Matters, own_village, fact).await?;
        Ok((receipt, ChildStatus::try_from(file.status).unwrap_or_default()))
    }

    /// Records a fact, for a caller whose area holds one of `places`.
    pub(crate) async fn record<M: CommandRequest + Validate, F: Into<Event>>(
        &self,
        request: Request<M>,
        may: &[Department],
        age: Age,
        places: fn(&State, &M) -> Vec<String>,
        fact: impl FnOnce(M, &New<'_, Child>) -> F + Send,
    ) -> Result<(Option<Receipt>, State), Status> {
        let (call, principal) = self.desk.gate.command(&request, may)?;
        let request = request.into_inner();
        let child_id = request.aggregate_id().to_owned();
        let folded = self.file(&child_id).await?;
        // what was done is answered as it was, wherever the child is now
        if !folded.commands.contains_key(&call.command_id) {
            must_reach(&principal, &places(&folded.state, &request))?;
        }
        let birth_date = match age {
            Age::Matters => Some(self.birth_date(&folded.state).await?),
            Age::DoesNot => None,
        };
        let occurred_at = occurred_at(&request);
        let event = fact(request, &New::of(&call, &child_id, &folded.state)).into();
        let command = Command::Record { event, birth_date, occurred_at };
        let done = self.desk.execute(call, &child_id, &command).await?;
        Ok((done.receipt, self.file(&child_id).await?.state.clone()))
    }

    /// The birth date, where looking at the clocks of this file needs it; `None`: not needed, or erased.
    pub(crate) async fn birth_date_of_clocks(&self, file: &State) -> Result<Option<NaiveDate>, KeyringError> {
        if !file.needs_birth_date(self.desk.clock.now()) {
            return Ok(None);
        }
        let text = self.desk.opener.value(file.birth_date.as_ref()).await?;
        Ok(text.and_then(|text| text.parse().ok()))
    }

    /// The command that asks a file to look at its clocks; a keyring that is away lets the alarm fire again.
    pub(crate) async fn observe(self, child_id: String) -> Result<Command, Error> {
        let folded = self.desk.handler.state(&child_id).await?;
        let birth_date = self.birth_date_of_clocks(&folded.state).await;
        let birth_date = birth_date.map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Command::ObserveClocks { birth_date })
    }
}

/// The village of the file.
pub(crate) fn own_village<M>(file: &State, _: &M) -> Vec<String> {
    vec![file.village_code.clone()]
}

/// Refuses a caller whose area holds none of the places.
pub(crate) fn must_reach(principal: &Principal, places: &[String]) -> Result<(), Status> {
    if places.iter().any(|place| principal.covers(place)) { Ok(()) } else { Err(principal.denied()) }
}

/// A query's caller covers the file's village.
pub(crate) fn must_cover(caller: &Caller, file: &State) -> Result<(), Status> {
    caller.principal.must_cover(&file.village_code)
}
