//! What every department's query does: let the caller in, find the read model as fresh, or as old, as asked, cut a page,
//! open names.

use crate::rules::INF_1;
use chrono::{DateTime, Utc};
use kinward_chassis::{
    Caller, Gate, Page, Runtime, being_rebuilt, not_fresh, status_of_keyring, status_of_log,
    status_of_rejection, too_many_past, unavailable_read_model,
};
use kinward_contracts::departments::v1::TimelineEntry;
use kinward_contracts::r#type::v1::freshness::Requirement;
use kinward_contracts::r#type::v1::{Department, Freshness};
use kinward_contracts::{PagedRequest, Validate, Violation, instant, timestamp};
use kinward_eventlog::{Live, Log};
use kinward_eventsourcing::{Clock, Position, Recorded, Rejection, Subject};
use kinward_privacy::Opener;
use kinward_projection::{Ciphertext, Error, Found, Memory, Past, Projection, ReadModel, Table};
use kinward_statute::ReferenceIndex;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use tonic::{Request, Status};

/// What the queries of one department need. Cheap to clone.
pub struct Answers<P: Projection> {
    live: ReadModel<P>,
    past: Past<P>,
    gate: Gate,
    log: Log,
    opener: Opener,
    clock: Arc<dyn Clock>,
    reference: Live<ReferenceIndex>,
    may: &'static [Department],
}

impl<P: Projection> Clone for Answers<P> {
    fn clone(&self) -> Self {
        Self {
            live: self.live.clone(),
            past: self.past.clone(),
            gate: self.gate.clone(),
            log: self.log.clone(),
            opener: self.opener.clone(),
            clock: Arc::clone(&self.clock),
            reference: self.reference.clone(),
            may: self.may,
        }
    }
}

/// The read model that one call is answered from.
pub(crate) struct Seen<P: Projection> {
    pub(crate) caller: Caller,
    /// Up to where it holds everything.
    pub(crate) position: Position,
    /// When that was: now, unless the past is asked for.
    pub(crate) now: DateTime<Utc>,
    source: Source<P>,
    answers: Answers<P>,
}

enum Source<P: Projection> {
    Tables(ReadModel<P>),
    /// One aggregate, folded from its stream; its events.
    Folded(Box<Memory<P>>, Vec<Recorded>),
}

/// Of when an answer is.
enum When {
    Now(Position),
    Then(Position, DateTime<Utc>),
}

impl<P: Projection> Answers<P> {
    pub(crate) fn new(runtime: &Runtime, live: ReadModel<P>, may: &'static [Department]) -> Self {
        let (tasks, stop) = (runtime.tracker(), runtime.stop.clone());
        let settings = &runtime.settings;
        Self {
            past: Past::new(runtime.log.clone(), &settings.database.0, &settings.instance, tasks, stop),
            live,
            gate: runtime.gate.clone(),
            log: runtime.log.clone(),
            opener: runtime.opener.clone(),
            clock: Arc::clone(&runtime.clock),
            reference: runtime.reference.clone(),
            may,
        }
    }

    /// The live read model, for who watches it.
    pub(crate) fn live(&self) -> &ReadModel<P> {
        &self.live
    }

    /// The clock.
    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Lets the caller in and finds the read model as fresh, or as old, as asked.
    pub(crate) async fn let_in<M: Validate>(
        &self,
        request: &Request<M>,
        freshness: Option<Freshness>,
    ) -> Result<Seen<P>, Status> {
        self.see(self.gate.query(request, self.may)?, freshness).await
    }

    /// The same for a caller who was let in before.
    pub(crate) async fn see(&self, caller: Caller, freshness: Option<Freshness>) -> Result<Seen<P>, Status> {
        match self.when(&caller, freshness).await? {
            When::Now(position) => Ok(self.seen(caller, position, Source::Tables(self.live.clone()))),
            When::Then(position, now) => {
                match self.past.at(position, &caller.principal.identity(), caller.patience()).await {
                    Found::Ready(model) => {
                        Ok(Seen { now, ..self.seen(caller, position, Source::Tables(model)) })
                    }
                    Found::Building { folded, of } => Err(being_rebuilt(folded, of)),
                    Found::Failed(cause) => Err(unavailable_read_model(cause)),
                    Found::TooMany { after } => Err(too_many_past(after)),
                }
            }
        }
    }

