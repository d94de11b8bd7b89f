//! What every department's query does: let the caller in, wait until the read model is fresh, cut a page, open names.

use crate::rules::INF_1;
use kinward_chassis::{
    Caller, Gate, Page, Runtime, not_fresh, status_of_keyring, status_of_log, status_of_rejection,
    unavailable_read_model,
};
use kinward_contracts::departments::v1::{ClockView, TimelineEntry};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{Basis, Department, Freshness};
use kinward_contracts::{PagedRequest, Validate};
use kinward_eventlog::Log;
use kinward_eventsourcing::{Position, Recorded, Rejection, Subject};
use kinward_privacy::Opener;
use kinward_projection::{Ciphertext, Error, Projection, ReadModel, Table};
use kinward_statute::Clocks;
use tonic::{Request, Status};

/// What the queries of one department need.
pub(crate) struct Answers<P: Projection> {
    pub(crate) model: ReadModel<P>,
    gate: Gate,
    log: Log,
    opener: Opener,
}

impl<P: Projection> Answers<P> {
    pub(crate) fn new(runtime: &Runtime, model: ReadModel<P>) -> Self {
        Self { model, gate: runtime.gate.clone(), log: runtime.log.clone(), opener: runtime.opener.clone() }
    }

    /// Lets the caller in and waits until the read model is as fresh as asked.
    pub(crate) async fn let_in<M: Validate>(
        &self,
        request: &Request<M>,
        may: &[Department],
        freshness: Option<Freshness>,
    ) -> Result<(Caller, Position), Status> {
        let caller = self.gate.query(request, may)?;
        let wanted = Position(freshness.map(|freshness| freshness.position()).unwrap_or_default());
        let position = self.model.fresh(wanted, caller.patience()).await;
        let position = position.map_err(|error| match error {
            Error::NotFresh { at, wanted } => not_fresh(Position(at), Position(wanted)),
            error => unavailable_read_model(&error),
        });
        Ok((caller, position?))
    }

    /// The page that the caller asks for.
    pub(crate) fn paged<M: PagedRequest>(&self, caller: &Caller, request: &M) -> Result<Page, Status> {
        self.gate.page(caller, request)
    }

    /// A page of rows, and the token of the next page.
    pub(crate) async fn page<T: Table>(
        &self,
        condition: &'static str,
        text: &str,
        page: &Page,
    ) -> Result<(Vec<T>, String), Status> {
        let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let rows = self.model.select::<T>(condition, text, (number(page.limit()), number(page.from()))).await;
        Ok(page.cut(rows.map_err(|error| unavailable_read_model(&error))?))
    }

    /// The row with this key.
    pub(crate) async fn one<T: Table>(&self, condition: &'static str, key: &str) -> Result<T, Status> {
        let rows = self.model.select::<T>(condition, key, (1, 0)).await;
        let mut rows = rows.map_err(|error| unavailable_read_model(&error))?;
        rows.pop().ok_or_else(|| {
            status_of_rejection(&Rejection::not_found(INF_1, "没有此记录", "there is nothing with this id"))
        })
    }

    /// The clear text of a personal field; empty where it is erased.
    pub(crate) async fn open(&self, sealed: Option<&Ciphertext>) -> Result<String, Status> {
        let text = self.opener.text(sealed.map(|sealed| &sealed.0)).await;
        text.map_err(|error| status_of_keyring(&error))
    }

    /// Events of one aggregate, from its stream, up to a position.
    pub(crate) async fn history(
        &self,
        aggregate: &str,
        id: &str,
        until: Position,
    ) -> Result<Vec<Recorded>, Status> {
        let read = async { self.log.history(&Subject::new(aggregate, id)?).await };
        let mut events = read.await.map_err(|error| status_of_log(&error))?;
        events.retain(|event| event.position <= until);
        Ok(events)
    }
}

/// Events as people read them.
pub(crate) fn timeline(events: &[Recorded]) -> Vec<TimelineEntry> {
    events
        .iter()
        .map(|event| {
            let actor = event.commit.actor.clone().unwrap_or_default();
            TimelineEntry {
                position: event.position.0,
                event_type: event.event_type().to_owned(),
                occurred_at: Some(timestamp(event.occurred_at())),
                department: actor.department,
                unit: actor.unit,
            }
        })
        .collect()
}

/// Clocks as people read them.
pub(crate) fn clock_views(clocks: &Clocks, basis: impl Fn(&str, &str) -> Basis) -> Vec<ClockView> {
    let mut views: Vec<ClockView> = clocks
        .all()
        .map(|(_, clock)| ClockView {
            clock: clock.clock.clone(),
            rule: clock.rule.clone(),
            basis: basis(&clock.clock, &clock.variant).into(),
            started_at: Some(timestamp(clock.started_at)),
            due_at: Some(timestamp(clock.due_at)),
            outcome: clock.ended().into(),
        })
        .collect();
    views.sort_by_key(|view| view.started_at.map(|at| (at.seconds, at.nanos)));
    views
}

/// Basis of a clock, as the catalogue has it.
pub(crate) fn catalogue_basis(name: &str, variant: &str) -> Basis {
    let entries = kinward_statute::Catalogue::default_entries().iter();
    let mut found = entries.filter(|entry| entry.name == name && entry.variant == variant);
    found.next().map_or(Basis::LocalTarget, |entry| entry.basis)
}