    /// The same for one file or case: as of the past it is folded from its own stream.
    pub(crate) async fn let_in_to<M: Validate>(
        &self,
        request: &Request<M>,
        freshness: Option<Freshness>,
        (aggregate, id): (&str, &str),
    ) -> Result<Seen<P>, Status> {
        let caller = self.gate.query(request, self.may)?;
        match self.when(&caller, freshness).await? {
            When::Now(position) => Ok(self.seen(caller, position, Source::Tables(self.live.clone()))),
            When::Then(position, now) => {
                let mut memory = Box::new(Memory::default());
                let events = self.history(aggregate, id, position).await?;
                for event in &events {
                    memory.fold(event);
                }
                Ok(Seen { now, ..self.seen(caller, position, Source::Folded(memory, events)) })
            }
        }
    }

    fn seen(&self, caller: Caller, position: Position, source: Source<P>) -> Seen<P> {
        Seen { caller, position, now: self.clock.now(), source, answers: self.clone() }
    }

    async fn when(&self, caller: &Caller, freshness: Option<Freshness>) -> Result<When, Status> {
        let wanted = match freshness.and_then(|freshness| freshness.requirement) {
            None => Position(0),
            Some(Requirement::AtLeastAsFresh(position)) => Position(position),
            Some(Requirement::AsOfPosition(position)) => {
                let (position, last) = (Position(position), self.last().await?);
                if position > last {
                    return Err(not_fresh(last, position));
                }
                let then = self.log.recorded_at(position).await.map_err(status_of_log)?;
                return Ok(When::Then(position, then));
            }
            Some(Requirement::AsOfTime(at)) => {
                let then = instant(&at).unwrap_or_default();
                if then > self.clock.now() {
                    return Err(not_yet());
                }
                let position = self.log.position_at(then).await.map_err(status_of_log)?;
                return Ok(When::Then(position, then));
            }
        };
        let position = self.live.fresh(wanted, caller.patience()).await;
        position.map(When::Now).map_err(|error| match error {
            Error::NotFresh { at, wanted } => not_fresh(Position(at), Position(wanted)),
            error => unavailable_read_model(error),
        })
    }

    /// The units whose part a caller may see, its own and those below it in the register, as a JSON list.
    pub(crate) fn units_of(&self, caller: &Caller) -> String {
        self.of_units(caller, |units| serde_json::to_string(units)).unwrap_or_default()
    }

    fn of_units<T>(&self, caller: &Caller, read: impl FnOnce(&[&str]) -> T) -> T {
        let unit = &caller.principal.unit;
        self.reference.read(|index| read(&index.0.with_those_below(unit))).0
    }

    async fn last(&self) -> Result<Position, Status> {
        self.log.last_position().await.map_err(status_of_log)
    }

    /// Events of one aggregate, from its stream, up to a position.
    async fn history(&self, aggregate: &str, id: &str, until: Position) -> Result<Vec<Recorded>, Status> {
        let read = async { self.log.history(&Subject::new(aggregate, id)?).await };
        let mut events = read.await.map_err(status_of_log)?;
        events.retain(|event| event.position <= until);
        Ok(events)
    }
}

impl<P: Projection> Seen<P> {
    /// The page that the caller asks for.
    pub(crate) fn paged<M: PagedRequest>(&self, request: &M) -> Result<Page, Status> {
        self.answers.gate.page(&self.caller, request)
    }

    fn tables(&self) -> Result<&ReadModel<P>, Status> {
        match &self.source {
            Source::Tables(model) => Ok(model),
            Source::Folded(..) => Err(unavailable_read_model("a list was asked of one file")),
        }
    }

    /// A page of rows, and the token of the next page; `$1`, `$2` … in the condition are the texts.
    pub(crate) async fn page<T: Table>(
        &self,
        condition: &'static str,
        texts: &[&str],
        page: &Page,
    ) -> Result<(Vec<T>, String), Status> {
        let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let bounds = (number(page.limit()), number(page.from()));
        let rows = self.tables()?.select::<T>(condition, texts, bounds).await;
        Ok(page.cut(rows.map_err(unavailable_read_model)?))
    }

    /// How many rows meet a condition.
    pub(crate) async fn count<T: Table>(
        &self,
        condition: &'static str,
        texts: &[&str],
    ) -> Result<u64, Status> {
        let count = self.tables()?.count::<T>(condition, texts).await;
        count.map_err(unavailable_read_model)
    }

    /// Groups that a query counts.
    pub(crate) async fn groups<T: DeserializeOwned>(
        &self,
        query: &'static str,
        texts: &[&str],
    ) -> Result<Vec<T>, Status> {
        let groups = self.tables()?.groups::<T>(query, texts).await;
        groups.map_err(unavailable_read_model)
    }

    /// The row with this key.
    pub(crate) async fn one<T: Table>(&self, key: &str) -> Result<T, Status> {
        let row = match &self.source {
            Source::Tables(model) => model.get::<T>(key).await.map_err(unavailable_read_model)?,
            Source::Folded(memory, _) => memory.get::<T>(key),
        };
        row.ok_or_else(|| {
            status_of_rejection(&Rejection::not_found(INF_1, "没有此记录", "there is nothing with this id"))
        })
    }

    /// The area asked for, inside of the caller's own.
    pub(crate) fn area(&self, asked: Option<&str>) -> Result<String, Status> {
        let own = &self.caller.principal;
        match asked {
            Some(area) if own.covers(area) => Ok(area.to_owned()),
            Some(_) => Err(own.denied()),
            None if own.area.is_empty() => Err(own.denied()),
            None => Ok(own.area.clone()),
        }
    }

    /// The units whose part the caller may see, as a JSON list.
    pub(crate) fn units(&self) -> String {
        self.answers.units_of(&self.caller)
    }

    /// Whether units stand below the caller's: then it answers for those of its area that no unit has.
    pub(crate) fn is_above_others(&self) -> bool {
        self.answers.of_units(&self.caller, |units| units.len() > 1)
    }

    /// Whether a unit is one of them.
    pub(crate) fn may_see_unit(&self, unit_id: &str) -> bool {
        self.answers.of_units(&self.caller, |units| units.contains(&unit_id))
    }

    /// The clear text of a personal field; empty where it is erased.
    pub(crate) async fn open(&self, sealed: Option<&Ciphertext>) -> Result<String, Status> {
        let text = self.answers.opener.text(sealed.map(|sealed| &sealed.0)).await;
        text.map_err(status_of_keyring)
    }

    /// Events of the file or case that was asked for, up to the position of the answer.
    pub(crate) async fn history(&self, aggregate: &str, id: &str) -> Result<Vec<Recorded>, Status> {
        match &self.source {
            Source::Tables(_) => self.answers.history(aggregate, id, self.position).await,
            Source::Folded(_, events) => Ok(events.clone()),
        }
    }
}

/// A flag as a query's text.
pub(crate) fn flag(set: bool) -> &'static str {
    if set { "true" } else { "false" }
}

fn not_yet() -> Status {
    Gate::refuse(vec![Violation::new(
        "freshness.as_of_time",
        "as_of",
        "不能查询将来：请给出已过去的时间",
        "lies in the future: give a time that has passed",
    )])
}

/// Events as people read them.
pub(crate) fn timeline<'a>(events: impl IntoIterator<Item = &'a Recorded>) -> Vec<TimelineEntry> {
    events
        .into_iter()
        .map(|event| {
            let actor = event.commit.actor.clone().unwrap_or_default();
            TimelineEntry {
                position: event.position.0,
                event_type: event.event_type().to_owned(),
                occurred_at: Some(timestamp(event.occurred_at())),
                department: actor.department,
                unit_id: actor.unit_id,
            }
        })
        .collect()
}

/// Rows whose village lies in `$1`; what has no village is the district's.
macro_rules! in_village {
    ($after:literal) => {
        concat!("where coalesce(starts_with(village_code, $1), length($1) = 6)", $after)
    };
}
pub(crate) use in_village;
